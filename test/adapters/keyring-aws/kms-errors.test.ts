import { describe, expect, it } from 'vitest';
import { openAwsKeyring } from '../../../src/adapters/keyring-aws/index.ts';
import { SetupError } from '../../../src/errors.ts';
import { arnOf, base64, failureOf, NO_ROLES, NOTE, newStage, REGION, roleOf } from './stage.ts';

const WRAPPED = Uint8Array.of(1, 2, 3);
const QUICK = { timeouts: { connect: 100, request: 200 } };

describe('an error of KMS, as the port reports it', () => {
	const names = {
		AWAY: [
			'KMSInternalException',
			'DependencyTimeoutException',
			'KeyUnavailableException',
			'InternalFailure',
			'ServiceUnavailableException',
			'UnrecognizedClientException',
			'ExpiredTokenException',
			'InvalidSignatureException',
			'IncompleteSignatureException',
		],
		THROTTLED: ['ThrottlingException', 'Throttling', 'LimitExceededException', 'TooManyRequestsException'],
		REFUSED: [
			'AccessDeniedException',
			'DisabledException',
			'KMSInvalidStateException',
			'NotFoundException',
			'InvalidCiphertextException',
			'IncorrectKeyException',
			'InvalidKeyUsageException',
			'InvalidGrantTokenException',
			'ValidationException',
			'OneThatIsNewException',
		],
	} as const;
	for (const [reason, of] of Object.entries(names))
		it.each(of)(`is ${reason} for %s, in one sentence of ours, with the request id`, async (name) => {
			const { kms, worker } = await newStage();
			kms.script('Decrypt', { error: name, requestId: 'id-1' });
			const error = await failureOf(worker.unwrap(NOTE, WRAPPED));
			expect(error).toMatchObject({ code: 'KEY_UNAVAILABLE', reason, requestId: 'id-1' });
			expect(error.message).toMatch(/^[A-Z][^\n]{20,180}[.]$/);
			expect(JSON.stringify(error) + error.message + error.stack).not.toMatch(/arn:aws|of-another/);
			// A data key under another key may be under the next or the previous key, so these are tried too.
			expect(kms.sent('Decrypt')).toHaveLength(name === 'IncorrectKeyException' ? 3 : 1);
		});

	it.each([500, 502, 503, 504])('is AWAY for an answer with status %d', async (status) => {
		const { kms, worker } = await newStage();
		kms.script('Decrypt', { status, text: '<html>arn:aws:of-another</html>' });
		const error = await failureOf(worker.unwrap(NOTE, WRAPPED));
		expect(error.reason).toBe('AWAY');
		expect(error.message).not.toContain('arn:aws');
		expect(kms.sent('Decrypt')).toHaveLength(1);
	});

	it('is THROTTLED for an answer with status 429', async () => {
		const { kms, worker } = await newStage();
		kms.script('Decrypt', { status: 429, text: '{}', type: 'application/x-amz-json-1.1' });
		expect((await failureOf(worker.unwrap(NOTE, WRAPPED))).reason).toBe('THROTTLED');
		expect(kms.sent('Decrypt')).toHaveLength(1);
	});

	it('is AWAY if something other than KMS answers', async () => {
		const { kms, worker } = await newStage();
		for (const reply of [
			{ status: 200, text: '<html>Sign in to the network</html>' },
			{ status: 403, text: '<html>Forbidden</html>' },
			{ status: 407, text: '' },
		]) {
			kms.script('Decrypt', reply);
			expect((await failureOf(worker.unwrap(NOTE, WRAPPED))).reason).toBe('AWAY');
		}
	});
});

describe('an impossible answer is not used', () => {
	const plaintext = base64(new Uint8Array(32).fill(7));
	it.each([
		['no key', { KeyId: arnOf() }, 'id-1'],
		['an empty key', { KeyId: arnOf(), Plaintext: '' }, 'id-1'],
		['31 bytes', { KeyId: arnOf(), Plaintext: base64(new Uint8Array(31).fill(7)) }, 'id-1'],
		['zeros', { KeyId: arnOf(), Plaintext: base64(new Uint8Array(32)) }, 'id-1'],
		['no key id', { Plaintext: plaintext }, 'id-1'],
		['no request id', { KeyId: arnOf(), Plaintext: plaintext }, null],
		['a request id that no log entry can hold', { KeyId: arnOf(), Plaintext: plaintext }, 'a b'],
		['nothing', {}, 'id-1'],
	])('%s', async (_, json, requestId) => {
		const { kms, worker } = await newStage();
		kms.script('Decrypt', { json, requestId });
		expect(await failureOf(worker.unwrap(NOTE, WRAPPED))).toMatchObject({
			reason: 'REFUSED',
			requestId: requestId === 'id-1' ? requestId : null,
		});
	});

	it('a description without a state, or a list without grants', async () => {
		const { kms, worker, open } = await newStage();
		kms.script('ListGrants', { json: {} });
		await failureOf(
			open('broker', { roles: { ...NO_ROLES, operator: roleOf('o'), broker: roleOf('b') } }).listGrants(NOTE.firm),
		);
		kms.script('DescribeKey', { json: { KeyMetadata: { KeyId: 'x' } } });
		expect((await failureOf(worker.describeKey(NOTE.firm))).reason).toBe('REFUSED');
	});
});

describe('a slow or interrupted service', () => {
	it.each(['all', 'head'] as const)('is AWAY within the time limit of a call if it hangs (%s)', async (hang) => {
		const { kms, open } = await newStage();
		kms.script('Decrypt', { hang });
		const error = await failureOf(open('worker', QUICK).unwrap(NOTE, WRAPPED));
		expect(error).toMatchObject({ reason: 'AWAY', message: expect.stringContaining('in time'), requestId: null });
		expect(kms.sent('Decrypt')).toHaveLength(1);
	});

	it('is AWAY if the connection is reset or nothing listens', async () => {
		const { kms, worker, open } = await newStage();
		kms.script('Decrypt', { reset: true });
		expect((await failureOf(worker.unwrap(NOTE, WRAPPED))).reason).toBe('AWAY');
		expect(kms.sent('Decrypt')).toHaveLength(1);
		const unreachable = open('worker', { endpoints: { kms: 'http://127.0.0.1:1', sts: null } });
		expect(await failureOf(unreachable.check())).toMatchObject({
			reason: 'AWAY',
			message: expect.stringContaining('AWS_REGION'),
		});
	});

	it('is available again with the next call', async () => {
		const { kms, open } = await newStage();
		const worker = open('worker', QUICK);
		kms.script('Decrypt', { hang: 'all' });
		await failureOf(worker.unwrap(NOTE, WRAPPED));
		kms.script('Decrypt', { json: { KeyId: arnOf(), Plaintext: base64(new Uint8Array(32).fill(7)) } });
		await expect(worker.unwrap(NOTE, WRAPPED)).resolves.toBeDefined();
	});
});

it('a broker does not start unless it knows both roles', () => {
	for (const roles of [NO_ROLES, { ...NO_ROLES, operator: roleOf('operator') }, { ...NO_ROLES, broker: roleOf('b') }])
		expect(() => openAwsKeyring({ region: REGION, principal: 'broker', roles })).toThrow(SetupError);
});

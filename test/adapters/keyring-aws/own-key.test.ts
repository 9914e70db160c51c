import { describe, expect, it } from 'vitest';
import { FirmsealError } from '../../../src/errors.ts';
import type { Keyring } from '../../../src/keys/index.ts';
import { assumed, type Reply } from '../../support/fake-kms.ts';
import { ALIAS, arnOf, described, FIRM, failureOf, KEY_ID, NO_ROLES, newStage, roleOf } from './stage.ts';

const OTHER_ID = '8f4a1d0e-0000-4000-8000-000000000002';
const PLATFORM_ALIAS = 'alias/firmseal/00000000-0000-0000-0000-000000000000';
const NOT_FOUND: Reply = { error: 'NotFoundException' };

/** A firm without a key, an installation with the platform's key, and a key that the firm brings. */
async function newOffer({ brought = described(), tags = {} }: { brought?: Reply; tags?: Record<string, string> } = {}) {
	const stage = await newStage();
	const { kms } = stage;
	const world: { named: Reply; tags: Record<string, string> } = { named: NOT_FOUND, tags };
	kms.script('DescribeKey', ({ KeyId }) => {
		if (KeyId === PLATFORM_ALIAS) return described({ KeyId: OTHER_ID, Arn: arnOf(OTHER_ID) });
		return KeyId === ALIAS ? world.named : brought;
	});
	kms.script('ListResourceTags', () => ({
		json: { Tags: Object.entries(world.tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue })) },
	}));
	kms.script('TagResource', ({ Tags }) => {
		for (const { TagKey, TagValue } of Tags) world.tags[TagKey] = TagValue;
		return { json: null };
	});
	kms.script('CreateAlias', () => {
		world.named = brought;
		return { json: null };
	});
	return { ...stage, world };
}

async function refusalOf(worker: Keyring, arn: string) {
	const error = await worker.createKey(FIRM, arn).then(
		() => new Error('it was taken'),
		(thrown: unknown) => thrown,
	);
	expect(error).toBeInstanceOf(FirmsealError);
	const { code, message } = error as FirmsealError;
	expect(message).toMatch(/^[A-Z][^\n]{20,180}[.]$/);
	expect(message).not.toContain(arn);
	return `${code}: ${message}`;
}

it('tags the key as the firm’s own, then sets the firm’s alias', async () => {
	const { kms, worker } = await newOffer();
	expect(await worker.createKey(FIRM, arnOf())).toMatchObject({ keyId: arnOf(), isOwn: true, state: 'ENABLED' });
	expect(kms.sent('TagResource')).toEqual([
		{
			KeyId: KEY_ID,
			Tags: [
				{ TagKey: 'firmseal:firm', TagValue: FIRM },
				{ TagKey: 'firmseal:own-key', TagValue: 'true' },
			],
		},
	]);
	expect(kms.sent('CreateAlias')).toEqual([{ AliasName: ALIAS, TargetKeyId: KEY_ID }]);
	const order = kms.requests.map(({ operation }) => operation);
	expect(order.indexOf('TagResource')).toBeLessThan(order.indexOf('CreateAlias'));
	expect(kms.sent('CreateKey')).toEqual([]);
	expect(kms.sent('EnableKeyRotation')).toEqual([]);
});

it('continues where an earlier run was interrupted, and can be called again', async () => {
	const { kms, worker } = await newOffer({ tags: { 'firmseal:firm': FIRM } });
	const first = await worker.createKey(FIRM, arnOf());
	expect(await worker.createKey(FIRM, arnOf())).toEqual(first);
	expect(await worker.createKey(FIRM)).toEqual(first);
	expect(kms.sent('CreateAlias')).toHaveLength(1);
});

describe('a key that cannot be a firm’s own is BAD_USER_INPUT', () => {
	it.each([
		['nonsense', 'nonsense', /by its ARN/],
		['an alias', 'arn:aws:kms:eu-central-1:111122223333:alias/theirs', /by its ARN/],
		['a bare id', KEY_ID, /by its ARN/],
		['an ARN of something else', 'arn:aws:s3:::bucket', /by its ARN/],
		['another region', arnOf(KEY_ID, { region: 'us-east-1' }), /not in the region of this installation/],
		['another account', arnOf(KEY_ID, { account: '999988887777' }), /another AWS account/],
	])('%s, without a call to KMS about that key', async (_, arn, sentence) => {
		const { kms, worker } = await newOffer();
		expect(await refusalOf(worker, arn)).toMatch(new RegExp(`^BAD_USER_INPUT: .*${sentence.source}`));
		expect(kms.requests.filter(({ body }) => body.KeyId === arn)).toEqual([]);
		expect(kms.sent('TagResource')).toEqual([]);
	});

	it.each([
		['one that does not exist', NOT_FOUND, /does not know this key/],
		['an asymmetric one', described({ KeySpec: 'RSA_2048' }), /symmetric/],
		['one for signatures', described({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }), /symmetric/],
		['one for MACs', described({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' }), /symmetric/],
		['one that AWS manages', described({ KeyManager: 'AWS' }), /AWS manages/],
		['a disabled one', described({ KeyState: 'Disabled' }), /disabled/],
		['one about to be deleted', described({ KeyState: 'PendingDeletion', DeletionDate: 1_800_000_000 }), /disabled/],
		['one without its material', described({ KeyState: 'PendingImport' }), /disabled/],
	])('%s', async (_, brought, sentence) => {
		const { kms, worker } = await newOffer({ brought });
		expect(await refusalOf(worker, arnOf())).toMatch(new RegExp(`^BAD_USER_INPUT: .*${sentence.source}`));
		expect(kms.sent('TagResource')).toEqual([]);
		expect(kms.sent('CreateAlias')).toEqual([]);
	});

	it('one that belongs to another firm', async () => {
		const { kms, worker } = await newOffer({ tags: { 'firmseal:firm': '01a20e60-0000-7000-8000-00000000000b' } });
		expect(await refusalOf(worker, arnOf())).toMatch(/^BAD_USER_INPUT: .*another firm/);
		expect(kms.sent('TagResource')).toEqual([]);
	});
});

it('learns the account from the role that it assumes', async () => {
	const { kms, open } = await newOffer();
	kms.script('AssumeRole', assumed(roleOf('worker')));
	const worker = open('worker', { roles: { ...NO_ROLES, worker: roleOf('worker') } });
	expect(await refusalOf(worker, arnOf(KEY_ID, { account: '999988887777' }))).toContain('another AWS account');
	expect(kms.sent('DescribeKey')).toEqual([]);
});

it('is CONFLICT if the firm has another key, even one that was set meanwhile', async () => {
	const theirs = described({ KeyId: OTHER_ID, Arn: arnOf(OTHER_ID) });
	const early = await newOffer();
	early.world.named = theirs;
	expect(await refusalOf(early.worker, arnOf())).toMatch(/^CONFLICT/);
	expect(early.kms.sent('TagResource')).toEqual([]);
	const late = await newOffer();
	late.kms.script('CreateAlias', () => {
		late.world.named = theirs;
		return { error: 'AlreadyExistsException' };
	});
	expect(await refusalOf(late.worker, arnOf())).toMatch(/^CONFLICT/);
});

it('is REFUSED if the key gives this installation no rights', async () => {
	const { worker } = await newOffer({ brought: { error: 'AccessDeniedException' } });
	expect(await failureOf(worker.createKey(FIRM, arnOf()))).toMatchObject({
		reason: 'REFUSED',
		message: expect.stringContaining('policy of the key'),
	});
});

import { expect, it } from 'vitest';
import { assumed } from '../../support/fake-kms.ts';
import { ALIAS, arnOf, base64, CONTEXT, FIRM, failureOf, KEY_ID, NOTE, newStage, REGION, roleOf } from './stage.ts';

const WRAPPED = Uint8Array.of(1, 2, 3);
const PLAINTEXT = Uint8Array.from({ length: 32 }, (_, index) => index + 1);
const opened = { json: { KeyId: arnOf(), Plaintext: base64(PLAINTEXT) } };

it('requests a data key by the firm’s alias, with the whole context', async () => {
	const { kms, worker } = await newStage();
	kms.script('GenerateDataKey', {
		json: { KeyId: arnOf(), Plaintext: base64(PLAINTEXT), CiphertextBlob: base64(WRAPPED) },
		requestId: '7b1f0d2e-0000-4000-8000-000000000001',
	});
	expect(await worker.generateDataKey(NOTE)).toEqual({
		plaintext: PLAINTEXT,
		wrapped: WRAPPED,
		keyId: arnOf(),
		requestId: '7b1f0d2e-0000-4000-8000-000000000001',
	});
	expect(kms.sent('GenerateDataKey')).toEqual([{ KeyId: ALIAS, KeySpec: 'AES_256', EncryptionContext: CONTEXT }]);
});

it('decrypts only with the named key and the whole context', async () => {
	const { kms, worker } = await newStage();
	kms.script('Decrypt', opened);
	const { plaintext, keyId } = await worker.unwrap(NOTE, WRAPPED);
	expect({ plaintext, keyId }).toEqual({ plaintext: PLAINTEXT, keyId: arnOf() });
	expect(plaintext.buffer.byteLength).toBe(32);
	expect(kms.sent('Decrypt')).toEqual([{ KeyId: ALIAS, CiphertextBlob: base64(WRAPPED), EncryptionContext: CONTEXT }]);
});

it('sends the tokens of new grants, the last ten at most', async () => {
	const { kms, open } = await newStage();
	kms.script('Decrypt', opened);
	const operator = open('operator');
	await operator.unwrap(NOTE, WRAPPED, ['one', 'two']);
	await operator.unwrap(NOTE, WRAPPED, []);
	const many = Array.from({ length: 12 }, (_, index) => `token-${index}`);
	await operator.unwrap(NOTE, WRAPPED, many);
	expect(kms.sent('Decrypt').map(({ GrantTokens }) => GrantTokens)).toEqual([['one', 'two'], undefined, many.slice(2)]);
});

it('rewraps from and to the firm’s key, with the whole context on both sides', async () => {
	const { kms, worker } = await newStage();
	kms.script('ReEncrypt', { json: { KeyId: arnOf(), SourceKeyId: arnOf(), CiphertextBlob: base64(WRAPPED) } });
	expect(await worker.rewrap(NOTE, Uint8Array.of(9))).toMatchObject({ wrapped: WRAPPED, keyId: arnOf() });
	expect(kms.sent('ReEncrypt')).toEqual([
		{
			CiphertextBlob: base64(Uint8Array.of(9)),
			SourceKeyId: ALIAS,
			SourceEncryptionContext: CONTEXT,
			DestinationKeyId: ALIAS,
			DestinationEncryptionContext: CONTEXT,
		},
	]);
});

it('wraps a given key under the firm’s key, with the whole context', async () => {
	const { kms, worker } = await newStage();
	kms.script('Encrypt', { json: { KeyId: arnOf(), CiphertextBlob: base64(WRAPPED) } });
	const made = await worker.wrap(NOTE, PLAINTEXT);
	expect(made).toMatchObject({ wrapped: WRAPPED, keyId: arnOf() });
	expect(made.wrapped.buffer.byteLength).toBe(WRAPPED.length);
	expect(kms.sent('Encrypt')).toEqual([{ KeyId: ALIAS, Plaintext: base64(PLAINTEXT), EncryptionContext: CONTEXT }]);
	kms.script('Encrypt', { json: { KeyId: arnOf() } });
	expect((await failureOf(worker.wrap(NOTE, PLAINTEXT))).reason).toBe('REFUSED');
});

it('describes a key with its tags and its rotations, page by page', async () => {
	const { kms, worker } = await newStage();
	kms.script('ListKeyRotations', ({ Marker }) => ({
		json: Marker
			? { Rotations: [{ KeyId: KEY_ID }], Truncated: false }
			: { Rotations: [{ KeyId: KEY_ID }, { KeyId: KEY_ID }], Truncated: true, NextMarker: 'more' },
	}));
	expect(await worker.describeKey(FIRM)).toEqual({
		firm: FIRM,
		keyId: arnOf(),
		state: 'ENABLED',
		version: 4,
		createdAt: new Date(1_700_000_000_000),
		isOwn: false,
	});
	expect(kms.sent('DescribeKey')).toEqual([{ KeyId: ALIAS }]);
	expect(kms.sent('ListKeyRotations').map(({ Marker }) => Marker)).toEqual([undefined, 'more']);
	kms.script('ListResourceTags', { json: { Tags: [] } });
	expect((await worker.describeKey(FIRM))?.isOwn).toBe(true);
});

it('counts no rotations for a key that KMS cannot rotate', async () => {
	const { kms, worker } = await newStage();
	kms.script('ListKeyRotations', { error: 'UnsupportedOperationException' });
	expect((await worker.describeKey(FIRM))?.version).toBe(1);
});

it('assumes the role of its kind of process, and no other', async () => {
	const { kms, open } = await newStage();
	kms.script('AssumeRole', assumed(roleOf('firm')));
	kms.script('Decrypt', opened);
	const roles = {
		firm: roleOf('firm'),
		operator: roleOf('operator'),
		broker: roleOf('broker'),
		worker: roleOf('worker'),
		signer: roleOf('signer'),
	};
	await open('firm', { roles }).unwrap(NOTE, WRAPPED);
	expect(kms.sent('AssumeRole')).toEqual([
		expect.objectContaining({ RoleArn: roleOf('firm'), RoleSessionName: 'firmseal-firm' }),
	]);
});

it('calls nothing that its kind of process has no right to', async () => {
	const { kms, open, worker } = await newStage();
	const [firm, operator, broker] = [open('firm'), open('operator'), open('broker')] as const;
	for (const call of [
		() => firm.rotateKey(FIRM),
		() => firm.scheduleDeletion(FIRM, 7),
		() => firm.unwrap({ firm: '00000000-0000-0000-0000-000000000000', class: 'RIGHTS' }, WRAPPED),
		() => firm.createGrant({ name: 'x', ...NOTE }),
		() => operator.generateDataKey(NOTE),
		() => firm.wrap(NOTE, PLAINTEXT),
		() => operator.wrap(NOTE, PLAINTEXT),
		() => broker.wrap(NOTE, PLAINTEXT),
		() => worker.wrap({ firm: FIRM, class: 'CHECKPOINT' }, PLAINTEXT),
		() => operator.createKey(FIRM),
		() => operator.unwrap({ firm: FIRM, class: 'RIGHTS' }, WRAPPED),
		() => broker.unwrap(NOTE, WRAPPED),
		() => broker.disableKey(FIRM),
	])
		expect((await failureOf(call())).reason).toBe('REFUSED');
	expect(kms.requests).toEqual([]);
});

it('uses the region of the settings', async () => {
	const { kms, open } = await newStage();
	kms.script('Decrypt', opened);
	await open('worker', { region: 'us-east-2' }).unwrap(NOTE, WRAPPED);
	expect(REGION).not.toBe('us-east-2');
	expect(kms.requests).toHaveLength(1);
});

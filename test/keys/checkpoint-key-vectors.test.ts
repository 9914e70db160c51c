import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createCheckpointKeys, deriveCommitment, type Keyring, PLATFORM_FIRM_ID } from '../../src/keys/index.ts';
import { createMemoryDataKeyStore } from '../support/memory-data-key-store.ts';

interface Vector {
	readonly version: number;
	readonly dataKey: string;
	readonly commitment: string;
	readonly privateKey: string;
	readonly publicKey: string;
	readonly signatures: readonly { readonly text: string; readonly signature: string }[];
}

const { keys } = JSON.parse(readFileSync('test/vectors/checkpoint-keys-v1.json', 'utf8')) as {
	readonly keys: readonly Vector[];
};
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
const hexOf = (of: Uint8Array) => Buffer.from(of).toString('hex');

/** The checkpoint key of this data key, the only version in the store. */
async function keyOf({ version, dataKey, commitment }: Pick<Vector, 'version' | 'dataKey' | 'commitment'>) {
	const store = createMemoryDataKeyStore();
	const record = { firm: PLATFORM_FIRM_ID, class: 'CHECKPOINT', version, wrapped: new Uint8Array(48), keyId: 'key' };
	await store.activate({ ...record, commitment: bytes(commitment), ownKey: false });
	const unwrap = async () => ({ plaintext: bytes(dataKey), keyId: 'key', requestId: 'request' });
	return createCheckpointKeys({ keyring: { unwrap } as unknown as Keyring, store }).active();
}

it('the vectors are complete', () => {
	expect(keys.map(({ signatures }) => signatures.length)).toEqual([2, 1, 2]);
});

it.each(keys)('the vectors give the key of version $version and its signatures', async (vector) => {
	const { version, dataKey, commitment, publicKey, signatures } = vector;
	const key = await keyOf(vector);
	expect([key.version, hexOf(key.publicKey)]).toEqual([version, publicKey]);
	for (const { text, signature } of signatures) expect(hexOf(key.sign(Buffer.from(text)))).toBe(signature);
	expect(hexOf(deriveCommitment(bytes(dataKey), { firm: PLATFORM_FIRM_ID, class: 'CHECKPOINT', version }))).toBe(
		commitment,
	);
});

it.each(keys)(
	'the vectors have the private key of version $version that belongs to its public key',
	({ privateKey, publicKey }) => {
		const der = Buffer.from(`302e020100300506032b657004220420${privateKey}`, 'hex');
		const { x = '' } = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })).export({
			format: 'jwk',
		});
		expect(Buffer.from(x, 'base64url').toString('hex')).toBe(publicKey);
	},
);

it.each(keys)('the vectors are refused under any data key except that of version $version', async (vector) => {
	for (let bit = 0; bit < 256; bit++) {
		const other = bytes(vector.dataKey);
		other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
		await expect(keyOf({ ...vector, dataKey: hexOf(other) })).rejects.toMatchObject({ reason: 'REFUSED' });
	}
});

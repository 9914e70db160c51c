import { createPublicKey, verify } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { verifyCheckpoint } from '../../src/audit/verify/index.ts';
import {
	type CheckpointKey,
	createCheckpointKeys,
	type DataKeyEvent,
	type Keyring,
	KeyUnavailableError,
	PLATFORM_FIRM_ID,
} from '../../src/keys/index.ts';
import { newKeyring } from '../adapters/keyring-local/new-keyring.ts';
import { keyIdOf, signatureLine, vkeyOf } from '../audit/verify/note-signer.ts';
import { createMemoryDataKeyStore } from '../support/memory-data-key-store.ts';
import { createFakeKeyring } from './fake-keyring.ts';

const CHECKPOINT = 'CHECKPOINT';
const TEXT = Buffer.from('checkpoint\n');

let service: ReturnType<typeof createFakeKeyring>;
let store: ReturnType<typeof createMemoryDataKeyStore>;
let events: DataKeyEvent[];
beforeEach(() => {
	service = createFakeKeyring();
	store = createMemoryDataKeyStore();
	events = [];
});

/** The keys of a process that has just started. */
const open = (keyring: Keyring = service.keyring) =>
	createCheckpointKeys({ keyring, store, onEvent: (event) => void events.push(event) });
const records = () => store.records(PLATFORM_FIRM_ID, CHECKPOINT);
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** Verifies with node:crypto, with the public key as JWK. */
function verifies({ publicKey }: Pick<CheckpointKey, 'publicKey'>, text: Uint8Array, signature: Uint8Array): boolean {
	const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(publicKey).toString('base64url') };
	return verify(null, text, createPublicKey({ key: jwk, format: 'jwk' }), signature);
}

async function refused(call: Promise<unknown>, message: string): Promise<void> {
	await expect(call).rejects.toMatchObject({ name: 'KeyUnavailableError', reason: 'REFUSED' });
	await expect(call).rejects.toThrow(message);
}

describe('the first checkpoint key', () => {
	it('is created once, at the first signature', async () => {
		const keys = open();
		expect(records()).toEqual([]);
		const first = await keys.active();
		expect(first.version).toBe(1);
		expect(first.publicKey).toHaveLength(32);
		expect(await keys.active()).toBe(first);
		expect(records()).toMatchObject([{ firm: PLATFORM_FIRM_ID, class: CHECKPOINT, version: 1, state: 'ACTIVE' }]);
		expect(service.calls).toEqual({ generateDataKey: 1, unwrap: 1 });
	});

	it('is the same if two processes create it at the same moment', async () => {
		const release = service.hold();
		const both = Promise.all([open().active(), open().active()]);
		release();
		const [one, other] = await both;
		expect(service.calls.generateDataKey).toBe(2);
		expect(records()).toHaveLength(1);
		expect(hexOf(one.publicKey)).toBe(hexOf(other.publicKey));
		expect(hexOf(one.sign(TEXT))).toBe(hexOf(other.sign(TEXT)));
	});

	it('is the same after a restart', async () => {
		const { publicKey } = await open().active();
		const again = open();
		expect(hexOf((await again.active()).publicKey)).toBe(hexOf(publicKey));
		expect(hexOf((await again.ofVersion(1)).publicKey)).toBe(hexOf(publicKey));
		expect(service.calls.generateDataKey).toBe(1);
	});

	it('differs between installations', async () => {
		const { publicKey } = await open().active();
		store = createMemoryDataKeyStore();
		expect(hexOf((await open().active()).publicKey)).not.toBe(hexOf(publicKey));
	});
});

describe('the next checkpoint key', () => {
	it('has the next version and signs from then on, while the previous one still opens', async () => {
		const keys = open();
		const first = await keys.active();
		const second = await keys.rotate();
		expect(second.version).toBe(2);
		expect(hexOf(second.publicKey)).not.toBe(hexOf(first.publicKey));
		expect(await keys.active()).toBe(second);
		expect(records().map(({ state }) => state)).toEqual(['RETIRED', 'ACTIVE']);
		const restarted = open();
		expect(hexOf((await restarted.ofVersion(1)).publicKey)).toBe(hexOf(first.publicKey));
		expect(hexOf((await restarted.active()).publicKey)).toBe(hexOf(second.publicKey));
	});

	it('is used by another process without notification', async () => {
		const [here, elsewhere] = [open(), open()];
		await here.active();
		const { publicKey } = await elsewhere.rotate();
		const active = await here.active();
		expect([active.version, hexOf(active.publicKey)]).toEqual([2, hexOf(publicKey)]);
	});

	it('is the same if two processes rotate at the same moment', async () => {
		await open().active();
		const [one, other] = await Promise.all([open().rotate(), open().rotate()]);
		expect([one.version, other.version]).toEqual([2, 2]);
		expect(hexOf(one.publicKey)).toBe(hexOf(other.publicKey));
		expect(records()).toHaveLength(2);
	});

	it('is version 1 if there was none', async () => {
		expect((await open().rotate()).version).toBe(1);
	});

	it.each(['DISABLED', 'DESTROYED', 'RETIRED'] as const)(
		'follows the highest version if no key is active: %s',
		async (state) => {
			const first = await open().active();
			await open().rotate();
			store.alter(PLATFORM_FIRM_ID, CHECKPOINT, 2, { state });
			const third = await open().active();
			expect(third.version).toBe(3);
			store.alter(PLATFORM_FIRM_ID, CHECKPOINT, 3, { state });
			expect((await open().rotate()).version).toBe(4);
			expect(hexOf((await open().ofVersion(1)).publicKey)).toBe(hexOf(first.publicKey));
			expect(records().map((record) => record.state)).toEqual(['RETIRED', state, state, 'ACTIVE']);
		},
	);

	it('does not open under a version that never existed', async () => {
		const keys = open();
		await keys.active();
		for (const version of [0, 2, 99]) await refused(keys.ofVersion(version), 'There is no such checkpoint key.');
	});
});

describe('a signature', () => {
	it('verifies under node:crypto, for its own text and key only', async () => {
		const keys = open();
		const [first, second] = [await keys.active(), await keys.rotate()];
		const signature = first.sign(TEXT);
		expect(signature).toHaveLength(64);
		expect(verifies(first, TEXT, signature)).toBe(true);
		expect(verifies(first, Buffer.from('checkpoint'), signature)).toBe(false);
		expect(verifies(second, TEXT, signature)).toBe(false);
		expect(hexOf(first.sign(TEXT))).toBe(hexOf(signature));
	});

	it('makes a checkpoint that a verifier accepts under this key only', async () => {
		const origin = 'vault.example/firmseal/root';
		const keys = open();
		const [first, second] = [await keys.active(), await keys.rotate()];
		const root = new Uint8Array(32).fill(7);
		const body = `${origin}\n12\n${Buffer.from(root).toString('base64')}\n`;
		const line = signatureLine(origin, keyIdOf(origin, first.publicKey), first.sign(Buffer.from(body)));
		const note = `${body}\n${line}`;
		expect(await verifyCheckpoint(note, vkeyOf(origin, first.publicKey))).toEqual({ origin, size: 12, root });
		await expect(verifyCheckpoint(note, vkeyOf(origin, second.publicKey))).rejects.toThrow('no signature');
		await expect(verifyCheckpoint(note.replace('\n12\n', '\n13\n'), vkeyOf(origin, first.publicKey))).rejects.toThrow(
			'does not verify',
		);
	});
});

describe('an attacker who can write to the database', () => {
	/** Another data key of the same class under the same wrapping key. */
	const another = () => service.keyring.generateDataKey({ firm: PLATFORM_FIRM_ID, class: CHECKPOINT });

	it('cannot change a wrapped key', async () => {
		await open().active();
		const wrapped = Uint8Array.from(records()[0]?.wrapped ?? []);
		wrapped[0] = (wrapped[0] ?? 0) ^ 1;
		store.alter(PLATFORM_FIRM_ID, CHECKPOINT, 1, { wrapped });
		await refused(open().active(), 'wrong context');
	});

	it('cannot substitute another key', async () => {
		await open().active();
		store.alter(PLATFORM_FIRM_ID, CHECKPOINT, 1, { wrapped: (await another()).wrapped });
		for (const call of [() => open().active(), () => open().ofVersion(1)])
			await refused(call(), 'not the one that was stored');
	});

	it('cannot change the commitment or the wrapping key id', async () => {
		await open().active();
		const { commitment = new Uint8Array() } = records()[0] ?? {};
		store.alter(PLATFORM_FIRM_ID, CHECKPOINT, 1, { commitment: commitment.map((byte) => byte ^ 1) });
		await refused(open().active(), 'not the one that was stored');
		store.alter(PLATFORM_FIRM_ID, CHECKPOINT, 1, { commitment, keyId: 'key-2' });
		await refused(open().active(), 'not the one that was stored');
	});

	it('cannot pass an older version off as a newer one', async () => {
		const keys = open();
		await keys.active();
		await keys.rotate();
		const { wrapped = new Uint8Array(), commitment = new Uint8Array() } = records()[0] ?? {};
		store.alter(PLATFORM_FIRM_ID, CHECKPOINT, 2, { wrapped, commitment });
		await refused(open().active(), 'not the one that was stored');
	});

	it('cannot make anyone sign with a disabled, destroyed or misplaced version', async () => {
		await open().active();
		for (const state of ['DISABLED', 'DESTROYED'] as const) {
			store.alter(PLATFORM_FIRM_ID, CHECKPOINT, 1, { state });
			await refused(open().ofVersion(1), 'disabled or destroyed');
			expect((await open().active()).version).toBe(2);
		}
		expect(records()).toHaveLength(2);
	});
});

describe('the keyring of the checkpoint keys', () => {
	const AWAY = new KeyUnavailableError('AWAY', 'away');

	it('stores nothing while it is unavailable, and works again afterwards', async () => {
		service.fail(AWAY);
		await expect(open().active()).rejects.toMatchObject({ name: 'KeyUnavailableError', reason: 'AWAY' });
		expect(records()).toEqual([]);
		service.fail();
		const { publicKey } = await open().active();
		service.fail(AWAY);
		for (const call of [() => open().active(), () => open().ofVersion(1), () => open().rotate()])
			await expect(call()).rejects.toMatchObject({ name: 'KeyUnavailableError', reason: 'AWAY' });
		expect(records()).toMatchObject([{ version: 1, state: 'ACTIVE' }]);
		service.fail();
		expect(hexOf((await open().active()).publicKey)).toBe(hexOf(publicKey));
	});

	it('is not called for a key that is already open, even while it is unavailable', async () => {
		const keys = open();
		const key = await keys.active();
		service.fail(AWAY);
		expect(await keys.active()).toBe(key);
		expect(verifies(key, TEXT, key.sign(TEXT))).toBe(true);
	});

	it('is reported as AWAY after an unexpected error, without the text of the error', async () => {
		service.fail(new Error('secret text'));
		const error = await open()
			.active()
			.catch((thrown: unknown) => thrown);
		expect(error).toMatchObject({ name: 'KeyUnavailableError', reason: 'AWAY' });
		expect(String(error)).not.toContain('secret text');
	});

	it('has every data key that it returned overwritten, even the wrong one', async () => {
		const keys = open();
		await keys.active();
		await keys.rotate();
		store.alter(PLATFORM_FIRM_ID, CHECKPOINT, 1, { commitment: new Uint8Array(32) });
		await refused(open().ofVersion(1), 'not the one that was stored');
		expect(service.handedOut).toHaveLength(5);
		for (const plaintext of service.handedOut) expect(hexOf(plaintext)).toBe('00'.repeat(32));
	});

	it('is recorded with every call, and never with a key', async () => {
		const keys = open();
		await keys.active();
		service.fail(AWAY);
		await keys.rotate().catch(() => {});
		expect(
			events.map(({ call, class: keyClass, firm, version, outcome }) => [call, firm, keyClass, version, outcome]),
		).toEqual([
			['generate', PLATFORM_FIRM_ID, CHECKPOINT, 1, 'ok'],
			['unwrap', PLATFORM_FIRM_ID, CHECKPOINT, 1, 'ok'],
			['generate', PLATFORM_FIRM_ID, CHECKPOINT, 2, 'AWAY'],
		]);
		expect(Object.keys(events[0] ?? {}).sort()).toEqual([
			'call',
			'class',
			'firm',
			'keyId',
			'outcome',
			'requestId',
			'version',
		]);
	});

	it('serves the signer from disk, even after the platform key was rotated, and serves no other process', async () => {
		const { open: openLocal } = await newKeyring();
		const worker = await openLocal('worker');
		await worker.createKey(PLATFORM_FIRM_ID);
		const { publicKey } = await open(await openLocal('signer')).active();
		await worker.rotateKey(PLATFORM_FIRM_ID);
		expect(hexOf((await open(await openLocal('signer')).active()).publicKey)).toBe(hexOf(publicKey));
		for (const principal of ['worker', 'firm', 'operator', 'broker'] as const) {
			const keys = open(await openLocal(principal));
			for (const act of [keys.active, keys.rotate, () => keys.ofVersion(1)])
				await expect(act()).rejects.toMatchObject({ name: 'KeyUnavailableError', reason: 'REFUSED' });
		}
		expect(records()).toHaveLength(1);
	});
});

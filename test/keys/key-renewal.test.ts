import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
	createKeyRenewal,
	type DataKeyEvent,
	type DataKeyRecord,
	deriveCommitment,
	type KeyRenewal,
	type Keyring,
	KeyUnavailableError,
	PLATFORM_FIRM_ID,
	withSigner,
} from '../../src/keys/index.ts';
import { createMemoryDataKeyStore } from '../support/memory-data-key-store.ts';
import { createFakeKeyring } from './fake-keyring.ts';
import { FIRM, OTHER_FIRM } from './new-data-keys.ts';

const CONTEXT = { firm: FIRM, class: 'NOTE' };
const CLOSED = new Uint8Array(32);

/** A stored data key and its renewal. `over` replaces methods of the key service. */
async function begin(over: Partial<Keyring> = {}) {
	const fake = createFakeKeyring();
	const events: DataKeyEvent[] = [];
	const renewal = createKeyRenewal({
		keyring: { ...fake.keyring, ...over },
		store: createMemoryDataKeyStore(),
		onEvent: (event) => events.push(event),
	});
	const generated = await fake.keyring.generateDataKey(CONTEXT);
	const key = Uint8Array.from(generated.plaintext);
	generated.plaintext.fill(0);
	const record: DataKeyRecord = {
		...CONTEXT,
		version: 3,
		state: 'ACTIVE',
		wrapped: generated.wrapped,
		commitment: deriveCommitment(key, { ...CONTEXT, version: 3 }),
		keyId: 'key-1',
		ownKey: false,
		sealed: 0,
		createdAt: new Date(0),
	};
	return { ...fake, renewal, events, key, record };
}

/** Wrapped by a key service that no longer exists. */
const lost = (record: DataKeyRecord): DataKeyRecord => ({ ...record, wrapped: randomBytes(48), keyId: 'key-0' });

describe('checking whether a stored key opens', () => {
	it.each(['ACTIVE', 'RETIRED', 'DISABLED'] as const)('opens it: %s', async (state) => {
		const { renewal, record, events, handedOut } = await begin();
		expect(await renewal.opens({ ...record, state })).toBe(true);
		expect(handedOut.at(-1)).toEqual(CLOSED);
		expect(events).toMatchObject([{ call: 'unwrap', ...CONTEXT, version: 3, outcome: 'ok' }]);
	});

	it.each<[string, (record: DataKeyRecord) => DataKeyRecord]>([
		['was wrapped by another key service', lost],
		['is of another firm', (record) => ({ ...record, firm: OTHER_FIRM })],
		['is of another class', (record) => ({ ...record, class: 'BILLING' })],
		['is of another version', (record) => ({ ...record, version: 4 })],
		['has another commitment', (record) => ({ ...record, commitment: randomBytes(32) })],
		['has no commitment', (record) => ({ ...record, commitment: new Uint8Array() })],
		['was wrapped under another key, as it says', (record) => ({ ...record, keyId: 'key-0' })],
	])('answers no for a key that %s', async (_, change) => {
		const { renewal, record, handedOut } = await begin();
		expect(await renewal.opens(change(record))).toBe(false);
		for (const plaintext of handedOut) expect(plaintext).toEqual(CLOSED);
	});

	it.each<[string, Partial<DataKeyRecord>]>([
		['is destroyed, should its wrapped key be back', { state: 'DESTROYED' }],
		['is destroyed', { state: 'DESTROYED', wrapped: new Uint8Array() }],
		['has nothing stored', { wrapped: new Uint8Array() }],
		['has more stored than a wrapped key can be', { wrapped: new Uint8Array(7000) }],
	])('does not call the key service for a key that %s', async (_, change) => {
		const { renewal, record, calls } = await begin();
		expect(await renewal.opens({ ...record, ...change })).toBe(false);
		expect(calls.unwrap).toBe(0);
	});

	it.each(['AWAY', 'THROTTLED'] as const)('has no answer while the service is %s', async (reason) => {
		const { renewal, record, fail } = await begin();
		fail(new KeyUnavailableError(reason, 'later'));
		await expect(renewal.opens(record)).rejects.toMatchObject({ reason });
	});
});

describe('wrapping a recovered key again', () => {
	it.each(['ACTIVE', 'RETIRED', 'DISABLED'] as const)(
		'gives a wrapped key that opens as the stored one did: %s',
		async (state) => {
			const { renewal, record, key, keyring, events, given, handedOut } = await begin();
			const before = { ...lost(record), state };
			expect(await renewal.opens(before)).toBe(false);
			const mine = Uint8Array.from(key);
			const { requestId, ...rewrapped } = await renewal.wrap(before, mine);
			expect(mine).toEqual(key);
			expect(Object.keys(rewrapped).sort()).toEqual(['keyId', 'ownKey', 'wrapped']);
			expect(requestId).toMatch(/^request-/);
			// The service has opened the key, not only wrapped it.
			expect(events.at(-1)).toMatchObject({ call: 'unwrap', outcome: 'ok', version: 3 });
			for (const buffer of [...given, ...handedOut]) expect(buffer).toEqual(CLOSED);
			expect((await keyring.unwrap(CONTEXT, rewrapped.wrapped)).plaintext).toEqual(key);
			expect(await renewal.opens({ ...before, ...rewrapped })).toBe(true);
			expect(given).toHaveLength(1);
		},
	);

	it('reports whether its wrapping key is the firm’s own', async () => {
		const { renewal, record, key, bring } = await begin();
		expect(await renewal.wrap(record, key)).toMatchObject({ ownKey: false, keyId: 'key-1' });
		bring();
		expect(await renewal.wrap(record, key)).toMatchObject({ ownKey: true });
	});

	it.each<[string, (key: Uint8Array) => Uint8Array]>([
		['another key', () => randomBytes(32)],
		['one that differs in a bit', (key) => key.with(31, (key[31] as number) ^ 1)],
		['a part of it', (key) => key.subarray(1)],
		['one that was overwritten', () => new Uint8Array(32)],
		['nothing', () => new Uint8Array()],
	])('refuses %s in its place', async (_, change) => {
		const { renewal, record, key, given } = await begin();
		await expect(renewal.wrap(lost(record), change(key))).rejects.toMatchObject({
			reason: 'REFUSED',
			message: 'The data key to wrap is not the one that was stored.',
		});
		expect(given).toEqual([]);
	});

	it.each<[string, Partial<DataKeyRecord>]>([
		['a version that was destroyed', { state: 'DESTROYED', wrapped: new Uint8Array() }],
		['another version', { version: 4 }],
		['another class', { class: 'BILLING' }],
		['another firm', { firm: OTHER_FIRM }],
	])('refuses a record of %s', async (_, change) => {
		const { renewal, record, key, given } = await begin();
		await expect(renewal.wrap({ ...record, ...change }, key)).rejects.toMatchObject({ reason: 'REFUSED' });
		expect(given).toEqual([]);
	});

	it('refuses a service that wraps another key in its place', async () => {
		const other = createFakeKeyring();
		const swapping = { wrap: () => other.keyring.wrap(CONTEXT, randomBytes(32)), unwrap: other.keyring.unwrap };
		const { renewal, record, key } = await begin(swapping);
		await expect(renewal.wrap(record, key)).rejects.toMatchObject({ reason: 'REFUSED' });
		for (const plaintext of other.handedOut) expect(plaintext).toEqual(CLOSED);
	});

	it('refuses a service that cannot open what it has wrapped', async () => {
		const wrap = async () => ({ wrapped: randomBytes(48), keyId: 'key-1', requestId: 'r' });
		const { renewal, record, key } = await begin({ wrap });
		await expect(renewal.wrap(record, key)).rejects.toMatchObject({ reason: 'REFUSED' });
	});

	it.each(['AWAY', 'THROTTLED', 'REFUSED'] as const)('fails while the service is %s', async (reason) => {
		const { renewal, record, key, fail, given } = await begin();
		fail(new KeyUnavailableError(reason, 'later'));
		await expect(renewal.wrap(record, key)).rejects.toMatchObject({ reason });
		for (const buffer of given) expect(buffer).toEqual(CLOSED);
	});
});

describe('the checkpoint key', () => {
	const OF_SIGNER = { firm: PLATFORM_FIRM_ID, class: 'CHECKPOINT' };
	const ofSigner = (record: DataKeyRecord, key: Uint8Array): DataKeyRecord => ({
		...lost(record),
		...OF_SIGNER,
		commitment: deriveCommitment(key, { ...OF_SIGNER, version: record.version }),
	});

	it('is also opened again before it is stored', async () => {
		const { renewal, record, key, events } = await begin();
		await renewal.wrap(ofSigner(record, key), key);
		expect(events).toMatchObject([{ call: 'unwrap', ...OF_SIGNER, outcome: 'ok' }]);
		const refusing = await begin({
			unwrap: () => Promise.reject(new KeyUnavailableError('REFUSED', 'It is disabled.')),
		});
		await expect(refusing.renewal.wrap(ofSigner(refusing.record, refusing.key), refusing.key)).rejects.toMatchObject({
			reason: 'REFUSED',
		});
	});

	it('is opened and wrapped by the signer only, which does nothing else; the worker rewraps it without seeing it', async () => {
		const { record, key } = await begin();
		const calls: string[] = [];
		const named = (name: string) =>
			new Proxy({} as KeyRenewal, {
				get: (_, act) => async () => void calls.push(`${name} ${String(act)}`),
				ownKeys: () => ['opens', 'wrap', 'unwrap', 'rewrap'],
				getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
			});
		const renewal = withSigner(named('worker'), named('signer'));
		for (const of of [record, { ...record, firm: PLATFORM_FIRM_ID, class: 'RIGHTS' }, { ...record, ...OF_SIGNER }]) {
			await renewal.opens(of);
			await renewal.wrap(of, key);
			await renewal.unwrap(of);
			await renewal.rewrap(of);
		}
		const by = (name: string) => [`${name} opens`, `${name} wrap`, `${name} unwrap`, 'worker rewrap'];
		expect(calls).toEqual([...by('worker'), ...by('worker'), ...by('signer')]);
	});
});

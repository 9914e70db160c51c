import { describe, expect, it } from 'vitest';
import { FirmsealError } from '../../src/errors.ts';
import { KeyUnavailableError } from '../../src/keys/index.ts';
import { FIELDS, FIRM, isSameKey, newDataKeys, OTHER_FIRM } from './new-data-keys.ts';

/** The store has one version of NOTE, and a fresh instance has nothing cached. */
async function withVersion(options: Parameters<typeof newDataKeys>[0] = {}) {
	const made = newDataKeys(options);
	await made.open().loadSealingKey(FIRM, 'NOTE', 1);
	made.calls.unwrap = 0;
	made.events.length = 0;
	return made;
}

describe('keys for opening', () => {
	it('are unavailable until they are loaded, and then need no key service', async () => {
		const { dataKeys, calls, events } = await withVersion();
		expect(dataKeys.openingKey(FIRM, 'NOTE', 1)).toBeUndefined();
		const loaded = await dataKeys.loadOpeningKey(FIRM, 'NOTE', 1);
		expect(dataKeys.openingKey(FIRM, 'NOTE', 1)).toBe(loaded);
		expect(loaded).toMatchObject({ firm: FIRM, class: 'NOTE', version: 1, keyId: 'key-1' });
		expect(calls.unwrap).toBe(1);
		expect(dataKeys.stats()).toEqual({ hits: 1, misses: 1, size: 1 });
		const { keyId, requestId } = loaded;
		expect(events).toEqual([
			{ call: 'unwrap', outcome: 'ok', firm: FIRM, class: 'NOTE', version: 1, keyId, requestId },
		]);
	});

	it('open the fields of their class and no others', async () => {
		const { dataKeys } = await withVersion();
		const key = await dataKeys.loadOpeningKey(FIRM, 'NOTE', 1);
		expect(key.field('notes', 'title').key.equals(key.field('notes', 'body').key)).toBe(false);
		for (const [table, column] of [
			['invoices', 'memo'],
			['notes', 'memo'],
			['__proto__', 'constructor'],
		]) {
			expect(() => key.field(table ?? '', column ?? '')).toThrow(FirmsealError);
		}
	});

	it('belong to their instance: another plane loads its own', async () => {
		const { dataKeys, open } = await withVersion();
		await dataKeys.loadOpeningKey(FIRM, 'NOTE', 1);
		expect(open().openingKey(FIRM, 'NOTE', 1)).toBeUndefined();
	});

	it('are unwrapped once, however many callers load them at the same time', async () => {
		const { dataKeys, calls, hold } = await withVersion();
		const release = hold();
		const asked = Array.from({ length: 50 }, () => dataKeys.loadOpeningKey(FIRM, 'NOTE', 1));
		release();
		const keys = await Promise.all(asked);
		expect(new Set(keys).size).toBe(1);
		expect(calls.unwrap).toBe(1);
	});

	it('fail together and are requested again: no failure is cached', async () => {
		const { dataKeys, calls, fail } = await withVersion();
		fail(new KeyUnavailableError('AWAY', 'away'));
		const asked = await Promise.allSettled([1, 2, 3].map(() => dataKeys.loadOpeningKey(FIRM, 'NOTE', 1)));
		expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
		expect(calls.unwrap).toBe(1);
		fail();
		await dataKeys.loadOpeningKey(FIRM, 'NOTE', 1);
		expect(calls.unwrap).toBe(2);
	});

	it('leave no data key behind: the key that the key service returned is overwritten', async () => {
		const { dataKeys, handedOut } = await withVersion();
		await dataKeys.loadOpeningKey(FIRM, 'NOTE', 1);
		expect(handedOut).toHaveLength(3);
		for (const plaintext of handedOut) expect(plaintext).toEqual(new Uint8Array(32));
	});

	it('leave no raw field key behind', async () => {
		const given: Uint8Array[] = [];
		const { dataKeys } = newDataKeys({
			aead: {
				importKey: (raw: Uint8Array) => {
					given.push(raw);
					expect(raw.some((byte) => byte !== 0)).toBe(true);
					return {} as never;
				},
			} as never,
		});
		await dataKeys.loadSealingKey(FIRM, 'NOTE', 1);
		expect(given).toHaveLength(FIELDS.filter((field) => field.class === 'NOTE').length);
		for (const raw of given) expect(raw).toEqual(new Uint8Array(32));
	});

	it('overwrite the data key if importing fails', async () => {
		const { dataKeys, handedOut } = newDataKeys({
			aead: {
				importKey: () => {
					throw new Error('no memory');
				},
			} as never,
		});
		await expect(dataKeys.loadSealingKey(FIRM, 'NOTE', 1)).rejects.toThrow('no memory');
		expect(handedOut).toHaveLength(2);
		for (const plaintext of handedOut) expect(plaintext).toEqual(new Uint8Array(32));
	});
});

describe('a key version that is not available', () => {
	it('is CIPHERTEXT_INVALID if it never existed', async () => {
		const { dataKeys, calls } = await withVersion();
		for (const [firm, version] of [
			[FIRM, 2],
			[FIRM, 4294967295],
			[OTHER_FIRM, 1],
		] as const) {
			await expect(dataKeys.loadOpeningKey(firm, 'NOTE', version)).rejects.toMatchObject({
				code: 'CIPHERTEXT_INVALID',
			});
		}
		expect(calls.unwrap).toBe(0);
	});

	it.each(['DISABLED', 'DESTROYED'] as const)('is REFUSED without a call if it is %s', async (state) => {
		const { dataKeys, store, calls } = await withVersion();
		store.alter(FIRM, 'NOTE', 1, { state });
		await expect(dataKeys.loadOpeningKey(FIRM, 'NOTE', 1)).rejects.toMatchObject({ reason: 'REFUSED' });
		expect(calls.unwrap).toBe(0);
	});

	it('still opens while it is RETIRED', async () => {
		const { dataKeys, store } = await withVersion();
		store.alter(FIRM, 'NOTE', 1, { state: 'RETIRED' });
		await expect(dataKeys.loadOpeningKey(FIRM, 'NOTE', 1)).resolves.toMatchObject({ version: 1 });
	});

	it.each([
		['another commitment', { commitment: new Uint8Array(32) }],
		['a short commitment', { commitment: new Uint8Array(31) }],
		['another wrapping key', { keyId: 'key-2' }],
	])('is REFUSED, overwritten and not cached with %s', async (_, change) => {
		const { dataKeys, store, handedOut } = await withVersion();
		store.alter(FIRM, 'NOTE', 1, change);
		await expect(dataKeys.loadOpeningKey(FIRM, 'NOTE', 1)).rejects.toMatchObject({ reason: 'REFUSED' });
		expect(dataKeys.openingKey(FIRM, 'NOTE', 1)).toBeUndefined();
		expect(handedOut.at(-1)).toEqual(new Uint8Array(32));
	});

	it('is REFUSED if its row holds the wrapped key of another version', async () => {
		const { dataKeys, open, store } = await withVersion({ sealBlock: 1, sealLimit: 1 });
		await open().loadSealingKey(FIRM, 'NOTE', 1);
		const [first, second] = store.records(FIRM, 'NOTE');
		expect(second?.version).toBe(2);
		if (first) store.alter(FIRM, 'NOTE', 2, { wrapped: first.wrapped });
		await expect(dataKeys.loadOpeningKey(FIRM, 'NOTE', 2)).rejects.toMatchObject({ reason: 'REFUSED' });
		if (second) store.alter(FIRM, 'NOTE', 2, { wrapped: second.wrapped });
		const [one, two] = await Promise.all([1, 2].map((version) => dataKeys.loadOpeningKey(FIRM, 'NOTE', version)));
		expect(one && two && isSameKey(one, two)).toBe(false);
	});
});

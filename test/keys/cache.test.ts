import { describe, expect, it, vi } from 'vitest';
import { KeyUnavailableError } from '../../src/keys/index.ts';
import { FIRM, newDataKeys, OTHER_FIRM } from './new-data-keys.ts';

async function withKeys(options: Parameters<typeof newDataKeys>[0] = {}) {
	const made = newDataKeys(options);
	const other = made.open();
	await Promise.all([FIRM, OTHER_FIRM].map((firm) => other.loadSealingKey(firm, 'NOTE', 1)));
	await other.loadSealingKey(FIRM, 'BILLING', 1);
	made.calls.unwrap = 0;
	return made;
}

describe('the lifetime of a cached key', () => {
	it('starts with its unwrapping, and is not prolonged by use', async () => {
		const { dataKeys, passSeconds } = await withKeys({ ttlSeconds: 60 });
		await dataKeys.loadOpeningKey(FIRM, 'NOTE', 1);
		for (let second = 0; second < 60; second++) {
			expect(dataKeys.openingKey(FIRM, 'NOTE', 1)).toBeDefined();
			passSeconds(1);
		}
		passSeconds(0.001);
		expect(dataKeys.openingKey(FIRM, 'NOTE', 1)).toBeUndefined();
	});

	it('also counts the time that the key service takes to answer', async () => {
		const { dataKeys, passSeconds, hold } = await withKeys({ ttlSeconds: 60 });
		const release = hold();
		const asked = dataKeys.loadOpeningKey(FIRM, 'NOTE', 1);
		passSeconds(59);
		release();
		await asked;
		expect(dataKeys.openingKey(FIRM, 'NOTE', 1)).toBeDefined();
		passSeconds(2);
		expect(dataKeys.openingKey(FIRM, 'NOTE', 1)).toBeUndefined();
	});

	it('ends sealing as well', async () => {
		const { dataKeys, passSeconds, fail } = await withKeys({ ttlSeconds: 60 });
		await dataKeys.loadSealingKey(FIRM, 'NOTE', 1);
		fail(new KeyUnavailableError('AWAY', 'away'));
		expect(dataKeys.sealingKey(FIRM, 'NOTE', 1)).toBeDefined();
		passSeconds(61);
		expect(dataKeys.sealingKey(FIRM, 'NOTE', 1)).toBeUndefined();
		await expect(dataKeys.loadSealingKey(FIRM, 'NOTE', 1)).rejects.toMatchObject({ reason: 'AWAY' });
	});

	it('removes an expired key from memory, even if no one requests it', async () => {
		vi.useFakeTimers();
		try {
			const { dataKeys, passSeconds } = await withKeys({ ttlSeconds: 60 });
			await dataKeys.loadOpeningKey(FIRM, 'NOTE', 1);
			passSeconds(61);
			expect(dataKeys.stats().size).toBe(1);
			await vi.advanceTimersByTimeAsync(61_000);
			expect(dataKeys.stats().size).toBe(0);
		} finally {
			vi.useRealTimers();
		}
	});
});

describe('the limits of the cache', () => {
	it('drop a key after its number of uses', async () => {
		const { dataKeys, calls } = await withKeys({ maxUses: 3 });
		await dataKeys.loadOpeningKey(FIRM, 'NOTE', 1);
		expect(dataKeys.openingKey(FIRM, 'NOTE', 1)).toBeDefined();
		expect(dataKeys.openingKey(FIRM, 'NOTE', 1)).toBeDefined();
		expect(dataKeys.openingKey(FIRM, 'NOTE', 1)).toBeUndefined();
		await dataKeys.loadOpeningKey(FIRM, 'NOTE', 1);
		expect(calls.unwrap).toBe(2);
	});

	it('count sealed values as uses, and allow one caller to seal more than the limit', async () => {
		const { dataKeys, calls } = await withKeys({ maxUses: 10 });
		await dataKeys.loadSealingKey(FIRM, 'NOTE', 4);
		expect(dataKeys.sealingKey(FIRM, 'NOTE', 6)).toBeDefined();
		expect(dataKeys.sealingKey(FIRM, 'NOTE', 1)).toBeUndefined();
		await dataKeys.loadSealingKey(FIRM, 'NOTE', 25);
		expect(calls.unwrap).toBe(2);
	});

	it('keep a maximum number of keys, and drop the least recently used one', async () => {
		const { dataKeys } = await withKeys({ maxKeys: 2 });
		await dataKeys.loadOpeningKey(FIRM, 'NOTE', 1);
		await dataKeys.loadOpeningKey(FIRM, 'BILLING', 1);
		dataKeys.openingKey(FIRM, 'NOTE', 1);
		await dataKeys.loadOpeningKey(OTHER_FIRM, 'NOTE', 1);
		expect(dataKeys.stats().size).toBe(2);
		expect(dataKeys.openingKey(FIRM, 'BILLING', 1)).toBeUndefined();
		expect(dataKeys.openingKey(FIRM, 'NOTE', 1)).toBeDefined();
	});

	it.each([
		{ ttlSeconds: 0 },
		{ ttlSeconds: Number.POSITIVE_INFINITY },
		{ ttlSeconds: 86_401 },
		{ maxKeys: 0 },
		{ maxUses: 0 },
		{ sealBlock: 0 },
		{ sealLimit: 10, sealBlock: 11 },
	])('cannot be set to %j', (limits) => {
		expect(() => newDataKeys(limits)).toThrow(RangeError);
	});
});

describe('purging', () => {
	it('drops the keys of one firm, or of all', async () => {
		const { dataKeys } = await withKeys();
		const load = () => Promise.all([FIRM, OTHER_FIRM].map((firm) => dataKeys.loadOpeningKey(firm, 'NOTE', 1)));
		await load();
		await dataKeys.loadSealingKey(FIRM, 'NOTE', 1);
		dataKeys.purge(FIRM);
		expect(dataKeys.openingKey(FIRM, 'NOTE', 1)).toBeUndefined();
		expect(dataKeys.sealingKey(FIRM, 'NOTE', 1)).toBeUndefined();
		expect(dataKeys.openingKey(OTHER_FIRM, 'NOTE', 1)).toBeDefined();
		await load();
		dataKeys.purge();
		expect(dataKeys.stats().size).toBe(0);
	});

	it('drops the reserved seals, so that the state of the version is checked again', async () => {
		const { dataKeys, store } = await withKeys();
		await dataKeys.loadSealingKey(FIRM, 'NOTE', 1);
		dataKeys.purge(FIRM);
		await dataKeys.loadOpeningKey(FIRM, 'NOTE', 1);
		expect(dataKeys.sealingKey(FIRM, 'NOTE', 1)).toBeUndefined();
		store.alter(FIRM, 'NOTE', 1, { state: 'DISABLED' });
		await expect(dataKeys.loadSealingKey(FIRM, 'NOTE', 1)).rejects.toMatchObject({ reason: 'REFUSED' });
	});

	it('discards pending loads, and lets no later caller share them', async () => {
		const { dataKeys, calls, hold } = await withKeys();
		const release = hold();
		const before = [dataKeys.loadOpeningKey(FIRM, 'NOTE', 1), dataKeys.loadSealingKey(FIRM, 'NOTE', 1)];
		await expect.poll(() => calls.unwrap).toBe(1);
		dataKeys.purge(FIRM);
		const after = dataKeys.loadOpeningKey(FIRM, 'NOTE', 1);
		await expect.poll(() => calls.unwrap).toBe(2);
		dataKeys.purge(FIRM);
		release();
		await Promise.all([...before, after]);
		expect(dataKeys.stats().size).toBe(0);
		expect(dataKeys.openingKey(FIRM, 'NOTE', 1)).toBeUndefined();
		expect(dataKeys.sealingKey(FIRM, 'NOTE', 1)).toBeUndefined();
	});
});

describe('a failure of the key service', () => {
	it('drops all keys of the firm at once if it is REFUSED, for every class, and of no other firm', async () => {
		const { dataKeys, fail, events } = await withKeys();
		await dataKeys.loadSealingKey(FIRM, 'NOTE', 1);
		await dataKeys.loadOpeningKey(OTHER_FIRM, 'NOTE', 1);
		fail(new KeyUnavailableError('REFUSED', 'disabled'));
		await expect(dataKeys.loadOpeningKey(FIRM, 'BILLING', 1)).rejects.toMatchObject({ reason: 'REFUSED' });
		expect(dataKeys.openingKey(FIRM, 'NOTE', 1)).toBeUndefined();
		expect(dataKeys.sealingKey(FIRM, 'NOTE', 1)).toBeUndefined();
		expect(dataKeys.openingKey(OTHER_FIRM, 'NOTE', 1)).toBeDefined();
		expect(events.filter(({ outcome }) => outcome === 'REFUSED')).toEqual([
			expect.objectContaining({ outcome: 'REFUSED', firm: FIRM, class: 'BILLING' }),
		]);
	});

	it.each(['AWAY', 'THROTTLED'] as const)('leaves the cached keys until they expire if it is %s', async (reason) => {
		const { dataKeys, fail } = await withKeys();
		await dataKeys.loadOpeningKey(FIRM, 'NOTE', 1);
		fail(new KeyUnavailableError(reason, 'later'));
		await expect(dataKeys.loadOpeningKey(FIRM, 'BILLING', 1)).rejects.toMatchObject({ reason });
		expect(dataKeys.openingKey(FIRM, 'NOTE', 1)).toBeDefined();
	});

	it('is reported as AWAY if it is unexpected, without its text', async () => {
		const { dataKeys, fail } = await withKeys();
		fail(new Error('the key is 00112233'));
		const error = await dataKeys.loadOpeningKey(FIRM, 'NOTE', 1).catch((thrown: Error) => thrown);
		expect(error).toMatchObject({ reason: 'AWAY', message: expect.not.stringContaining('00112233') });
		expect(error).not.toHaveProperty('cause');
	});
});

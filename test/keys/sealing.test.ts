import { describe, expect, it } from 'vitest';
import { KeyUnavailableError } from '../../src/keys/index.ts';
import { FIRM, isSameKey, newDataKeys } from './new-data-keys.ts';

const sealedOf = ({ store }: ReturnType<typeof newDataKeys>) => store.records(FIRM, 'NOTE').map(({ sealed }) => sealed);

describe('keys for sealing', () => {
	it('start with version 1, which is opened once from the store before it seals', async () => {
		const made = newDataKeys();
		expect(made.dataKeys.sealingKey(FIRM, 'NOTE', 1)).toBeUndefined();
		expect(await made.dataKeys.loadSealingKey(FIRM, 'NOTE', 1)).toMatchObject({
			firm: FIRM,
			class: 'NOTE',
			version: 1,
		});
		expect(made.calls).toEqual({ generateDataKey: 1, unwrap: 1 });
		expect(made.store.records(FIRM, 'NOTE')).toMatchObject([{ version: 1, state: 'ACTIVE', sealed: 4096 }]);
		for (const plaintext of made.handedOut) expect(plaintext).toEqual(new Uint8Array(32));
	});

	it('are also the keys that open', async () => {
		const { dataKeys, open } = newDataKeys();
		const sealing = await dataKeys.loadSealingKey(FIRM, 'NOTE', 1);
		expect(isSameKey(sealing, await open().loadOpeningKey(FIRM, 'NOTE', 1))).toBe(true);
	});

	it('make one store call per block, and never seal more than was reserved', async () => {
		const made = newDataKeys({ sealBlock: 10 });
		const { dataKeys } = made;
		await dataKeys.loadSealingKey(FIRM, 'NOTE', 3);
		expect(dataKeys.sealingKey(FIRM, 'NOTE', 7)).toBeDefined();
		expect(dataKeys.sealingKey(FIRM, 'NOTE', 1)).toBeUndefined();
		expect(sealedOf(made)).toEqual([10]);
		await dataKeys.loadSealingKey(FIRM, 'NOTE', 1);
		expect(sealedOf(made)).toEqual([20]);
		await dataKeys.loadSealingKey(FIRM, 'NOTE', 500);
		expect(sealedOf(made)).toEqual([520]);
		expect(made.calls.unwrap).toBe(1);
	});

	it('count every value, however many callers seal at once', async () => {
		const made = newDataKeys({ sealBlock: 10 });
		const counts = Array.from({ length: 60 }, (_, index) => (index % 7) + 1);
		await Promise.all(counts.map((count) => made.dataKeys.loadSealingKey(FIRM, 'NOTE', count)));
		const total = counts.reduce((sum, count) => sum + count, 0);
		expect(sealedOf(made)[0]).toBeGreaterThanOrEqual(total);
		expect(sealedOf(made)[0]).toBeLessThan(total * 3);
		expect(made.calls).toEqual({ generateDataKey: 1, unwrap: 1 });
	});

	it.each([0, -1, 1.5, Number.NaN, 101])('refuse to count %d values', async (count) => {
		const { dataKeys, calls } = newDataKeys({ sealBlock: 10, sealLimit: 100 });
		expect(() => dataKeys.sealingKey(FIRM, 'NOTE', count)).toThrow('1 to 100');
		await expect(dataKeys.loadSealingKey(FIRM, 'NOTE', count)).rejects.toMatchObject({ code: 'INTERNAL' });
		expect(calls.generateDataKey).toBe(0);
	});

	it('continue with the next version at the limit, while the old one still opens', async () => {
		const made = newDataKeys({ sealBlock: 10, sealLimit: 20 });
		const { dataKeys, store } = made;
		const versions = [];
		for (let round = 0; round < 5; round++) versions.push((await dataKeys.loadSealingKey(FIRM, 'NOTE', 10)).version);
		expect(versions).toEqual([1, 1, 2, 2, 3]);
		expect(store.records(FIRM, 'NOTE').map(({ state }) => state)).toEqual(['RETIRED', 'RETIRED', 'ACTIVE']);
		expect(sealedOf(made)).toEqual([20, 20, 10]);
		await expect(made.open().loadOpeningKey(FIRM, 'NOTE', 1)).resolves.toMatchObject({ version: 1 });
	});

	it('continue with the version that another process created meanwhile', async () => {
		const made = newDataKeys({ sealBlock: 10, sealLimit: 20 });
		await made.dataKeys.loadSealingKey(FIRM, 'NOTE', 10);
		const other = made.open();
		await other.loadSealingKey(FIRM, 'NOTE', 10);
		await other.loadSealingKey(FIRM, 'NOTE', 10);
		expect(await made.dataKeys.loadSealingKey(FIRM, 'NOTE', 10)).toMatchObject({ version: 2 });
		expect(made.calls.generateDataKey).toBe(2);
	});

	it('reserve nothing while the key service is unavailable', async () => {
		const made = newDataKeys();
		await made.open().loadSealingKey(FIRM, 'NOTE', 1);
		made.fail(new KeyUnavailableError('AWAY', 'away'));
		await expect(made.dataKeys.loadSealingKey(FIRM, 'NOTE', 1)).rejects.toMatchObject({ reason: 'AWAY' });
		expect(sealedOf(made)).toEqual([4096]);
	});

	it('store nothing if the first key cannot be created', async () => {
		const made = newDataKeys();
		made.fail(new KeyUnavailableError('REFUSED', 'no wrapping key'));
		await expect(made.dataKeys.loadSealingKey(FIRM, 'NOTE', 1)).rejects.toMatchObject({ reason: 'REFUSED' });
		expect(made.store.records(FIRM, 'NOTE')).toEqual([]);
	});

	it('are REFUSED if there are versions and none of them may seal', async () => {
		const made = newDataKeys();
		await made.open().loadSealingKey(FIRM, 'NOTE', 1);
		made.store.alter(FIRM, 'NOTE', 1, { state: 'DISABLED' });
		await expect(made.dataKeys.loadSealingKey(FIRM, 'NOTE', 1)).rejects.toMatchObject({ reason: 'REFUSED' });
		expect(made.store.records(FIRM, 'NOTE')).toHaveLength(1);
		expect(made.calls.generateDataKey).toBe(2);
	});
});

describe('several processes over one store', () => {
	it('agree on version 1, whichever was first', async () => {
		const made = newDataKeys();
		const instances = Array.from({ length: 6 }, () => made.open());
		const keys = await Promise.all(instances.map((instance) => instance.loadSealingKey(FIRM, 'NOTE', 1)));
		expect(made.store.records(FIRM, 'NOTE')).toMatchObject([{ version: 1, sealed: 6 * 4096 }]);
		const [first] = keys;
		for (const key of keys) expect(first && isSameKey(first, key)).toBe(true);
		for (const plaintext of made.handedOut) expect(plaintext).toEqual(new Uint8Array(32));
	});

	it('never exceed the limit of a version, and create one next version each time', async () => {
		const made = newDataKeys({ sealBlock: 5, sealLimit: 40 });
		const instances = Array.from({ length: 4 }, () => made.open());
		const used = new Map<number, number>();
		await Promise.all(
			instances.map(async (instance) => {
				for (let round = 0; round < 30; round++) {
					const { version } = await instance.loadSealingKey(FIRM, 'NOTE', 3);
					used.set(version, (used.get(version) ?? 0) + 3);
				}
			}),
		);
		const records = made.store.records(FIRM, 'NOTE');
		expect(records.map(({ version }) => version)).toEqual(records.map((_, index) => index + 1));
		expect(records.filter(({ state }) => state === 'ACTIVE')).toHaveLength(1);
		for (const { version, sealed } of records) {
			expect(sealed).toBeLessThanOrEqual(40);
			expect(used.get(version) ?? 0).toBeLessThanOrEqual(sealed);
		}
		expect([...used.values()].reduce((sum, count) => sum + count, 0)).toBe(4 * 30 * 3);
	});
});

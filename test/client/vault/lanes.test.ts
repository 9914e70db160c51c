import { expect, it } from 'vitest';
import { inLanes } from '../../../src/client/vault/lanes.ts';
import { parseStamp } from '../../../src/custody/index.ts';
import { newRow, someFirm } from './firm.ts';

/** Work that ends when the test says so. */
function held() {
	const begun: { readonly item: number; readonly end: () => void }[] = [];
	const work = (item: number, at: number): Promise<string> => {
		const { promise, resolve } = Promise.withResolvers<string>();
		begun.push({ item, end: () => resolve(`${at}: ${item}`) });
		return promise;
	};
	return { begun, work };
}

it('16 items are worked on at a time, and the results have the order of the items', async () => {
	const items = Array.from({ length: 40 }, (_, at) => 100 + at);
	const { begun, work } = held();
	const results = inLanes(items, work);
	let most = 0;
	while (begun.length > 0) {
		most = Math.max(most, begun.length);
		// The one that began last ends first.
		begun.pop()?.end();
		await new Promise(setImmediate);
	}
	expect(most).toBe(16);
	expect(await results).toEqual(items.map((item, at) => `${at}: ${item}`));
	expect(await inLanes([], work)).toEqual([]);
});

it('if the work on an item rejects, all of it does', async () => {
	await expect(
		inLanes([1, 2], (item) => (item === 2 ? Promise.reject(new Error('no')) : Promise.resolve())),
	).rejects.toThrow('no');
});

/** Counts what begins in one turn, before anything that was begun can end. */
function begun() {
	let count = 0;
	let most = 0;
	const begin = (): void => {
		count += 1;
		most = Math.max(most, count);
		if (count === 1) queueMicrotask(() => (count = 0));
	};
	return { begin, most: () => most };
}

/** A list that tells when one of its items is taken. */
const watched = <T>(items: readonly T[], begin: () => void): readonly T[] =>
	new Proxy(items, {
		get(target, name, receiver) {
			if (/^\d+$/.test(String(name))) begin();
			return Reflect.get(target, name, receiver);
		},
	});

const MANY = 40;
const ids = Array.from({ length: MANY }, (_, at) => `0190a3c4-0000-7000-8000-0000000010${at + 10}`);

it('wraps of the service are verified 16 at a time', async () => {
	const { service, cara } = await someFirm();
	const device = await cara();
	const wraps = Array.from({ length: MANY }, () => service.wraps[0] as string);
	const { begin, most } = begun();
	expect(await device.vault.addWraps(watched(wraps, begin))).toEqual([]);
	expect(most()).toBe(16);
});

it('rows are verified, sealed, and sealed again 16 at a time, in their order', async () => {
	const { service, anna: device } = await someFirm();
	const anna = await device();
	const [verifying, sealing, resealing] = [begun(), begun(), begun()];
	const rows = ids.map((id, at) => {
		const row = newRow({ type: 'Note', id, values: { title: `Note ${at}` } });
		// The thread is looked at when the sealing of a row begins.
		return Object.defineProperty(row, 'thread', {
			get() {
				sealing.begin();
				return null;
			},
		});
	});
	const sealed = await anna.vault.seal(watched(rows, verifying.begin));
	expect([verifying.most(), sealing.most()]).toEqual([16, 16]);
	for (const [at, row] of rows.entries()) service.store(row, sealed[at] as (typeof sealed)[number]);
	const records = ids.map((id) => service.record(id));
	const again = await anna.vault.reseal(watched(records, resealing.begin));
	expect(resealing.most()).toBe(16);
	expect(again.map((each) => ('why' in each ? each.why : parseStamp(each.sealed.stamp).row))).toEqual(ids);
});

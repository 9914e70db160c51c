import { expect, it } from 'vitest';
import { inLanes } from '../../../src/client/vault/lanes.ts';

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

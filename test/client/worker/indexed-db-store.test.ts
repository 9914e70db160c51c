import { expect, it } from 'vitest';
import { IndexedDbStore } from '../../../src/client/worker/indexed-db-store.ts';
import { DatabaseInMemory } from './database-in-memory.ts';

const one = Uint8Array.of(1);
const two = Uint8Array.of(2);

async function someStore() {
	const database = new DatabaseInMemory();
	const store = await IndexedDbStore.open(database, 'firmseal');
	await store.write('a', one);
	database.modes.length = 0;
	return { database, store };
}

it('without IndexedDB, or with one that does not open, the person reads that this browser keeps nothing', async () => {
	const opening = {
		open() {
			throw new Error('not allowed here');
		},
	};
	for (const factory of [undefined, opening]) {
		await expect(IndexedDbStore.open(factory, 'firmseal')).rejects.toMatchObject({
			code: 'INTERNAL',
			reason: 'store-none',
			message:
				'This browser keeps nothing for this page, as in a private window, so it can hold no device. Use an ordinary window.',
		});
	}
});

it('reads of one turn share a transaction, and those of the next have another', async () => {
	const { database, store } = await someStore();
	expect(await Promise.all(['a', 'b', 'a'].map((name) => store.read(name)))).toEqual([one, null, one]);
	expect(database.modes).toEqual(['readonly']);
	expect(await store.read('a')).toEqual(one);
	expect(database.modes).toEqual(['readonly', 'readonly']);
});

it('a read sees every write whose transaction began before it, also within one turn', async () => {
	const { database, store } = await someStore();
	const write = store.write('a', two);
	const between = Promise.resolve().then(() => store.read('a'));
	const before = store.read('a');
	expect(await before).toEqual(one);
	expect(await between).toEqual(two);
	expect(database.modes).toEqual(['readonly', 'readwrite', 'readonly']);
	await write;
	const [removed, gone] = [store.remove('a'), Promise.resolve().then(() => store.read('a'))];
	await removed;
	expect(await gone).toBeNull();
	expect(await store.read('a')).toBeNull();
});

it('a store that was closed within the turn reads nothing more', async () => {
	const { store } = await someStore();
	const read = store.read('a');
	store.close();
	await expect(store.read('a')).rejects.toMatchObject({ reason: 'store-gone' });
	expect(await read).toEqual(one);
});

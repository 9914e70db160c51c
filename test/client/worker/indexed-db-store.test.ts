import { expect, it, vi } from 'vitest';
import { IndexedDbStore } from '../../../src/client/worker/indexed-db-store.ts';
import { VaultRefusal } from '../../../src/client/worker/refusal.ts';
import { tellError } from '../../../src/client/worker/worker-error.ts';
import { DatabaseInMemory, KeyRange } from './database-in-memory.ts';

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
		const refused = await IndexedDbStore.open(factory, 'firmseal').catch((error: unknown) => error);
		expect(refused).toBeInstanceOf(VaultRefusal);
		expect(await tellError(refused)).toMatchObject({
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
	expect(await before).toEqual(two);
	expect(await between).toEqual(two);
	expect(database.modes).toEqual(['readwrite', 'readonly']);
	await write;
	const [removed, gone] = [store.remove('a'), Promise.resolve().then(() => store.read('a'))];
	await removed;
	expect(await gone).toBeNull();
	expect(await store.read('a')).toBeNull();
});

it('a hundred reads of a turn give each what its name has, and null for what is not there', async () => {
	vi.stubGlobal('IDBKeyRange', KeyRange);
	const { store } = await someStore();
	const names = Array.from({ length: 100 }, (_, at) => `row/${99 - at}`);
	await Promise.all(names.slice(1).map((name, at) => store.write(name, Uint8Array.of(at))));
	const read = await Promise.all(names.map((name) => store.read(name)));
	expect(read).toEqual([null, ...names.slice(1).map((_, at) => Uint8Array.of(at))]);
	expect(await Promise.all(['a', ...names].map((name) => store.read(name)))).toEqual([one, ...read]);
});

it('a store that was closed within the turn reads nothing', async () => {
	const { store } = await someStore();
	const read = store.read('a');
	store.close();
	await expect(store.read('a')).rejects.toMatchObject({ reason: 'store-gone' });
	await expect(read).rejects.toMatchObject({ reason: 'store-gone' });
});

it('a store that is closed keeps nothing, and says that it is gone', async () => {
	const { store } = await someStore();
	const [write, remove] = [store.write('a', two), store.remove('a')];
	store.close();
	const changes = [write, remove, store.write('b', one)];
	await Promise.all(changes.map((change) => expect(change).rejects.toMatchObject({ reason: 'store-gone' })));
});

it('a database that was closed without a word is gone too, for reading and for writing', async () => {
	const { database, store } = await someStore();
	database.connections[0]?.close();
	await expect(store.read('a')).rejects.toMatchObject({ reason: 'store-gone' });
	await expect(store.write('a', two)).rejects.toMatchObject({ reason: 'store-gone' });
});

import type { IndexedDbStore } from '../../../src/client/worker/indexed-db-store.ts';

type Factory = NonNullable<Parameters<typeof IndexedDbStore.open>[0]>;
type Opening = ReturnType<Factory['open']>;
type Connection = Opening['result'];
type Transaction = ReturnType<Connection['transaction']>;

const request = () => ({ result: undefined as never, error: null, onsuccess: undefined, onerror: undefined });
const call = (handler: unknown): void => (handler as (() => void) | undefined)?.();

/** IndexedDB with one object store. Transactions run in the order of their creation, each after the turn in which it was created. */
export class DatabaseInMemory implements Factory {
	readonly modes: string[] = [];
	/** Those that were opened, in their order: the test closes one as a browser would, or sees whether it was closed. */
	readonly connections: (Connection & { isClosed: boolean })[] = [];
	/** What transactions that are created from here on wait for. */
	held: Promise<void> = Promise.resolve();
	readonly #kept = new Map<string, unknown>();
	#last: Promise<void> = Promise.resolve();

	open(): Opening {
		const connection: Connection & { isClosed: boolean } = {
			isClosed: false,
			createObjectStore: () => undefined,
			transaction: (_names, mode) => {
				if (connection.isClosed) throw new DOMException('The database is closed.', 'InvalidStateError');
				return this.#transaction(mode);
			},
			close: () => {
				connection.isClosed = true;
			},
			onversionchange: undefined,
			onclose: undefined,
		};
		this.connections.push(connection);
		const opening = { ...request(), result: connection, onupgradeneeded: undefined };
		setImmediate(() => call(opening.onsuccess));
		return opening;
	}

	#transaction(mode: string): Transaction {
		this.modes.push(mode);
		const work: (() => void)[] = [];
		let isActive = true;
		const ask = (answer: () => unknown) => {
			if (!isActive) throw new DOMException('The transaction is not active.', 'TransactionInactiveError');
			const asked = request();
			work.push(() => {
				asked.result = answer() as never;
				call(asked.onsuccess);
			});
			return asked;
		};
		const kept = this.#kept;
		const objects = {
			get: (key: string) => ask(() => kept.get(key)),
			getAll: (range: unknown) => ask(() => between(kept, range).map(([, value]) => value)),
			getAllKeys: (range: unknown) => ask(() => between(kept, range).map(([key]) => key)),
			put: (value: unknown, key: string) => ask(() => kept.set(key, value)),
			delete: (key: string) => ask(() => kept.delete(key)),
		};
		const transaction = { error: null, objectStore: () => objects, oncomplete: undefined, onabort: undefined };
		const turn = new Promise((resolve) => setImmediate(resolve));
		this.#last = Promise.all([this.#last, turn, this.held]).then(() => {
			isActive = false;
			for (const each of work) each();
			call(transaction.oncomplete);
		});
		return transaction;
	}
}

/** `IDBKeyRange` of a browser, for DatabaseInMemory. */
export const KeyRange = { bound: (first: string, last: string) => ({ first, last }) };

function between(kept: ReadonlyMap<string, unknown>, range: unknown): readonly (readonly [string, unknown])[] {
	const { first, last } = range as ReturnType<typeof KeyRange.bound>;
	return [...kept].filter(([name]) => first <= name && name <= last).toSorted();
}

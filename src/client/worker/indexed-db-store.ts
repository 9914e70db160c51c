import type { KeptStore } from '../vault/index.ts';
import type { DatabaseConnection, DatabaseFactory, DatabaseObjects, DatabaseRequest } from './browser-types.ts';
import { VaultRefusal } from './refusal.ts';
import { refusal, type WorkerReason } from './worker-error.ts';

/** The only object store of the database: bytes by name. */
const KEPT = 'kept';
const VERSION = 1;

const REASONS: Readonly<Partial<Record<string, WorkerReason>>> = {
	QuotaExceededError: 'store-full',
	VersionError: 'store-newer',
	InvalidStateError: 'store-gone',
	SecurityError: 'store-none',
};

const refusalOf = (error: { readonly name: string } | null): VaultRefusal =>
	error instanceof VaultRefusal ? error : refusal(REASONS[error?.name ?? ''] ?? 'store-failed');

declare const IDBKeyRange: { bound(first: string, last: string): unknown };

/** When so many reads of a turn wait, one request for all between the first and the last name costs less than one for each. */
const MANY = 64;

interface Reading {
	readonly name: string;
	readonly resolve: (found: Uint8Array | null) => void;
	readonly reject: (error: unknown) => void;
}

/** A put, or a removal for null, that waits for its transaction. */
interface Change {
	readonly name: string;
	readonly bytes: Uint8Array | null;
	readonly settle: (error: VaultRefusal | null) => void;
}

/**
 * What a device keeps, in IndexedDB. A write resolves when its transaction is complete and on the disk. Changes that are requested while a
 * transaction runs share the next one, because each costs a flush of the disk; if that fails, none of them is kept. Reads of one turn share
 * a transaction too, and see what was written before them. Methods reject with VaultRefusal `store-…`. Once the browser has closed the
 * database, the store stays closed, so that an unlocked device never goes on with half of what it kept.
 */
export class IndexedDbStore implements KeptStore {
	readonly #database: DatabaseConnection;
	readonly #onClosed: () => void;
	/** Of this turn. */
	#reading: Reading[] = [];
	#waiting: Change[] = [];
	#isWriting = false;
	#isClosed = false;

	private constructor(database: DatabaseConnection, onClosed: () => void) {
		this.#database = database;
		this.#onClosed = onClosed;
		database.onclose = () => this.#ended();
		// Someone deletes the database, or a newer version of the application waits: neither may wait for this tab.
		database.onversionchange = () => {
			database.close();
			this.#ended();
		};
	}

	/**
	 * `onClosed` is called once if the browser closes the database. Rejects with VaultRefusal `store-none`, `store-newer`, `store-full`,
	 * `store-failed`.
	 */
	static async open(
		factory: DatabaseFactory | undefined,
		name: string,
		onClosed: () => void = () => undefined,
	): Promise<IndexedDbStore> {
		if (factory === undefined) throw refusal('store-none');
		let opening: ReturnType<DatabaseFactory['open']>;
		try {
			opening = factory.open(name, VERSION);
		} catch {
			throw refusal('store-none');
		}
		opening.onupgradeneeded = () => opening.result.createObjectStore(KEPT);
		return new IndexedDbStore(await answered(opening, 'store-none'), onClosed);
	}

	read(name: string): Promise<Uint8Array | null> {
		const { promise, resolve, reject } = Promise.withResolvers<Uint8Array | null>();
		if (this.#reading.length === 0) queueMicrotask(() => this.#readWaiting());
		this.#reading.push({ name, resolve, reject });
		return promise;
	}

	/** The bytes are copied at once. */
	write(name: string, bytes: Uint8Array): Promise<void> {
		return this.#change(name, Uint8Array.from(bytes));
	}

	remove(name: string): Promise<void> {
		return this.#change(name, null);
	}

	close(): void {
		this.#isClosed = true;
		this.#database.close();
	}

	#change(name: string, bytes: Uint8Array | null): Promise<void> {
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		this.#waiting.push({ name, bytes, settle: (error) => (error === null ? resolve() : reject(error)) });
		if (!this.#isWriting) {
			this.#isWriting = true;
			// The other changes of this turn come along.
			queueMicrotask(() => this.#writeWaiting());
		}
		return promise;
	}

	#writeWaiting(): void {
		const changes = this.#waiting;
		this.#waiting = [];
		this.#isWriting = changes.length > 0;
		if (changes.length === 0) return;
		const settle = (error: VaultRefusal | null): void => {
			for (const change of changes) change.settle(error);
			this.#writeWaiting();
		};
		try {
			const { objects, transaction } = this.#objects('readwrite');
			transaction.oncomplete = () => settle(null);
			transaction.onabort = () => settle(this.#isClosed ? refusal('store-gone') : refusalOf(transaction.error));
			for (const { name, bytes } of changes) {
				if (bytes === null) objects.delete(name);
				else objects.put(bytes, name);
			}
		} catch (error) {
			settle(refusalOf(error as Error));
		}
	}

	#readWaiting(): void {
		const readings = this.#reading;
		this.#reading = [];
		try {
			const { objects } = this.#objects('readonly');
			const between = readings.length < MANY ? null : foundBetween(objects, readings);
			for (const { name, resolve, reject } of readings) {
				const found = between === null ? answered(objects.get(name)) : between.then((all) => all.get(name));
				found.then(bytesOf).then(resolve, reject);
			}
		} catch (error) {
			for (const { reject } of readings) reject(refusalOf(error as Error));
		}
	}

	#objects(mode: 'readonly' | 'readwrite') {
		if (this.#isClosed) throw refusal('store-gone');
		const transaction = this.#database.transaction(KEPT, mode, { durability: 'strict' });
		const objects: DatabaseObjects = transaction.objectStore(KEPT);
		return { transaction, objects };
	}

	#ended(): void {
		if (this.#isClosed) return;
		this.#isClosed = true;
		this.#onClosed();
	}
}

function bytesOf(found: unknown): Uint8Array | null {
	if (found === undefined) return null;
	if (!(found instanceof Uint8Array)) throw refusal('store-failed');
	return found;
}

/** What is kept, by name, from the first to the last name of the readings. */
async function foundBetween(
	objects: DatabaseObjects,
	readings: readonly Reading[],
): Promise<ReadonlyMap<unknown, unknown>> {
	const names = readings.map(({ name }) => name).sort();
	const range = IDBKeyRange.bound(names[0] as string, names.at(-1) as string);
	const [keys, values] = await Promise.all([answered(objects.getAllKeys(range)), answered(objects.getAll(range))]);
	return new Map(keys.map((key, at) => [key, values[at]]));
}

function answered<T>(request: DatabaseRequest<T>, unknown: WorkerReason = 'store-failed'): Promise<T> {
	return new Promise((resolve, reject) => {
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(refusal(REASONS[request.error?.name ?? ''] ?? unknown));
	});
}

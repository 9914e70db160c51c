/*
 * The parts of a browser that are used here, because this folder is compiled without the types of a page. What a browser has fits them.
 */

/** A request of IndexedDB. */
export interface DatabaseRequest<T> {
	readonly result: T;
	readonly error: { readonly name: string } | null;
	onsuccess: unknown;
	onerror: unknown;
}

interface DatabaseOpening extends DatabaseRequest<DatabaseConnection> {
	onupgradeneeded: unknown;
}

export interface DatabaseObjects {
	get(key: string): DatabaseRequest<unknown>;
	getAll(range: unknown): DatabaseRequest<readonly unknown[]>;
	getAllKeys(range: unknown): DatabaseRequest<readonly unknown[]>;
	put(value: unknown, key: string): DatabaseRequest<unknown>;
	delete(key: string): DatabaseRequest<unknown>;
}

interface DatabaseTransaction {
	readonly error: { readonly name: string } | null;
	objectStore(name: string): DatabaseObjects;
	oncomplete: unknown;
	onabort: unknown;
}

export interface DatabaseConnection {
	createObjectStore(name: string): unknown;
	transaction(
		names: string,
		mode: 'readonly' | 'readwrite',
		options: { readonly durability: 'strict' },
	): DatabaseTransaction;
	close(): void;
	onversionchange: unknown;
	onclose: unknown;
}

/** `indexedDB` of a worker. */
export interface DatabaseFactory {
	open(name: string, version: number): DatabaseOpening;
}

/** `navigator.locks`. */
export interface TabLocks {
	request(name: string, options: { readonly ifAvailable: true }, held: (lock: unknown) => unknown): Promise<unknown>;
	request(name: string, options: { readonly signal: AbortSignal }, held: (lock: unknown) => unknown): Promise<unknown>;
}

/** A BroadcastChannel. */
export interface TabChannel {
	postMessage(message: unknown): void;
	onmessage: unknown;
}

/** `self` of a dedicated worker. */
export interface VaultWorkerScope {
	readonly indexedDB?: DatabaseFactory | undefined;
	readonly navigator: { readonly locks?: TabLocks | undefined };
	postMessage(message: unknown): void;
	addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

/** A dedicated worker, from its page. */
export interface StartedWorker {
	postMessage(message: unknown): void;
	terminate(): void;
	addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
	addEventListener(type: 'error' | 'messageerror', listener: () => void): void;
}

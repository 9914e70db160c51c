import type { KeptLog, KeptLogStore } from './kept-log.ts';

const DATABASE = 'firmseal-log';
const STORE = 'logs';

/** Keeps logs in this browser (IndexedDB), one record for each firm. */
export function openKeptStore(): KeptLogStore {
	let opened: Promise<IDBDatabase> | null = null;
	const open = (): Promise<IDBDatabase> => {
		opened ??= answerOf(
			Object.assign(indexedDB.open(DATABASE, 1), {
				onupgradeneeded(this: IDBOpenDBRequest) {
					this.result.createObjectStore(STORE, { keyPath: 'firm' });
				},
			}),
		);
		return opened;
	};
	return {
		async load(firm) {
			const database = await open();
			const found: unknown = await answerOf(database.transaction(STORE).objectStore(STORE).get(firm));
			// Of another version of this page: what it has seen is not known, and so is not claimed.
			return (found as KeptLog | undefined)?.v === 1 ? (found as KeptLog) : null;
		},
		async save(kept) {
			const database = await open();
			const change = database.transaction(STORE, 'readwrite', { durability: 'strict' });
			change.objectStore(STORE).put(kept);
			await new Promise<void>((resolve, reject) => {
				change.oncomplete = () => resolve();
				change.onabort = () => reject(change.error ?? new Error('This browser did not keep the log.'));
			});
		},
	};
}

const answerOf = <Result>(request: IDBRequest<Result>): Promise<Result> =>
	new Promise((resolve, reject) => {
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error ?? new Error('This browser has lost what it kept.'));
	});

/** For a browser that keeps nothing, such as one in a private window: every visit is the first. */
export function openForgetfulStore(): KeptLogStore {
	const logs = new Map<string, KeptLog>();
	return {
		load: async (firm) => logs.get(firm) ?? null,
		save: async (kept) => void logs.set(kept.firm, kept),
	};
}

import type { TabChannel, TabLocks } from './browser-types.ts';
import { refusal } from './worker-error.ts';

/** What another tab's worker is told, by its form. */
const TAKE = 'take';

export interface TabLockParts {
	/** Undefined in a browser, or on a page without TLS, that has none. */
	readonly locks: TabLocks | undefined;
	readonly channel: TabChannel;
	/** Of the lock, for all tabs of the origin that use one store. */
	readonly name: string;
	/** Called when the lock was given to this tab after it had waited. */
	readonly onFree: () => void;
	/** Stops all use of the store. The lock is given to the other tab when the promise settles. */
	readonly onTaken: () => Promise<void>;
}

/**
 * Lets the worker of one tab use the store. The others are refused, and get the lock when that tab closes or crashes, or at once when they
 * take over. The browser keeps the lock, so it never outlives its tab.
 */
export class TabLock {
	readonly #parts: TabLockParts;
	#release: (() => void) | null = null;
	#wait: AbortController | null = null;
	#begun: Promise<void> | null = null;
	#taking: (() => void)[] = [];
	/** Whether another tab asked while this one was taking over. */
	#isAsked = false;

	constructor(parts: TabLockParts) {
		this.#parts = parts;
		parts.channel.onmessage = ({ data }: { readonly data: unknown }) => {
			if (data === TAKE) void this.#giveUp();
		};
	}

	/** Rejects with VaultRefusal `other-tab`, or `store-none` in a browser that gives no locks. */
	async require(): Promise<void> {
		this.#begun ??= this.#begin();
		await this.#begun;
		if (this.#release === null) throw refusal('other-tab');
	}

	/** Resolves when this tab has the lock. Rejects with `store-none` as require(). */
	async takeOver(): Promise<void> {
		this.#begun ??= this.#begin();
		await this.#begun;
		if (this.#release !== null) return;
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#taking.push(resolve);
		this.#parts.channel.postMessage(TAKE);
		await promise;
	}

	async #begin(): Promise<void> {
		const { locks, name } = this.#parts;
		if (locks === undefined) throw refusal('store-none');
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		const granted = (lock: unknown): Promise<void> | undefined => {
			const held = lock === null ? undefined : this.#hold();
			resolve();
			return held;
		};
		// A browser that keeps nothing for this page may have locks, and refuse them.
		locks.request(name, { ifAvailable: true }, granted).catch(() => reject(refusal('store-none')));
		await promise;
		if (this.#release === null) this.#queue(locks);
	}

	/** Until the promise resolves, the lock is ours. */
	#hold(): Promise<void> {
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#release = resolve;
		return promise;
	}

	#queue(locks: TabLocks): void {
		const wait = new AbortController();
		this.#wait = wait;
		const granted = (): Promise<void> => {
			this.#wait = null;
			const held = this.#hold();
			for (const resolve of this.#taking.splice(0)) resolve();
			this.#parts.onFree();
			if (this.#isAsked) void this.#giveUp();
			return held;
		};
		// It rejects only when the wait is given up.
		locks.request(this.#parts.name, { signal: wait.signal }, granted).catch(() => undefined);
	}

	/** Behind the tab that takes over, also if this one only waits. */
	async #giveUp(): Promise<void> {
		const { locks } = this.#parts;
		const release = this.#release;
		this.#isAsked = this.#taking.length > 0;
		if (locks === undefined || this.#isAsked || (release === null && this.#wait === null)) return;
		this.#wait?.abort();
		this.#wait = null;
		this.#release = null;
		if (release !== null) await this.#parts.onTaken();
		this.#queue(locks);
		release?.();
	}
}

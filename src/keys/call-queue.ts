import type { Clock } from '../clock/index.ts';

export type ReleaseSlot = () => void;

export interface CallQueueOptions {
	/** Most calls in progress at once. */
	readonly concurrency: number;
	/** The same while the service is overloaded. */
	readonly throttledConcurrency: number;
	/** The service counts as overloaded for so many milliseconds after its last report of overload, and as long as a firm waits. */
	readonly throttleMilliseconds: number;
	readonly clock: Pick<Clock, 'now'>;
}

type Begin = () => void;

/**
 * Limits the concurrent calls of the key service, more strictly while it is overloaded. Waiting firms take turns (round robin), so that a
 * firm with a thousand calls waits as long for its next call as a firm with one.
 */
export class CallQueue {
	readonly #options: CallQueueOptions;
	/** In the order of the firms' turns. */
	readonly #lines = new Map<string, Set<Begin>>();
	#underWay = 0;
	#freeAt = Number.NEGATIVE_INFINITY;
	#isOverloaded = false;

	constructor(options: CallQueueOptions) {
		this.#options = options;
	}

	/**
	 * Takes a slot, now or when the promise resolves. The caller releases the slot with the result. The promise never resolves after `gone`
	 * was aborted.
	 */
	acquire(firm: string, gone: AbortSignal): ReleaseSlot | Promise<ReleaseSlot> {
		// A new call must not overtake those that wait.
		if (this.#lines.size === 0 && this.#hasRoom()) return this.#takeSlot();
		return new Promise((resolve) => {
			const begin = () => {
				gone.removeEventListener('abort', leave);
				resolve(this.#takeSlot());
			};
			const leave = () => this.#leave(firm, begin);
			if (gone.aborted) return;
			gone.addEventListener('abort', leave, { once: true });
			const line = this.#lines.get(firm) ?? new Set();
			this.#lines.set(firm, line.add(begin));
		});
	}

	/** The service has reported an overload. */
	throttle(): void {
		this.#isOverloaded = true;
		this.#freeAt = this.#options.clock.now() + this.#options.throttleMilliseconds;
	}

	#hasRoom(): boolean {
		const { concurrency, throttledConcurrency, clock } = this.#options;
		// Overloaded as long as a firm waits, because all waiting calls at once would overload the service again.
		if (this.#lines.size === 0 && clock.now() >= this.#freeAt) this.#isOverloaded = false;
		return this.#underWay < (this.#isOverloaded ? throttledConcurrency : concurrency);
	}

	#takeSlot(): ReleaseSlot {
		this.#underWay++;
		let isDone = false;
		return () => {
			if (isDone) return;
			isDone = true;
			this.#underWay--;
			this.#callNext();
		};
	}

	#callNext(): void {
		while (this.#hasRoom()) {
			const [firm, line] = this.#lines.entries().next().value ?? [];
			const begin = line?.values().next().value;
			if (firm === undefined || !line || !begin) return;
			line.delete(begin);
			this.#lines.delete(firm);
			if (line.size > 0) this.#lines.set(firm, line);
			begin();
		}
	}

	#leave(firm: string, begin: Begin): void {
		const line = this.#lines.get(firm);
		line?.delete(begin);
		if (line?.size === 0) this.#lines.delete(firm);
	}
}

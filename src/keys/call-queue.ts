import type { Clock } from '../clock/index.ts';

export type ReleaseSlot = () => void;

export interface CallQueueOptions {
	/** Calls under way at once. */
	readonly concurrency: number;
	/** While the service is overloaded. */
	readonly throttledConcurrency: number;
	/** Milliseconds after which it isn't any more, unless it said so again or a firm still waits. */
	readonly throttleMilliseconds: number;
	readonly clock: Pick<Clock, 'now'>;
}

type Begin = () => void;

/**
 * Who may ask the key service now: so many at a time, few while it is overloaded, and the firms that wait in turn. Round robin over the
 * firms, so that one with a thousand calls is as far from its next as one with a single call.
 */
export class CallQueue {
	readonly #options: CallQueueOptions;
	/** In the order in which the firms are next. */
	readonly #lines = new Map<string, Set<Begin>>();
	#underWay = 0;
	#freeAt = Number.NEGATIVE_INFINITY;
	#isOverloaded = false;

	constructor(options: CallQueueOptions) {
		this.#options = options;
	}

	/**
	 * What ends the firm's turn, which begins now or when the promise resolves. `gone`: no one waits for it any more; it never resolves
	 * then.
	 */
	acquire(firm: string, gone: AbortSignal): ReleaseSlot | Promise<ReleaseSlot> {
		// A call that comes while others wait gets into line.
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

	/** The service has said that it has too much to do. */
	throttle(): void {
		this.#isOverloaded = true;
		this.#freeAt = this.#options.clock.now() + this.#options.throttleMilliseconds;
	}

	#hasRoom(): boolean {
		const { concurrency, throttledConcurrency, clock } = this.#options;
		// Overloaded as long as a firm waits: all of them at once would overload it again.
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

import type { Clock } from '../clock/index.ts';

export type ReleaseSlot = () => void;

/** Who may ask the key service now: so many at a time, few while it is overloaded, and the firms that wait in turn. */
export interface CallQueue {
	/**
	 * What ends the firm's turn, which begins now or when the promise resolves. `gone`: nobody waits for it any more; it never resolves
	 * then.
	 */
	acquire(firm: string, gone: AbortSignal): ReleaseSlot | Promise<ReleaseSlot>;
	/** The service has said that it has too much to do. */
	throttle(): void;
}

export interface CallQueueOptions {
	/** Calls under way at once. */
	readonly concurrency: number;
	/** While the service is overloaded. */
	readonly throttledConcurrency: number;
	/** Milliseconds after which it isn't any more, unless it said so again or somebody still waits. */
	readonly throttleMilliseconds: number;
	readonly clock: Pick<Clock, 'now'>;
}

type Begin = () => void;

/** Round robin over the firms, so that one with a thousand calls is as far from its next as one with a single call. */
export function createCallQueue({
	concurrency,
	throttledConcurrency,
	throttleMilliseconds,
	clock,
}: CallQueueOptions): CallQueue {
	/** In the order in which the firms are next. */
	const lines = new Map<string, Set<Begin>>();
	let underWay = 0;
	let freeAt = Number.NEGATIVE_INFINITY;
	let isOverloaded = false;

	function hasRoom(): boolean {
		// As long as somebody waits: all of them at once would overload it again.
		if (lines.size === 0 && clock.now() >= freeAt) isOverloaded = false;
		return underWay < (isOverloaded ? throttledConcurrency : concurrency);
	}

	function leave(firm: string, begin: Begin): void {
		const line = lines.get(firm);
		line?.delete(begin);
		if (line?.size === 0) lines.delete(firm);
	}

	function callNext(): void {
		while (hasRoom()) {
			const [firm, line] = lines.entries().next().value ?? [];
			const begin = line?.values().next().value;
			if (firm === undefined || !line || !begin) return;
			line.delete(begin);
			lines.delete(firm);
			if (line.size > 0) lines.set(firm, line);
			begin();
		}
	}

	function turn(): ReleaseSlot {
		underWay++;
		let isDone = false;
		return () => {
			if (isDone) return;
			isDone = true;
			underWay--;
			callNext();
		};
	}

	return {
		acquire(firm, gone) {
			// Whoever comes while others wait gets into line.
			if (lines.size === 0 && hasRoom()) return turn();
			return new Promise((resolve) => {
				const begin = () => {
					gone.removeEventListener('abort', give);
					resolve(turn());
				};
				const give = () => leave(firm, begin);
				if (gone.aborted) return;
				gone.addEventListener('abort', give, { once: true });
				const line = lines.get(firm) ?? new Set();
				lines.set(firm, line.add(begin));
			});
		},
		throttle() {
			isOverloaded = true;
			freeAt = clock.now() + throttleMilliseconds;
		},
	};
}

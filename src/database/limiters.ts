import { AsyncLocalStorage } from 'node:async_hooks';

/** `most` works are done at once; what comes beyond waits for its turn, in the order in which it came. */
export function createLimiter(most: number): <T>(work: () => Promise<T>) => Promise<T> {
	const waiting: (() => void)[] = [];
	let running = 0;
	return async (work) => {
		if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
		else running += 1;
		try {
			return await work();
		} finally {
			const next = waiting.shift();
			if (next) next();
			else running -= 1;
		}
	};
}

/** Does a party's work when it is its turn. @throws Error for work within work. */
export type KeyedLimiter = <T>(party: string, work: () => Promise<T>) => Promise<T>;

/**
 * A line for each party, in no other's way. Whoever waits in one waits for works of the same line to end; so none of these may wait in it too,
 * and one that would is refused at once.
 */
export function createKeyedLimiter(most: number): KeyedLimiter {
	/** Of those only who have work here. */
	const lines = new Map<string, { readonly inLine: ReturnType<typeof createLimiter>; works: number }>();
	const working = new AsyncLocalStorage<true>();
	return async (party, work) => {
		if (working.getStore()) throw new Error('What has its turn asks for another, and could wait for itself.');
		const line = lines.get(party) ?? { inLine: createLimiter(most), works: 0 };
		lines.set(party, line);
		line.works += 1;
		try {
			return await line.inLine(() => working.run(true, work));
		} finally {
			line.works -= 1;
			if (line.works === 0) lines.delete(party);
		}
	};
}

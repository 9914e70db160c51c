import { ObjectStoreError, type WriteOptions } from './object-store.ts';

/** What is handed to a store that writes, and what became of it. */
export interface BoundedBody {
	readonly pieces: AsyncIterable<Uint8Array>;
	/** Bytes that were handed over; null: the end was not asked for. */
	bytes(): number | null;
	/** What ended the body before its end, whether its own error or that it was out of bounds; null: nothing did. */
	failure(): { readonly error: unknown } | null;
}

/**
 * A body that holds what was said of it: it throws once it is longer than `size`, at its end when it is shorter, and at once when it
 * is given up, though the next piece may never come.
 */
export function boundedBody(body: AsyncIterable<Uint8Array>, { size, signal }: WriteOptions): BoundedBody {
	let bytes = 0;
	let ended = false;
	let failure: { readonly error: unknown } | null = null;
	async function* pieces(): AsyncIterable<Uint8Array> {
		const source = abortedBy(signal, body[Symbol.asyncIterator]());
		try {
			for (let next = await source.next(); !next.done; next = await source.next()) {
				bytes += next.value.length;
				if (size !== null && bytes > size) throw sizeMismatchError('more');
				yield next.value;
			}
			ended = true;
			if (size !== null && bytes < size) throw sizeMismatchError('fewer');
		} catch (error) {
			failure ??= { error };
			throw error;
		} finally {
			if (!ended) source.leave();
		}
	}
	return { pieces: pieces(), bytes: () => (ended ? bytes : null), failure: () => failure };
}

const sizeMismatchError = (which: string) =>
	new ObjectStoreError('AWAY', `The upload had ${which} bytes than were announced.`);

/**
 * An iterator whose `next` fails as soon as the signal says so. By hand, since Promise.race would leave something behind at the
 * signal's promise with every piece of a body that may have millions.
 */
function abortedBy(signal: AbortSignal, source: AsyncIterator<Uint8Array>) {
	let giveUp: ((reason: ObjectStoreError) => void) | null = null;
	const onAbort = () => giveUp?.(uploadAbortedError());
	signal.addEventListener('abort', onAbort, { once: true });
	const over = () => signal.removeEventListener('abort', onAbort);
	return {
		async next(): Promise<IteratorResult<Uint8Array>> {
			if (signal.aborted) throw uploadAbortedError();
			const next = await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
				giveUp = reject;
				source.next().then(resolve, reject);
			});
			giveUp = null;
			if (next.done) over();
			return next;
		},
		/** Not waited for: while it hangs in its `next`, it doesn't answer this either. */
		leave(): void {
			over();
			Promise.resolve(source.return?.()).catch(() => {});
		},
	};
}

export const uploadAbortedError = () => new ObjectStoreError('AWAY', 'The upload was given up.');

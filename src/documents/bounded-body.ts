import { ObjectStoreError, type WriteOptions } from './object-store.ts';

/** A body for a store to write, and its outcome. */
export interface BoundedBody {
	readonly pieces: AsyncIterable<Uint8Array>;
	/** Bytes that were read; null if the body was not read to its end. */
	bytes(): number | null;
	/** The error that ended the body early: its own, or that it was cancelled or out of bounds. null if there was none. */
	failure(): { readonly error: unknown } | null;
}

/**
 * Enforces the bounds of a body. It throws as soon as the body is longer than `size`, at its end if the body is shorter, and at once when
 * `signal` aborts, even if no further piece ever comes.
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
	new ObjectStoreError('AWAY', `The upload had ${which} bytes than announced.`);

/**
 * An iterator whose `next` rejects as soon as the signal aborts. Not by Promise.race, which would add a reaction to one long-lived promise for
 * every piece, and a body may have millions.
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
		/** Doesn't wait for the source, which would not answer while it hangs in `next`. */
		leave(): void {
			over();
			Promise.resolve(source.return?.()).catch(() => {});
		},
	};
}

export const uploadAbortedError = () => new ObjectStoreError('AWAY', 'The upload was cancelled.');

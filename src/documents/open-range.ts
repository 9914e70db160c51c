import type { Clock } from '../clock/index.ts';
import type { FileOpener } from '../content/index.ts';
import { CHUNK_LENGTH, SEALED_CHUNK_LENGTH } from '../envelope/index.ts';
import type { RangePlan } from './file-ranges.ts';

/** Chunks opened at once, in addition to a chunk that began in an earlier piece. A larger piece is processed in several steps. */
const CHUNKS = 16;
const AT_ONCE = CHUNKS * SEALED_CHUNK_LENGTH;

/** Milliseconds after which the key is confirmed again. */
const CONFIRM_EVERY = 1_000;

/** Resolves while content may be released; rejects once it may not. */
export type ReleaseGate = () => Promise<void>;

/**
 * The verified plaintext of a range, except the part in the last chunk. Yields exactly the range, or throws. `sealed` are the bytes of
 * `plan.object`, in pieces of any length. Each piece, of `sealed` and of the result, is valid until the next is requested. Reads `sealed`
 * only on demand, and holds less than one sealed chunk and 17 chunks of plaintext in memory. Awaits `gate` before each piece.
 * @throws FirmsealError CIPHERTEXT_INVALID, KEY_UNAVAILABLE, LEASE_NOT_ACTIVE; errors of `gate` and `sealed`.
 */
export async function* openRange(
	opener: FileOpener,
	plan: RangePlan,
	sealed: AsyncIterable<Uint8Array>,
	gate: ReleaseGate,
	clock: Clock,
): AsyncGenerator<Uint8Array> {
	let { firstChunk: next, skip, length: left } = plan;
	let missing = plan.object ? plan.object.end - plan.object.start : 0;
	let confirmed = clock.now();
	/** The beginning of a chunk that continues in the next piece. */
	const kept = new Uint8Array(SEALED_CHUNK_LENGTH);
	let held = 0;
	const target = new Uint8Array(Math.min(CHUNKS + 1, Math.ceil(missing / SEALED_CHUNK_LENGTH)) * CHUNK_LENGTH);

	async function pass(): Promise<void> {
		if (clock.now() - confirmed >= CONFIRM_EVERY) {
			await opener.confirmKey();
			confirmed = clock.now();
		}
		// Must be the last await, so that nothing can happen between the gate and opening.
		await gate();
	}

	for await (const piece of sealed) {
		if (piece.length > missing) throw opener.recordFailure();
		missing -= piece.length;
		for (let start = 0; start < piece.length; start += AT_ONCE) {
			const part = piece.subarray(start, start + AT_ONCE);
			const first = held === 0 ? 0 : Math.min(SEALED_CHUNK_LENGTH - held, part.length);
			kept.set(part.subarray(0, first), held);
			held += first;
			const isKeptWhole = held === SEALED_CHUNK_LENGTH;
			const chunks = Math.floor((part.length - first) / SEALED_CHUNK_LENGTH);
			const end = first + chunks * SEALED_CHUNK_LENGTH;
			if (isKeptWhole || chunks > 0) {
				await pass();
				const stretches = isKeptWhole ? [kept, part.subarray(first, end)] : [part.subarray(first, end)];
				const all = chunks + (isKeptWhole ? 1 : 0);
				const opened = opener.open(target, next, ...stretches).subarray(skip);
				next += all;
				if (isKeptWhole) held = 0;
				skip = 0;
				yield opened.subarray(0, left);
				left -= Math.min(left, opened.length);
			}
			kept.set(part.subarray(end), held);
			held += part.length - end;
		}
	}
	if (missing > 0) throw opener.recordFailure();
}

/**
 * Bytes of the longest answer as JSON: it is in memory until its reader has taken it, and keeps the thread for as long as it takes to measure it,
 * and again to write it.
 */
export const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** Bytes of an answer that is measured and written without a turn. */
export const SMALL_ANSWER_BYTES = 1024 * 1024;

/** What JSON writes as it is. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/** Bytes of a text as JSON. */
const bytesOf = (text: string): number =>
	PLAIN.test(text) ? text.length + 2 : Buffer.byteLength(JSON.stringify(text));

/** How long an answer is as JSON, found out without writing it; some number above `most` of one that is longer than that. */
export function measureAnswer(answer: unknown, most: number): number {
	let size = 0;
	const take = (value: unknown): void => {
		if (size > most) return;
		if (typeof value === 'string') size += bytesOf(value);
		else if (typeof value !== 'object' || value === null) size += String(value).length;
		else if ('toJSON' in value && typeof value.toJSON === 'function') take(value.toJSON());
		else if (Array.isArray(value)) {
			size += value.length + 1;
			for (const each of value) take(each);
		} else
			for (const [key, each] of Object.entries(value)) {
				size += bytesOf(key) + 2;
				take(each);
			}
	};
	take(answer);
	return size;
}

/** Bytes of an answer as JSON: it is in memory until its reader has taken it. */
export const MOST_BYTES = 64 * 1024 * 1024;

/** What JSON writes as it is. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/** Bytes of a text as JSON. */
const bytesOf = (text: string): number =>
	PLAIN.test(text) ? text.length + 2 : Buffer.byteLength(JSON.stringify(text));

/** How long an answer is as JSON, found out without writing it; more than 64 MiB of one that is longer than that. */
export function sizeOfAnswer(answer: unknown): number {
	let size = 0;
	const take = (value: unknown): void => {
		if (size > MOST_BYTES) return;
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

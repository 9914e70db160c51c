/** Bytes of an answer as JSON: it is in memory until its reader has taken it. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Whether an answer is longer than 64 MiB as JSON, found out without writing it. */
export const isTooLong = (answer: unknown): boolean =>
	// No unit of UTF-16 takes more than six bytes, so that most answers are not looked at more closely.
	exceeds(answer, (text) => 6 * text.length + 2) && exceeds(answer, (text) => Buffer.byteLength(JSON.stringify(text)));

function exceeds(answer: unknown, bytesOf: (text: string) => number): boolean {
	let left = MOST_BYTES;
	const take = (value: unknown): void => {
		if (left < 0) return;
		if (typeof value === 'string') left -= bytesOf(value);
		else if (typeof value !== 'object' || value === null) left -= String(value).length;
		else if ('toJSON' in value && typeof value.toJSON === 'function') take(value.toJSON());
		else if (Array.isArray(value)) {
			left -= value.length + 1;
			for (const each of value) take(each);
		} else
			for (const [key, each] of Object.entries(value)) {
				left -= bytesOf(key) + 2;
				take(each);
			}
	};
	take(answer);
	return left < 0;
}

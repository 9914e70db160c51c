/** Of the type bytea, in every PostgreSQL. */
const BYTEA = 17;

/**
 * Values of bytea as PostgreSQL's own binary form of `bytea[]`. The driver would write an array as text, twice as long in hexadecimal, which
 * for a page of content costs both sides more than the cipher; a Buffer it sends as it is.
 */
export function byteaArray(values: readonly (Uint8Array | null)[]): Buffer {
	const bytes = values.reduce((sum, value) => sum + 4 + (value?.length ?? 0), 0);
	const array = Buffer.allocUnsafe(20 + bytes);
	// One dimension, some of it may be null; so many, the first of which is number 1.
	let at = array.writeInt32BE(1);
	at = array.writeInt32BE(1, at);
	at = array.writeInt32BE(BYTEA, at);
	at = array.writeInt32BE(values.length, at);
	at = array.writeInt32BE(1, at);
	for (const value of values) {
		at = array.writeInt32BE(value?.length ?? -1, at);
		if (!value) continue;
		array.set(value, at);
		at += value.length;
	}
	return array;
}

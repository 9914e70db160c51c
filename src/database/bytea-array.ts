/** Type id of bytea, the same in every PostgreSQL. */
const BYTEA = 17;

/**
 * Encodes values in PostgreSQL's binary form of `bytea[]`. The driver would write an array as hexadecimal text of twice the size, which costs
 * both sides more than the cipher for a page of content. It sends a Buffer unchanged.
 */
export function byteaArray(values: readonly (Uint8Array | null)[]): Buffer {
	const bytes = values.reduce((sum, value) => sum + 4 + (value?.length ?? 0), 0);
	const array = Buffer.allocUnsafe(20 + bytes);
	// Number of dimensions, whether there can be nulls, element type, length, index of the first element.
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

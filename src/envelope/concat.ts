/** The parts one after another, in a new array. Throws RangeError for a part that is not a Uint8Array. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
	let length = 0;
	for (const part of parts) {
		assertBytes(part);
		length += part.length;
	}
	const whole = new Uint8Array(length);
	let offset = 0;
	for (const part of parts) {
		whole.set(part, offset);
		offset += part.length;
	}
	return whole;
}

/** Throws RangeError unless `value` is a Uint8Array. A string in place of bytes would count as zeros, so two strings would be equal. */
export function assertBytes(value: unknown): void {
	if (!(value instanceof Uint8Array))
		throw new RangeError('Plaintext, ciphertext, context and salt are bytes: give a Uint8Array.');
}

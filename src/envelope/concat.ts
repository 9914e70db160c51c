/** The parts one after another, in a buffer of their own. Throws RangeError for what is no bytes. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
	for (const part of parts) assertBytes(part);
	const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
	let offset = 0;
	for (const part of parts) {
		whole.set(part, offset);
		offset += part.length;
	}
	return whole;
}

/** Throws RangeError: where a text is taken for bytes, all of one length are the same zeros. */
export function assertBytes(value: unknown): void {
	if (!(value instanceof Uint8Array))
		throw new RangeError('What is sealed, opened and bound to is bytes: a Uint8Array.');
}

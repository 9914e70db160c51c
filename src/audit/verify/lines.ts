import { AuditProofError } from './audit-proof-error.ts';
import { decodeText } from './text.ts';

/** Room for a leaf of the root tree whose every character is escaped, and an end to what a line may take of the memory. */
const MAX_LINE_BYTES = 262_144;
const NEWLINE = 0x0a;

/**
 * The lines of a file that comes in pieces, without their newlines. A carriage return or a byte order mark stays part of its
 * line: a reader of lines that takes them away would let files pass that the format refuses.
 * @throws AuditProofError for a line of more than 262,144 bytes, one that is not UTF-8, or a last one without its newline.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
	let number = 0;
	let begun: Uint8Array[] = [];
	let length = 0;
	for await (const chunk of chunks) {
		let from = 0;
		for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
			number += 1;
			if (length + end - from > MAX_LINE_BYTES) throw lineTooLongError(number);
			yield decodeLine([...begun, chunk.subarray(from, end)], number);
			begun = [];
			length = 0;
			from = end + 1;
		}
		if (from === chunk.length) continue;
		length += chunk.length - from;
		if (length > MAX_LINE_BYTES) throw lineTooLongError(number + 1);
		// A copy: a stream may use its buffer again.
		begun.push(chunk.slice(from));
	}
	if (length > 0) throw new AuditProofError(`The file is cut in line ${number + 1}.`);
}

function decodeLine(parts: readonly Uint8Array[], number: number): string {
	try {
		return decodeText(parts.length === 1 ? (parts[0] as Uint8Array) : join(parts));
	} catch {
		throw new AuditProofError(`Line ${number} is not UTF-8.`);
	}
}

function join(parts: readonly Uint8Array[]): Uint8Array {
	const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
	let offset = 0;
	for (const part of parts) {
		joined.set(part, offset);
		offset += part.length;
	}
	return joined;
}

function lineTooLongError(number: number): AuditProofError {
	return new AuditProofError(`Line ${number} is longer than 262,144 bytes.`);
}

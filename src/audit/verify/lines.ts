import { AuditProofError } from './audit-proof-error.ts';
import { decodeText } from './text.ts';

/** Enough for a leaf of the root tree with every character escaped. Bounds the memory for one line. */
const MAX_LINE_BYTES = 262_144;
const NEWLINE = 0x0a;

/**
 * The lines of a file that comes in chunks, without their newlines. A carriage return or a byte order mark stays part of its line: if they
 * were removed, files that the format refuses would pass.
 * @throws AuditProofError for a line of more than 262,144 bytes, a line that is not UTF-8, or a last line without a newline.
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
		// A copy, because a stream may reuse its buffer.
		begun.push(chunk.slice(from));
	}
	if (length > 0) throw new AuditProofError(`The file is cut in line ${number + 1}.`, { line: number + 1 });
}

function decodeLine(parts: readonly Uint8Array[], number: number): string {
	try {
		return decodeText(parts.length === 1 ? (parts[0] as Uint8Array) : join(parts));
	} catch {
		throw new AuditProofError(`Line ${number} is not UTF-8.`, { line: number });
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
	return new AuditProofError(`Line ${number} is longer than 262,144 bytes.`, { line: number });
}

import { createLimiter, type Plane } from '../database/index.ts';
import { FirmsealError } from '../errors.ts';

/** Statements of one request that run at once: the rest of what its party has is for the party's other requests. */
const MAX_CONCURRENT_STATEMENTS = 2;

/** Stored content and text that one request reads: bytes of sealed values, UTF-16 units of text. What one statement more may bring is above it. */
const MAX_BYTES_READ = 64 * 1024 * 1024;

/**
 * A plane as one request of `party` has it: few of the party's connections at a time, and no further reading once it has read more
 * than it may open. Writes are a mutation's, one after the other.
 */
export function createRequestPlane(plane: Plane, party: string): Plane {
	const inLine = createLimiter(MAX_CONCURRENT_STATEMENTS);
	let bytes = 0;

	return {
		...plane,
		read: (firm, work) =>
			inLine(async () => {
				if (bytes > MAX_BYTES_READ)
					throw new FirmsealError(
						'TOO_EXPENSIVE',
						'The answer would hold more than 64 MiB of content: ask for fewer records or fields.',
					);
				const result = await plane.limitedPerParty(party, () => plane.read(firm, work));
				bytes += sizeOfResult(result);
				return result;
			}),
		write: (firm, work) => plane.limitedPerParty(party, () => plane.write(firm, work)),
	};
}

/** Bytes of the sealed values, and UTF-16 units of the text, in what a statement answers: rows, or rows by parent. */
function sizeOfResult(result: unknown): number {
	if (typeof result === 'string') return result.length;
	if (result instanceof Uint8Array) return result.length;
	if (typeof result !== 'object' || result === null || result instanceof Date) return 0;
	const inside = result instanceof Map ? result.values() : Object.values(result);
	let bytes = 0;
	for (const each of inside) bytes += sizeOfResult(each);
	return bytes;
}

import { AuditProofError } from './audit-proof-error.ts';

/** Reads lines one by one, and adds the number of the line to errors. */
export interface LineReader {
	/**
	 * Passes the next line to `read` and returns the result.
	 * @throws AuditProofError that names the line, if `read` throws one or there is no line.
	 */
	next<T>(read: (line: string) => T | Promise<T>): Promise<T>;
	/** @throws AuditProofError if there is another line. */
	end(): Promise<void>;
}

/** Passes a reader of `lines` to `use`, and always closes `lines` afterwards. */
export async function readLines<T>(lines: AsyncIterable<string>, use: (reader: LineReader) => Promise<T>): Promise<T> {
	const iterator = lines[Symbol.asyncIterator]();
	let number = 0;
	try {
		return await use({
			async next(read) {
				const { done, value } = await iterator.next();
				if (done === true) {
					const message = `The file ends after line ${number}, before it is complete.`;
					throw new AuditProofError(message, { line: number });
				}
				number += 1;
				try {
					return await read(value);
				} catch (error) {
					if (!(error instanceof AuditProofError)) throw error;
					throw new AuditProofError(`Line ${number}: ${error.message}`, { cause: error, line: number });
				}
			},
			async end() {
				const { done } = await iterator.next();
				if (done === true) return;
				const message = `The file goes on after its last line, number ${number}.`;
				throw new AuditProofError(message, { line: number + 1 });
			},
		});
	} finally {
		await iterator.return?.();
	}
}

interface AuditProofErrorOptions extends ErrorOptions {
	readonly line?: number;
}

/**
 * A proof, a checkpoint or a key is malformed or does not verify. Both causes are one error, because neither may be trusted. The message
 * never contains the input.
 */
export class AuditProofError extends Error {
	override readonly name = 'AuditProofError';
	/** The line of the file at which it was refused, from 1; null if the error belongs to no line. */
	readonly line: number | null;

	constructor(message: string, { line, ...options }: AuditProofErrorOptions = {}) {
		super(message, options);
		this.line = line ?? null;
	}
}

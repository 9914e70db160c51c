/**
 * A proof, a checkpoint or a key is malformed or does not verify. Both causes are one error, because neither may be trusted. The message
 * never contains the input.
 */
export class AuditProofError extends Error {
	override readonly name = 'AuditProofError';
}

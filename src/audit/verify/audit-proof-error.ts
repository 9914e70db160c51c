/**
 * Why a proof, a checkpoint or its key is not accepted: it is malformed, or it does not verify. The two are one error,
 * since neither may be believed. The message is one sentence and never repeats what was given.
 */
export class AuditProofError extends Error {
	override readonly name = 'AuditProofError';
}

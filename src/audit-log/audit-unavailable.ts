import { FirmsealError } from '../errors.ts';

/** One same answer, whether the log is full, slow, closing or away: which of them it is, is for the operator's metrics. */
export function auditUnavailableError(): FirmsealError {
	return new FirmsealError('AUDIT_UNAVAILABLE', 'The audit log cannot be written at the moment: try again shortly.');
}

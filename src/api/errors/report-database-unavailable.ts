import type { FirmsealError } from '../../errors.ts';
import type { Logger } from '../logger.ts';

/** For an operator: which requests found the database away, and by what code (database-error.ts). */
export function reportDatabaseUnavailable(logger: Logger, requestId: string | undefined, error: FirmsealError): void {
	if (error.cause) logger.warn({ requestId, err: error }, 'the database was unavailable during a request');
}

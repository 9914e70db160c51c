import type { Clock } from '../clock/index.ts';
import { arePublished, type Plane } from '../database/index.ts';
import { FirmsealError } from '../errors.ts';

/**
 * Resolves when the log entries are in a published checkpoint, which is signed and in the database. The anchor, which the database's administrator
 * can't remove, is written later. @throws FirmsealError AUDIT_UNAVAILABLE if this takes too long.
 */
export type WaitForPublication = (entries: readonly string[]) => Promise<void>;

/** Less than a request can hold its lease, so that a late log is reported as such. */
export const PUBLICATION_TIMEOUT_MS = 4_000;
const POLL_INTERVAL_MS = 20;

/** `plane`: the operator's plane. */
export const createWaitForPublication =
	(plane: Plane, clock: Clock): WaitForPublication =>
	async (entries) => {
		const late = clock.now() + PUBLICATION_TIMEOUT_MS;
		while (!(await plane.read(null, (tx) => arePublished(tx, entries)))) {
			if (clock.now() >= late)
				throw new FirmsealError(
					'AUDIT_UNAVAILABLE',
					'The audit entries of this request are not in a published checkpoint yet, so nothing is answered: try again later.',
				);
			await clock.sleep(POLL_INTERVAL_MS);
		}
	};

import type { Clock } from '../clock/index.ts';
import { arePublished, type Plane } from '../database/index.ts';
import { FirmsealError } from '../errors.ts';

/**
 * Resolves when entries of the log are in a published checkpoint: one that is signed and in the database. The anchor, which the database's
 * administrator can't remove, is written later. @throws FirmsealError AUDIT_UNAVAILABLE when they aren't in time.
 */
export type WaitForPublication = (entries: readonly string[]) => Promise<void>;

/** Milliseconds: less than a request holds its lease, so that it ends for this reason and no other; between two looks. */
const PUBLICATION_TIMEOUT_MS = 4_000;
const POLL_INTERVAL_MS = 20;

/** `plane`: the operator's. */
export const createWaitForPublication =
	(plane: Plane, clock: Clock): WaitForPublication =>
	async (entries) => {
		const late = clock.now() + PUBLICATION_TIMEOUT_MS;
		while (!(await plane.read(null, (tx) => arePublished(tx, entries)))) {
			if (clock.now() >= late)
				throw new FirmsealError(
					'AUDIT_UNAVAILABLE',
					'What was to be opened is not in a published checkpoint of the audit log yet, so nothing is answered; try again later.',
				);
			await clock.sleep(POLL_INTERVAL_MS);
		}
	};

import { type AuditLog, systemEntry } from '../../audit/index.ts';
import { type Plane, selectAgedKeys } from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { RightsProofs } from '../../keys/index.ts';
import { requestJob } from '../engine/index.ts';

export interface RotateAgedKeysParts {
	/** The worker's. */
	readonly plane: Plane;
	readonly rights: RightsProofs;
	readonly audit: AuditLog;
	readonly days: number;
}

/** Asked for in one look: a firm's keys are often made at the same time, and so are many firms. */
const MOST = 100;

/**
 * Asks for another version of each data key that has sealed for so many days; true: there may be more. One that can't be asked for keeps none
 * behind it waiting: the first such error is thrown when all have been tried.
 */
export async function rotateAgedKeys({ plane, rights, audit, days }: RotateAgedKeysParts): Promise<boolean> {
	const aged = await plane.read(null, (tx) => selectAgedKeys(tx, days, MOST));
	const failures: unknown[] = [];
	for (const { firm, class: of, version } of aged)
		await requestJob(
			{ plane, rights },
			{ firm, kind: 'ROTATE', class: of, version: version + 1 },
			{ on: 'worker', user: null, record: (act) => audit.append([systemEntry('worker', act)]) },
		).catch((error: unknown) => {
			if (error instanceof FirmsealError && error.code === 'AUDIT_UNAVAILABLE') throw error;
			failures.push(error);
		});
	if (failures.length > 0) throw failures[0];
	return aged.length === MOST;
}

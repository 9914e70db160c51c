import type { AuditLog } from '../../audit/index.ts';
import { type Plane, selectAgedKeys, selectLatestKeyVersion } from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { RightsProofs } from '../../keys/index.ts';
import { requestJobAsWorker } from '../engine/index.ts';

export interface RotateAgedKeysParts {
	/** Plane of the worker. */
	readonly plane: Plane;
	readonly rights: RightsProofs;
	readonly audit: AuditLog;
	readonly days: number;
}

/** Most keys of one call. Limited, because a firm's keys, and those of many firms, often reach the age together. */
const MOST = 100;

/**
 * Requests the next version of each data key that has sealed for `days` days. Returns true if there may be more. A key whose request fails
 * doesn't stop the others: the first error is thrown after all were tried.
 */
export async function rotateAgedKeys(parts: RotateAgedKeysParts): Promise<boolean> {
	const aged = await parts.plane.read(null, (tx) => selectAgedKeys(tx, parts.days, MOST));
	const failures: unknown[] = [];
	for (const { firm, class: of, version } of aged) {
		const latest = await parts.plane.read(null, (tx) => selectLatestKeyVersion(tx, firm, of));
		const next = Math.max(version, latest) + 1;
		await requestJobAsWorker(parts, { firm, kind: 'ROTATE', class: of, version: next }).catch((error: unknown) => {
			if (error instanceof FirmsealError && error.code === 'AUDIT_UNAVAILABLE') throw error;
			failures.push(error);
		});
	}
	if (failures.length > 0) throw failures[0];
	return aged.length === MOST;
}

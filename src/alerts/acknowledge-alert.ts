import type { Act } from '../audit/index.ts';
import {
	type AlertRow,
	countsAsSamePerson,
	lockAlert,
	type Plane,
	selectLease,
	setAlertAcknowledged,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';

export interface AcknowledgeAlertParts {
	/** The operator's plane. */
	readonly plane: Plane;
	/** Makes an audit entry of the caller durable, within the transaction and before its commit. @throws FirmsealError AUDIT_UNAVAILABLE */
	readonly record: (act: Act) => Promise<void>;
}

/**
 * Records that a person of the platform has taken notice. An acknowledged alert never changes: later occurrences open another alert.
 * @throws FirmsealError NOT_FOUND; FORBIDDEN for the person who caused the alert or requested its lease, in any of their accounts; CONFLICT
 * for an acknowledged alert; AUDIT_UNAVAILABLE.
 */
export const acknowledgeAlert = (
	{ plane, record }: AcknowledgeAlertParts,
	by: { readonly user: string },
	id: string,
): Promise<AlertRow> =>
	plane.write(null, async (tx) => {
		const alert = await lockAlert(tx, id);
		if (!alert) throw new FirmsealError('NOT_FOUND', 'No alert has this id: the query `alerts` lists all alerts.');
		const lease = alert.leaseId === null ? null : await selectLease(tx, alert.leaseId);
		const causes = [alert.actorId, lease?.requestedBy].filter((user) => user != null);
		if (await countsAsSamePerson(tx, by.user, causes))
			throw new FirmsealError(
				'FORBIDDEN',
				'You caused this alert or requested its lease: another person must acknowledge it.',
			);
		if (alert.acknowledgedAt !== null)
			throw new FirmsealError('CONFLICT', 'The alert is already acknowledged: later events open a new alert.');
		const acknowledged = await setAlertAcknowledged(tx, id, by.user);
		const { firmId: firm, rule } = acknowledged;
		await record({ action: 'alert.acknowledge', firm, records: [id], coordinates: [`Alert.${rule}`] });
		return acknowledged;
	});

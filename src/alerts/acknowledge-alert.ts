import type { Act } from '../audit/index.ts';
import {
	type AlertRow,
	setAlertAcknowledged as acknowledgeRow,
	countsAsSamePerson,
	lockAlert,
	type Plane,
	selectLease,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';

export interface AcknowledgeAlertParts {
	/** The operator's. */
	readonly plane: Plane;
	/** Makes an entry of the caller's durable: inside the act's transaction, before it commits. @throws FirmsealError AUDIT_UNAVAILABLE */
	readonly record: (act: Act) => Promise<void>;
}

/**
 * Says that somebody of the platform has taken notice. It stays so: what happens afterwards opens another alert.
 * @throws FirmsealError NOT_FOUND; FORBIDDEN for who caused it or asked for the lease that it is about, in whatever account; CONFLICT for
 * one that was acknowledged; AUDIT_UNAVAILABLE.
 */
export const acknowledgeAlert = (
	{ plane, record }: AcknowledgeAlertParts,
	by: { readonly user: string },
	id: string,
): Promise<AlertRow> =>
	plane.write(null, async (tx) => {
		const alert = await lockAlert(tx, id);
		if (!alert) throw new FirmsealError('NOT_FOUND', 'There is no such alert: alerts lists them.');
		const lease = alert.leaseId === null ? null : await selectLease(tx, alert.leaseId);
		const causes = [alert.actorId, lease?.requestedBy].filter((user) => user != null);
		if (await countsAsSamePerson(tx, by.user, causes))
			throw new FirmsealError('FORBIDDEN', 'Another person than the one who caused an alert acknowledges it.');
		if (alert.acknowledgedAt !== null)
			throw new FirmsealError('CONFLICT', 'The alert was acknowledged already: what comes after it opens another.');
		const acknowledged = await acknowledgeRow(tx, id, by.user);
		const { firmId: firm, rule } = acknowledged;
		await record({ action: 'alert.acknowledge', firm, records: [id], coordinates: [`Alert.${rule}`] });
		return acknowledged;
	});

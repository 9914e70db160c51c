import { v7 as uuidv7 } from 'uuid';
import { type AlertRule, type AlertSeverity, type AuditLog, alertRuleOf, systemEntry } from '../audit/index.ts';
import { openOrCountAlerts, type Transaction } from '../database/index.ts';

/** Something that a rule reports. Contains ids only. */
export interface Occurrence {
	readonly rule: AlertRule;
	/** Occurrences of one rule and subject are one alert. */
	readonly subject: string;
	readonly firm: string | null;
	/** The user id of the person who caused it, and so may not acknowledge it. */
	readonly actor: string | null;
	readonly lease: string | null;
	/** The count of a new alert. */
	readonly count: number;
	/** What is added to the count of an open alert; `count` unless given. */
	readonly more?: number;
	/** By the database's clock; null for now. */
	readonly at: Date | null;
}

export interface OpenedAlert extends Pick<Occurrence, 'rule' | 'firm' | 'actor' | 'lease' | 'count'> {
	readonly id: string;
	readonly severity: AlertSeverity;
}

/**
 * Opens an alert for each rule and subject, or adds to the count of the open one. The audit entry of a new alert is durable before the
 * transaction commits, and so before the alert is sent to anyone. Returns the new alerts.
 * @throws FirmsealError AUDIT_UNAVAILABLE; what the database throws.
 */
export async function openAlerts(
	tx: Transaction,
	audit: AuditLog,
	occurrences: readonly Occurrence[],
): Promise<OpenedAlert[]> {
	if (occurrences.length === 0) return [];
	const wanted = merged(occurrences).map((occurrence) => ({
		id: uuidv7(),
		severity: alertRuleOf(occurrence.rule).severity,
		...occurrence,
	}));
	const rows = wanted.map(({ firm, actor, lease, at, count, more = count, ...row }) => ({
		...row,
		firmId: firm,
		actorId: actor,
		leaseId: lease,
		count,
		more,
		lastAt: at,
	}));
	const ids = await openOrCountAlerts(tx, rows);
	const opened = wanted.filter(({ id }) => ids.has(id));
	await audit.append(
		opened.map(({ id, rule, firm }) =>
			systemEntry('worker', { action: 'alert.open', firm, records: [id], coordinates: [`Alert.${rule}`] }),
		),
	);
	return opened.map(({ id, rule, severity, firm, actor, lease, count }) => ({
		id,
		rule,
		severity,
		firm,
		actor,
		lease,
		count,
	}));
}

/** Merges the occurrences of each rule and subject into the first, with the counts added. */
function merged(occurrences: readonly Occurrence[]): Occurrence[] {
	const groups = Map.groupBy(occurrences, ({ rule, subject }) => `${rule} ${subject}`);
	return [...groups.values()].flatMap((group) => {
		const [first] = group;
		if (!first) return [];
		const times = group.flatMap(({ at }) => (at ? [at.getTime()] : []));
		return [
			{
				...first,
				count: group.reduce((sum, { count }) => sum + count, 0),
				more: group.reduce((sum, { count, more = count }) => sum + more, 0),
				at: times.length === group.length ? new Date(Math.max(...times)) : null,
			},
		];
	});
}

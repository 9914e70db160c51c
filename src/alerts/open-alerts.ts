import { v7 as uuidv7 } from 'uuid';
import { type AlertRule, type AlertSeverity, type AuditLog, alertRuleOf, systemEntry } from '../audit/index.ts';
import { openOrCountAlerts, type Transaction } from '../database/index.ts';

/** Something that a rule says is to be looked at. Ids only. */
export interface Occurrence {
	readonly rule: AlertRule;
	/** By what occurrences belong together. */
	readonly subject: string;
	readonly firm: string | null;
	/** Who did it, and so doesn't acknowledge it. */
	readonly actor: string | null;
	readonly lease: string | null;
	/** What an alert that is opened for it counts. */
	readonly count: number;
	/** What one that is open already counts more; `count` unless given. */
	readonly more?: number;
	/** By the database's clock; null: now. */
	readonly at: Date | null;
}

export interface OpenedAlert extends Pick<Occurrence, 'rule' | 'firm' | 'actor' | 'lease' | 'count'> {
	readonly id: string;
	readonly severity: AlertSeverity;
}

/**
 * Opens an alert for each rule and subject, or counts on the one that is open. Each that is opened is on record, durably, before the
 * transaction commits, and so before anybody is told. Answers those that are opened.
 * @throws FirmsealError AUDIT_UNAVAILABLE; what the database throws.
 */
export async function openAlerts(
	tx: Transaction,
	audit: AuditLog,
	occurrences: readonly Occurrence[],
): Promise<OpenedAlert[]> {
	if (occurrences.length === 0) return [];
	const wanted = merged(occurrences).map((one) => ({
		id: uuidv7(),
		severity: alertRuleOf(one.rule).severity,
		...one,
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

/** Those of one rule and subject as one: of the first, counted together. */
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

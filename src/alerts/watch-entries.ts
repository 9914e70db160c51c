import {
	type AlertMatch,
	type AlertRuleSpec,
	type AuditLog,
	alertRuleOf,
	type Entry,
	matchesOf,
	readLeaf,
	type Thresholds,
} from '../audit/index.ts';
import {
	advanceAlertWatch,
	claimAlertWatch,
	type LeaseFacts,
	type Plane,
	selectKnownIds,
	selectLeaseFacts,
	selectWatchedEntries,
	type Transaction,
	type WatchedEntry,
} from '../database/index.ts';
import { type Occurrence, type OpenedAlert, openAlerts } from './open-alerts.ts';
import { countMatches, type TimedMatch } from './windows.ts';

export interface AlertCheckParts {
	/** Has the role firmseal_log. */
	readonly plane: Plane;
	readonly audit: AuditLog;
	readonly thresholds: Thresholds;
}

export interface EntryWatchResult {
	readonly opened: readonly OpenedAlert[];
	/** Whether more entries wait. */
	readonly more: boolean;
}

/** Entries, and bytes of entries, in one transaction. The work for an entry grows with its length. */
const MAX_ENTRIES = 1_000;
const MAX_BYTES = 1024 * 1024;

type EntryConditionName = NonNullable<AlertRuleSpec['condition']>;

/** Whether an entry counts. `at`: when it was appended, in milliseconds since 1970. `lease`: null if the database has no such lease. */
type EntryCondition = (at: number, lease: LeaseFacts | null, thresholds: Thresholds) => boolean;

export const ENTRY_CONDITIONS: Readonly<Record<EntryConditionName, EntryCondition>> = {
	/** The lease was approved within seconds of the request. */
	HASTY: (at, lease, { HASTY_SECONDS }) => lease !== null && at - lease.requestedAt.getTime() < HASTY_SECONDS * 1_000,
	/** A grant was removed after the broker saw that none is left, or for a lease that no one has requested. */
	ORPHAN: (at, lease) => lease === null || (lease.clearedAt !== null && lease.clearedAt.getTime() < at),
};

interface ParsedEntry extends Pick<WatchedEntry, 'at' | 'role'> {
	readonly entry: Entry;
}

interface EntryWithFacts extends ParsedEntry {
	readonly lease: LeaseFacts | null;
	/** Whether an account or firm has this id. */
	readonly isKnown: (id: string) => boolean;
}

interface MatchedEntry extends EntryWithFacts {
	readonly match: TimedMatch;
	/** Whether the entry names an account or firm that does not exist. */
	readonly isMadeUp: boolean;
}

/**
 * Checks the entries that were committed since the last check, each once: the tallies, the position in the log and the alerts are one
 * transaction. If several processes call this at the same time, one of them checks, and the others find nothing to do.
 * @throws FirmsealError AUDIT_UNAVAILABLE; what the database throws. Then nothing was counted.
 */
export const watchEntries = (
	{ plane, audit, thresholds }: AlertCheckParts,
	most: number = MAX_ENTRIES,
): Promise<EntryWatchResult> =>
	plane.write(null, async (tx) => {
		const watch = await claimAlertWatch(tx);
		if (!watch) return { opened: [], more: false };
		const { entries, more } = await selectWatchedEntries(tx, watch, { entries: most, bytes: MAX_BYTES });
		const last = entries.at(-1);
		if (!last && !watch.isPartlyChecked && !watch.isCheckTimeOld) return { opened: [], more: false };
		const matched = matchedIn(await withFacts(tx, entries));
		const occurrences = [
			...occurrencesOfSingleEntries(matched, thresholds),
			...(await occurrencesOfWindows(tx, matched, thresholds)),
		];
		const opened = await openAlerts(tx, audit, occurrences);
		await advanceAlertWatch(tx, watch, more && last ? { transaction: last.transaction, entry: last.id } : null);
		return { opened, more };
	});

/** Skips a leaf that Firmseal can't have written: verifying the log reports it, and it must not hide other entries. */
function read({ leaf, at, role }: WatchedEntry): ParsedEntry[] {
	const entry = readLeaf(leaf);
	return entry ? [{ entry, at, role }] : [];
}

async function withFacts(tx: Transaction, rows: readonly WatchedEntry[]): Promise<EntryWithFacts[]> {
	const entries = rows.flatMap(read);
	const ids = new Set(entries.flatMap(({ entry: { lease } }) => lease ?? []));
	const found = ids.size === 0 ? [] : await selectLeaseFacts(tx, [...ids]);
	const leases = new Map(found.map((lease) => [lease.id, lease]));
	const named = new Set(entries.flatMap(({ entry: { actor, firm } }) => [actor.user ?? [], firm ?? []].flat()));
	const known = named.size === 0 ? new Set<string>() : await selectKnownIds(tx, [...named]);
	const isKnown = (id: string) => known.has(id);
	return entries.map((one) => ({ ...one, lease: leases.get(one.entry.lease ?? '') ?? null, isKnown }));
}

const matchedIn = (entries: readonly EntryWithFacts[]): MatchedEntry[] =>
	entries.flatMap((one) =>
		matchesOf(one.entry, one.lease?.requestedBy ?? null).map((match) => {
			const isMadeUp = namesUnknownSubject(match, one);
			const subject = isMadeUp ? madeUpBy(one.role) : match.subject;
			return { ...one, isMadeUp, match: { ...match, subject, at: one.at } };
		}),
	);

/** Anyone who can write entries can name any number of accounts and firms. Those that do not exist are one subject. */
function namesUnknownSubject({ rule }: AlertMatch, { entry, isKnown }: EntryWithFacts): boolean {
	const { subject } = alertRuleOf(rule);
	if (subject === 'FIRM') return entry.firm !== null && !isKnown(entry.firm);
	return (subject === 'ACTOR' || subject === 'PAIR') && entry.actor.user !== null && !isKnown(entry.actor.user);
}

const madeUpBy = (role: string) => `unknown:${role.replaceAll(/[^A-Za-z0-9_-]/g, '_')}`;

/** Occurrences of the rules for which one entry is enough. */
const occurrencesOfSingleEntries = (matched: readonly MatchedEntry[], thresholds: Thresholds): Occurrence[] =>
	matched
		.filter(({ match, at, lease }) => {
			const { count, condition } = alertRuleOf(match.rule);
			return !count && (!condition || ENTRY_CONDITIONS[condition](at, lease, thresholds));
		})
		.map((one) => ({ ...about(one), count: 1 }));

/** Occurrences of the rules that count over a window. Each is about the last entry that was counted. */
async function occurrencesOfWindows(
	tx: Transaction,
	matched: readonly MatchedEntry[],
	thresholds: Thresholds,
): Promise<Occurrence[]> {
	const counted = matched.filter(({ match }) => alertRuleOf(match.rule).count);
	const exceeded = await countMatches(
		tx,
		counted.map(({ match }) => match),
		thresholds,
	);
	return exceeded.flatMap(({ rule, subject, count, more }) => {
		const last = counted.findLast(({ match }) => match.rule === rule && match.subject === subject);
		return last ? [{ ...about(last), count, more }] : [];
	});
}

/** The actor of an entry by the program itself is the person who requested the lease. */
const about = ({ match, entry, at, lease, isMadeUp }: MatchedEntry): Omit<Occurrence, 'count'> => ({
	rule: match.rule,
	subject: match.subject,
	firm: isMadeUp ? null : entry.firm,
	actor: isMadeUp ? null : (entry.actor.user ?? lease?.requestedBy ?? null),
	lease: isMadeUp ? null : entry.lease,
	at: new Date(at),
});

/** Successful checks in a row after which the next takes more entries again. */
const SUCCESSES_TO_GROW = 8;

/** The number of entries that the next check takes. */
export interface AdaptiveBatchSize {
	limit(): number;
	onSuccess(): void;
	onFailure(): void;
}

/**
 * Halves the number after each failure, down to one, because entries that are too many together may be checked in parts. Doubles it only
 * after several successes, because each failure may take the longest time of a statement.
 */
export function createAdaptiveBatchSize(): AdaptiveBatchSize {
	let most = MAX_ENTRIES;
	let successes = 0;
	return {
		limit: () => most,
		onSuccess() {
			successes += 1;
			if (successes < SUCCESSES_TO_GROW) return;
			successes = 0;
			most = Math.min(MAX_ENTRIES, most * 2);
		},
		onFailure() {
			successes = 0;
			most = Math.max(1, Math.floor(most / 2));
		},
	};
}

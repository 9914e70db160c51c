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
	/** Of the role firmseal_log. */
	readonly plane: Plane;
	readonly audit: AuditLog;
	readonly thresholds: Thresholds;
}

export interface EntryWatchResult {
	readonly opened: readonly OpenedAlert[];
	/** There are entries that were not looked at. */
	readonly more: boolean;
}

/** Entries that are looked at in one transaction, and bytes of them: what an entry counts for grows with its length. */
const MAX_ENTRIES = 1_000;
const MAX_BYTES = 1024 * 1024;

type EntryConditionName = NonNullable<AlertRuleSpec['condition']>;

/** What is asked about one entry; `at`: milliseconds since 1970. `lease`: null for one that the database doesn't know. */
type EntryCondition = (at: number, lease: LeaseFacts | null, thresholds: Thresholds) => boolean;

const ENTRY_CONDITIONS: Readonly<Record<EntryConditionName, EntryCondition>> = {
	/** Approved within seconds of the request. */
	HASTY: (at, lease, { HASTY_SECONDS }) => lease !== null && at - lease.requestedAt.getTime() < HASTY_SECONDS * 1_000,
	/** Taken though the broker had seen before that none is left, or of a lease that no one has requested. */
	ORPHAN: (at, lease) => lease === null || (lease.clearedAt !== null && lease.clearedAt.getTime() < at),
};

interface ParsedEntry extends Pick<WatchedEntry, 'at' | 'role'> {
	readonly entry: Entry;
}

interface EntryWithFacts extends ParsedEntry {
	readonly lease: LeaseFacts | null;
	/** Whether there is such an account or firm. */
	readonly isKnown: (id: string) => boolean;
}

interface MatchedEntry extends EntryWithFacts {
	readonly match: TimedMatch;
	/** It is about an account or a firm that there is not. */
	readonly isMadeUp: boolean;
}

/**
 * Looks at the entries that were committed since the last look, each once: what is counted of them, how far the look has come and the
 * alerts are one transaction. Of several at a time one looks, and the others have nothing to do.
 * @throws FirmsealError AUDIT_UNAVAILABLE; what the database throws. Nothing was counted then.
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
		if (!last && !watch.isPartlyChecked && !watch.isUnsaid) return { opened: [], more: false };
		const matched = matchedIn(await withFacts(tx, entries));
		const occurrences = [
			...occurrencesOfSingleEntries(matched, thresholds),
			...(await occurrencesOfWindows(tx, matched, thresholds)),
		];
		const opened = await openAlerts(tx, audit, occurrences);
		await advanceAlertWatch(tx, watch, more && last ? { transaction: last.transaction, entry: last.id } : null);
		return { opened, more };
	});

/** A leaf that nobody of ours has written is for whoever verifies the log, and hides no other. */
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

const matchedIn = (seen: readonly EntryWithFacts[]): MatchedEntry[] =>
	seen.flatMap((one) =>
		matchesOf(one.entry, one.lease?.requestedBy ?? null).map((match) => {
			const isMadeUp = namesUnknownSubject(match, one);
			const subject = isMadeUp ? madeUpBy(one.role) : match.subject;
			return { ...one, isMadeUp, match: { ...match, subject, at: one.at } };
		}),
	);

/** Who writes entries may name as many accounts and firms as they like: what is said of those that are none is one subject. */
function namesUnknownSubject({ rule }: AlertMatch, { entry, isKnown }: EntryWithFacts): boolean {
	const { subject } = alertRuleOf(rule);
	if (subject === 'FIRM') return entry.firm !== null && !isKnown(entry.firm);
	return (subject === 'ACTOR' || subject === 'PAIR') && entry.actor.user !== null && !isKnown(entry.actor.user);
}

const madeUpBy = (role: string) => `unknown:${role.replaceAll(/[^A-Za-z0-9_-]/g, '_')}`;

/** Of rules for which one entry is enough. */
const occurrencesOfSingleEntries = (matched: readonly MatchedEntry[], thresholds: Thresholds): Occurrence[] =>
	matched
		.filter(({ match, at, lease }) => {
			const { count, condition } = alertRuleOf(match.rule);
			return !count && (!condition || ENTRY_CONDITIONS[condition](at, lease, thresholds));
		})
		.map((one) => ({ ...about(one), count: 1 }));

/** Of rules that count over a window: as of the last entry that was counted. */
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

/** What the program itself does with a lease is for who asked for it. */
const about = ({ match, entry, at, lease, isMadeUp }: MatchedEntry): Omit<Occurrence, 'count'> => ({
	rule: match.rule,
	subject: match.subject,
	firm: isMadeUp ? null : entry.firm,
	actor: isMadeUp ? null : (entry.actor.user ?? lease?.requestedBy ?? null),
	lease: isMadeUp ? null : entry.lease,
	at: new Date(at),
});

/** Looks that work in a row until the next takes more again. */
const SUCCESSES_TO_GROW = 8;

/** How many entries the next look takes. */
export interface AdaptiveBatchSize {
	limit(): number;
	onSuccess(): void;
	onFailure(): void;
}

/**
 * Half as many after each look that failed, down to one, since what can't be looked at together may be looked at in parts; more only after
 * several that worked, as each that fails may take as long as a statement may.
 */
export function createAdaptiveBatchSize(): AdaptiveBatchSize {
	let most = MAX_ENTRIES;
	let row = 0;
	return {
		limit: () => most,
		onSuccess() {
			row += 1;
			if (row < SUCCESSES_TO_GROW) return;
			row = 0;
			most = Math.min(MAX_ENTRIES, most * 2);
		},
		onFailure() {
			row = 0;
			most = Math.max(1, Math.floor(most / 2));
		},
	};
}

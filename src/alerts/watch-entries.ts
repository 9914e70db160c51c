import { type AuditLog, alertRuleOf, type Entry, matchesOf, readLeaf, type Thresholds } from '../audit/index.ts';
import {
	advanceAlertWatch,
	claimAlertWatch,
	type LeaseFacts,
	type Plane,
	selectLeaseFacts,
	selectWatchedEntries,
	type Transaction,
	type WatchedEntry,
} from '../database/index.ts';
import { JUDGES } from './judge.ts';
import { type Occurrence, type OpenedAlert, openAlerts } from './open-alerts.ts';
import { countMatches, type TimedMatch } from './windows.ts';

export interface WatchParts {
	/** Of the role firmseal_log. */
	readonly plane: Plane;
	readonly audit: AuditLog;
	readonly thresholds: Thresholds;
}

export interface Watched {
	readonly opened: readonly OpenedAlert[];
	/** There are entries that were not looked at. */
	readonly more: boolean;
}

/** Entries that are looked at in one transaction, and bytes of them: what an entry counts for grows with its length. */
export const MOST_ENTRIES = 1_000;
const MOST_BYTES = 1024 * 1024;

interface Seen extends Pick<WatchedEntry, 'at'> {
	readonly entry: Entry;
	readonly lease: LeaseFacts | null;
}

interface Matched extends Seen {
	readonly match: TimedMatch;
}

/**
 * Looks at the entries that were committed since the last look, each once: what is counted of them, how far the look has come and the
 * alerts are one transaction. Of several at a time one looks, and the others have nothing to do.
 * @throws FirmsealError AUDIT_UNAVAILABLE; what the database throws. Nothing was counted then.
 */
export const watchEntries = ({ plane, audit, thresholds }: WatchParts, most: number = MOST_ENTRIES): Promise<Watched> =>
	plane.write(null, async (tx) => {
		const watch = await claimAlertWatch(tx);
		if (!watch) return { opened: [], more: false };
		const { entries, more } = await selectWatchedEntries(tx, watch, { entries: most, bytes: MOST_BYTES });
		const last = entries.at(-1);
		if (!last && !watch.isBegun && !watch.isUnsaid) return { opened: [], more: false };
		const matched = matchedIn(await withLeases(tx, entries));
		const occurrences = [...single(matched, thresholds), ...(await repeated(tx, matched, thresholds))];
		const opened = await openAlerts(tx, audit, occurrences);
		await advanceAlertWatch(tx, watch, more && last ? { transaction: last.transaction, entry: last.id } : null);
		return { opened, more };
	});

/** A leaf that nobody of ours has written is for whoever verifies the log, and hides no other. */
function read({ leaf, at }: WatchedEntry): { readonly entry: Entry; readonly at: number }[] {
	const entry = readLeaf(leaf);
	return entry ? [{ entry, at }] : [];
}

async function withLeases(tx: Transaction, rows: readonly WatchedEntry[]): Promise<Seen[]> {
	const entries = rows.flatMap(read);
	const ids = new Set(entries.flatMap(({ entry: { lease } }) => lease ?? []));
	const found = ids.size === 0 ? [] : await selectLeaseFacts(tx, [...ids]);
	const leases = new Map(found.map((lease) => [lease.id, lease]));
	return entries.map(({ entry, at }) => ({ entry, at, lease: leases.get(entry.lease ?? '') ?? null }));
}

const matchedIn = (seen: readonly Seen[]): Matched[] =>
	seen.flatMap((one) =>
		matchesOf(one.entry, one.lease?.requestedBy ?? null).map((match) => ({ ...one, match: { ...match, at: one.at } })),
	);

/** Of rules for which one entry is enough. */
const single = (matched: readonly Matched[], thresholds: Thresholds): Occurrence[] =>
	matched
		.filter(({ match, at, lease }) => {
			const { count, judge } = alertRuleOf(match.rule);
			return !count && (!judge || JUDGES[judge](at, lease, thresholds));
		})
		.map((one) => ({ ...about(one), count: 1 }));

/** Of rules that count over a window: as of the last entry that was counted. */
async function repeated(tx: Transaction, matched: readonly Matched[], thresholds: Thresholds): Promise<Occurrence[]> {
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
const about = ({ match, entry, at, lease }: Matched): Omit<Occurrence, 'count'> => ({
	rule: match.rule,
	subject: match.subject,
	firm: entry.firm,
	actor: entry.actor.user ?? lease?.requestedBy ?? null,
	lease: entry.lease,
	at: new Date(at),
});

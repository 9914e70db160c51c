import {
	type AlertMatch,
	type AlertRuleSpec,
	alertRuleOf,
	alertRules,
	THROTTLED,
	type Thresholds,
} from '../audit/index.ts';
import {
	type AlertTally,
	type AlertWindow,
	addAlertTallies,
	deleteOldAlertTallies,
	selectAlertWindows,
	selectMedianTally,
	type Transaction,
	type UpdatedTally,
} from '../database/index.ts';

type Count = NonNullable<AlertRuleSpec['count']>;

export interface TimedMatch extends AlertMatch {
	/** When the entry was appended, in milliseconds since 1970. */
	readonly at: number;
}

/** A rule and subject with a window that exceeds the threshold. */
export interface ExceededWindow {
	readonly rule: AlertMatch['rule'];
	readonly subject: string;
	/** The count of the fullest window. */
	readonly count: number;
	/** The part of the count that is new. */
	readonly more: number;
}

/** Days over which a person's own median is taken. */
const MEDIAN_DAYS = 14;
/** A window is counted in this many buckets. */
const BUCKETS_PER_WINDOW = 600;
const SECOND = 1_000;
/** Seconds that tallies are kept beyond their window. */
const TALLY_RETENTION_MARGIN = 3_600;

/** Seconds of a bucket. A count that is compared with a median has one bucket for a whole window. */
const bucketOf = ({ window, compare }: Count): number =>
	compare === 'OWN_MEDIAN' ? window : Math.max(1, Math.floor(window / BUCKETS_PER_WINDOW));

/** Counts matches. Returns the rules and subjects that exceed their threshold in any window with one of these matches. */
export async function countMatches(
	tx: Transaction,
	matches: readonly TimedMatch[],
	thresholds: Thresholds,
): Promise<ExceededWindow[]> {
	if (matches.length === 0) return [];
	await addAlertTallies(tx, talliesOf(matches, thresholds));
	const groups = new Map(
		[...Map.groupBy(matches, ({ rule, subject }) => `${rule} ${subject}`)].flatMap(([key, [first, ...others]]) =>
			first ? [[key, groupMatches([first, ...others])] as const] : [],
		),
	);
	const windows = await selectAlertWindows(
		tx,
		[...groups.values()].map(({ touched }) => touched),
	);
	const exceeded = new Map<string, ExceededWindow>();
	for (const window of windows) {
		const key = `${window.rule} ${window.subject}`;
		const { count, matches: own, more } = groups.get(key) as SubjectMatches;
		if (more === 0 || measureOf(count, window) <= (exceeded.get(key)?.count ?? 0)) continue;
		if (!isTooMuch(count, window, thresholds)) continue;
		// The median is only read if the window exceeds the threshold without it.
		if (count.compare === 'OWN_MEDIAN') {
			const median = await selectMedianTally(tx, window, MEDIAN_DAYS);
			if (!isTooMuch(count, window, thresholds, median)) continue;
		}
		const [{ rule, subject }] = own;
		exceeded.set(key, { rule, subject, count: countInWindow(count, window, own), more });
	}
	return [...exceeded.values()];
}

interface SubjectMatches {
	readonly count: Count;
	readonly matches: readonly [TimedMatch, ...TimedMatch[]];
	/** The part of the count that is new. */
	readonly more: number;
	readonly touched: UpdatedTally;
}

function groupMatches(matches: SubjectMatches['matches']): SubjectMatches {
	const count = countOf(matches[0]);
	return { count, matches, more: countNewMatches(count, matches), touched: touchedBy(count, matches) };
}

/**
 * The most different items that are stored for a bucket, or null for a rule that counts no items. Anyone who can write entries can write
 * any number of items; once a bucket alone exceeds the threshold, its window does, so no more items are needed.
 */
const maxItemsOf = (count: Count, thresholds: Thresholds): number | null =>
	isOfItems(count) ? thresholds[count.threshold] + 1 : null;

function talliesOf(matches: readonly TimedMatch[], thresholds: Thresholds): AlertTally[] {
	const buckets = new Map<string, Map<string, AlertTally>>();
	for (const match of matches) {
		const { rule, subject, items, amount } = match;
		const bucket = bucketFor(match);
		const most = maxItemsOf(countOf(match), thresholds);
		const key = `${rule} ${subject} ${bucket.getTime()}`;
		const tallies = buckets.get(key) ?? new Map<string, AlertTally>();
		buckets.set(key, tallies);
		for (const item of items) {
			const before = tallies.get(item)?.amount;
			// Of twice as many items, at least `most` are new, whichever items are stored already.
			if (before === undefined && most !== null && tallies.size >= 2 * most) continue;
			tallies.set(item, { rule, subject, bucket, item, amount: (before ?? 0) + amount, most });
		}
	}
	return [...buckets.values()].flatMap((tallies) => [...tallies.values()]);
}

function touchedBy(count: Count, [first, ...others]: SubjectMatches['matches']): UpdatedTally {
	const buckets = [first, ...others].map((match) => bucketFor(match).getTime());
	return {
		rule: first.rule,
		subject: first.subject,
		first: new Date(Math.min(...buckets)),
		last: new Date(Math.max(...buckets)),
		window: count.window,
		part: THROTTLED,
		wanted: count.compare ? 'EACH' : isOfItems(count) ? 'ITEMS' : 'SUM',
	};
}

function bucketFor(match: TimedMatch): Date {
	const milliseconds = bucketOf(countOf(match)) * SECOND;
	return new Date(Math.floor(match.at / milliseconds) * milliseconds);
}

function countOf(match: Pick<AlertMatch, 'rule'> | undefined): Count {
	const count = match && alertRuleOf(match.rule).count;
	if (!count) throw new Error('Only rules with a window are counted.');
	return count;
}

const isOfItems = ({ measure }: Count) => measure.startsWith('EACH_');

const measureOf = (
	count: Count,
	{ sum, partOfSum, items }: Pick<AlertWindow, 'sum' | 'partOfSum' | 'items'>,
): number => (isOfItems(count) ? items : count.compare === 'SHARE' ? partOfSum : sum);

/** The count of a window. Not all items are stored, so the count of items is at least that of the new matches. */
function countInWindow(count: Count, window: AlertWindow, matches: readonly TimedMatch[]): number {
	if (!isOfItems(count)) return measureOf(count, window);
	const end = window.end.getTime();
	const now = matches.filter((match) => {
		const bucket = bucketFor(match).getTime();
		return bucket > end - count.window * SECOND && bucket <= end;
	});
	return Math.max(window.items, countNewMatches(count, now));
}

function countNewMatches(count: Count, group: readonly TimedMatch[]): number {
	if (isOfItems(count)) return new Set(group.flatMap(({ items }) => items)).size;
	const counted = count.compare === 'SHARE' ? group.filter(({ items }) => items.includes(THROTTLED)) : group;
	return counted.reduce((sum, { amount }) => sum + amount, 0);
}

/** Whether a window exceeds the rule's threshold. `median`: the person's own for OWN_MEDIAN, which counts as MEMBER_MEDIAN at least. */
export function isTooMuch(
	count: Count,
	window: Pick<AlertWindow, 'sum' | 'partOfSum' | 'items'>,
	thresholds: Thresholds,
	median = 0,
): boolean {
	const limit = thresholds[count.threshold];
	const measured = measureOf(count, window);
	if (count.compare === 'SHARE') return window.sum >= thresholds.THROTTLED_CALLS && measured * 100 > limit * window.sum;
	if (count.compare === 'OWN_MEDIAN') return measured > limit * Math.max(median, thresholds.MEMBER_MEDIAN);
	return count.fires === 'AT' ? measured >= limit : measured > limit;
}

/** Deletes tallies that no window reaches any more. Call it only when no entry waits: entries that wait may be older. */
export async function deleteOldMatches(tx: Transaction): Promise<void> {
	for (const rule of alertRules) {
		const { count } = alertRuleOf(rule);
		if (!count) continue;
		const kept = count.compare === 'OWN_MEDIAN' ? MEDIAN_DAYS * 86_400 : count.window;
		await deleteOldAlertTallies(tx, rule, kept + bucketOf(count) + TALLY_RETENTION_MARGIN);
	}
}

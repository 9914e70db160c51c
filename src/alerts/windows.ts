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

/** A match of an entry, and when that was appended, in milliseconds since 1970. */
export interface TimedMatch extends AlertMatch {
	readonly at: number;
}

/** A rule and subject of which a window holds too much. */
export interface ExceededWindow {
	readonly rule: AlertMatch['rule'];
	readonly subject: string;
	/** What the fullest window holds. */
	readonly count: number;
	/** What of it is new. */
	readonly more: number;
}

/** Days of which a person's own median is taken. */
const MEDIAN_DAYS = 14;
/** A window is counted in so many parts. */
const PARTS_PER_WINDOW = 600;
const SECOND = 1_000;
/** Seconds that tallies stay beyond their window. */
const TALLY_RETENTION_MARGIN = 3_600;

/** Seconds of a part of a window: what is compared with a median is counted by whole windows. */
const bucketOf = ({ window, compare }: Count): number =>
	compare === 'OWN_MEDIAN' ? window : Math.max(1, Math.floor(window / PARTS_PER_WINDOW));

/** Counts matches, and answers what is too much in any window that holds one of them. */
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
		if (!(await isTooMuch(tx, count, window, thresholds))) continue;
		const [{ rule, subject }] = own;
		exceeded.set(key, { rule, subject, count: countInWindow(count, window, own), more });
	}
	return [...exceeded.values()];
}

interface SubjectMatches {
	readonly count: Count;
	readonly matches: readonly [TimedMatch, ...TimedMatch[]];
	/** What of it is new. */
	readonly more: number;
	readonly touched: UpdatedTally;
}

function groupMatches(matches: SubjectMatches['matches']): SubjectMatches {
	const count = countOf(matches[0]);
	return { count, matches, more: countNewMatches(count, matches), touched: touchedBy(count, matches) };
}

/**
 * A window is too full once one part of it is, so that of the different items of a part no more are remembered than are too many: anyone
 * who writes entries writes as many items as they like.
 */
const thresholdOf = (count: Count, thresholds: Thresholds): number | null =>
	isOfItems(count) ? thresholds[count.threshold] + 1 : null;

function talliesOf(matches: readonly TimedMatch[], thresholds: Thresholds): AlertTally[] {
	const buckets = new Map<string, Map<string, AlertTally>>();
	for (const match of matches) {
		const { rule, subject, items, amount } = match;
		const bucket = bucketFor(match);
		const most = thresholdOf(countOf(match), thresholds);
		const key = `${rule} ${subject} ${bucket.getTime()}`;
		const tallies = buckets.get(key) ?? new Map<string, AlertTally>();
		buckets.set(key, tallies);
		for (const item of items) {
			const before = tallies.get(item)?.amount;
			// Of twice as many, so many are new, whatever of them is remembered.
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

const measureOf = (count: Count, { sum, partOfSum, items }: AlertWindow): number =>
	isOfItems(count) ? items : count.compare === 'SHARE' ? partOfSum : sum;

/** Of items at least those of now, which are not all remembered. */
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

async function isTooMuch(tx: Transaction, count: Count, window: AlertWindow, thresholds: Thresholds): Promise<boolean> {
	const limit = thresholds[count.threshold];
	if (count.compare === 'SHARE')
		return window.sum >= thresholds.THROTTLED_CALLS && window.partOfSum * 100 > limit * window.sum;
	if (count.compare === 'OWN_MEDIAN') {
		if (window.sum <= limit * thresholds.MEMBER_MEDIAN) return false;
		return window.sum > limit * (await selectMedianTally(tx, window, MEDIAN_DAYS));
	}
	const measured = measureOf(count, window);
	return count.fires === 'AT' ? measured >= limit : measured > limit;
}

/** Deletes what no window reaches any more. To be called only when no entry waits: what waits may be older. */
export async function deleteOldMatches(tx: Transaction): Promise<void> {
	for (const rule of alertRules) {
		const { count } = alertRuleOf(rule);
		if (!count) continue;
		const kept = count.compare === 'OWN_MEDIAN' ? MEDIAN_DAYS * 86_400 : count.window;
		await deleteOldAlertTallies(tx, rule, kept + bucketOf(count) + TALLY_RETENTION_MARGIN);
	}
}

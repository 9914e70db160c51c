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
} from '../database/index.ts';

type Count = NonNullable<AlertRuleSpec['count']>;

/** A match of an entry, and when that was appended, in milliseconds since 1970. */
export interface TimedMatch extends AlertMatch {
	readonly at: number;
}

/** A rule and subject of which a window holds too much. */
export interface Exceeded {
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
const PARTS = 600;
const SECOND = 1_000;
/** Seconds that tallies stay beyond their window. */
const SLACK = 3_600;

/** Seconds of a part of a window: what is compared with a median is counted by whole windows. */
const bucketOf = ({ window, compare }: Count): number =>
	compare === 'OWN_MEDIAN' ? window : Math.max(1, Math.floor(window / PARTS));

/** Counts matches, and answers what is too much in any window that holds one of them. */
export async function countMatches(
	tx: Transaction,
	matches: readonly TimedMatch[],
	thresholds: Thresholds,
): Promise<Exceeded[]> {
	if (matches.length === 0) return [];
	await addAlertTallies(tx, talliesOf(matches));
	const groups = Map.groupBy(matches, ({ rule, subject }) => `${rule} ${subject}`);
	const touched = [...groups.values()].flatMap(([first, ...others]) => (first ? [touchedBy([first, ...others])] : []));
	const windows = await selectAlertWindows(tx, touched);
	const exceeded = new Map<string, Exceeded>();
	for (const window of windows) {
		const key = `${window.rule} ${window.subject}`;
		const group = groups.get(key) ?? [];
		const count = countOf(group[0]);
		const more = newOf(count, group);
		const measured = measureOf(count, window);
		if (more === 0 || measured <= (exceeded.get(key)?.count ?? 0)) continue;
		const [{ rule, subject }] = group as [TimedMatch];
		if (await isTooMuch(tx, count, window, thresholds)) exceeded.set(key, { rule, subject, count: measured, more });
	}
	return [...exceeded.values()];
}

function talliesOf(matches: readonly TimedMatch[]): AlertTally[] {
	const tallies = new Map<string, AlertTally>();
	for (const match of matches) {
		const { rule, subject, items, amount } = match;
		const bucket = bucketFor(match);
		for (const item of items) {
			const key = `${rule} ${subject} ${bucket.getTime()} ${item}`;
			const before = tallies.get(key)?.amount ?? 0;
			tallies.set(key, { rule, subject, bucket, item, amount: before + amount });
		}
	}
	return [...tallies.values()];
}

function touchedBy(group: readonly [TimedMatch, ...TimedMatch[]]) {
	const [{ rule, subject }] = group;
	const buckets = group.map((match) => bucketFor(match).getTime());
	return {
		rule,
		subject,
		first: new Date(Math.min(...buckets)),
		last: new Date(Math.max(...buckets)),
		window: countOf(group[0]).window,
		part: THROTTLED,
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

function newOf(count: Count, group: readonly TimedMatch[]): number {
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
export async function forgetOldMatches(tx: Transaction): Promise<void> {
	for (const rule of alertRules) {
		const { count } = alertRuleOf(rule);
		if (!count) continue;
		const kept = count.compare === 'OWN_MEDIAN' ? MEDIAN_DAYS * 86_400 : count.window;
		await deleteOldAlertTallies(tx, rule, kept + bucketOf(count) + SLACK);
	}
}

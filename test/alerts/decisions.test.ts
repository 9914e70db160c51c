import { describe, expect, it } from 'vitest';
import { type AlertState, STATE_RULES, type StateRule, stateChangesOf } from '../../src/alerts/state-rules.ts';
import { ENTRY_CONDITIONS } from '../../src/alerts/watch-entries.ts';
import { isTooMuch } from '../../src/alerts/windows.ts';
import { ALERT_RULES, type AlertRule, alertRuleOf, alertRules, thresholdsWith } from '../../src/audit/index.ts';

const DAY = 86_400;
const state = (subject: string, mark = ''): AlertState => ({
	subject,
	mark,
	firm: null,
	actor: null,
	lease: null,
	count: 1,
});
const reported = (subject: string, seconds: number, mark = '') => ({ subject, mark, seconds });

describe('a state', () => {
	const once = { reported: 'ONCE' } as const;
	const daily = { reported: 'DAILY' } as const;
	it.each<
		[
			string,
			Pick<StateRule, 'reported' | 'isPermanent'>,
			AlertState[],
			ReturnType<typeof reported>[],
			{ news: string[]; ended: string[] },
		]
	>([
		['is news when it begins', once, [state('a')], [], { news: ['a'], ended: [] }],
		['is no news while it lasts', daily, [state('a')], [reported('a', DAY)], { news: [], ended: [] }],
		['is news again after a day', daily, [state('a')], [reported('a', DAY + 1)], { news: ['a'], ended: [] }],
		['is news once if its rule says so', once, [state('a')], [reported('a', 9 * DAY)], { news: [], ended: [] }],
		['is news when its mark changes', once, [state('a', '2')], [reported('a', 1, '1')], { news: ['a'], ended: [] }],
		['ends when it is not found any more', once, [state('b')], [reported('a', 1)], { news: ['b'], ended: ['a'] }],
		[
			'never ends if its rule says so',
			{ ...once, isPermanent: true },
			[],
			[reported('a', 9 * DAY)],
			{ news: [], ended: [] },
		],
	])('%s', (_, rule, found, before, expected) => {
		const { news, ended } = stateChangesOf(rule, found, before);
		expect({ news: news.map(({ subject }) => subject), ended }).toEqual(expected);
	});
});

describe('a window', () => {
	const thresholds = thresholdsWith({
		FIRMS_PER_DAY: 3,
		OPERATOR_RECORDS: 50,
		MEMBER_TIMES: 10,
		MEMBER_MEDIAN: 5,
		THROTTLED_PERCENT: 1,
		THROTTLED_CALLS: 100,
		DENIALS_PER_MINUTE: 20,
	});
	const countOf = (rule: AlertRule) => {
		const { count } = alertRuleOf(rule);
		if (!count) throw new Error(`${rule} counts nothing`);
		return count;
	};
	it.each<[AlertRule, string, { sum?: number; partOfSum?: number; items?: number }, number | undefined, boolean]>([
		['MANY_DENIALS', 'below the threshold', { sum: 19 }, undefined, false],
		['MANY_DENIALS', 'at the threshold', { sum: 20 }, undefined, true],
		['MANY_FIRMS', 'with fewer different items than the threshold', { sum: 90, items: 2 }, undefined, false],
		['MANY_FIRMS', 'with as many different items as the threshold', { sum: 3, items: 3 }, undefined, true],
		['BULK_READ_OPERATOR', 'at a threshold that must be exceeded', { items: 50 }, undefined, false],
		['BULK_READ_OPERATOR', 'above a threshold that must be exceeded', { items: 51 }, undefined, true],
		['BULK_READ_MEMBER', 'at ten times the least median', { sum: 50 }, 1, false],
		['BULK_READ_MEMBER', 'above ten times the least median', { sum: 51 }, 1, true],
		['BULK_READ_MEMBER', 'at ten times a greater median', { sum: 70 }, 7, false],
		['BULK_READ_MEMBER', 'above ten times a greater median', { sum: 71 }, 7, true],
		['KEYRING_THROTTLED', 'with the largest share that is allowed', { sum: 200, partOfSum: 2 }, undefined, false],
		['KEYRING_THROTTLED', 'with a larger share', { sum: 200, partOfSum: 3 }, undefined, true],
		['KEYRING_THROTTLED', 'with a larger share of few calls', { sum: 99, partOfSum: 99 }, undefined, false],
	])('of %s %s', (rule, _, window, median, expected) => {
		const whole = { sum: 0, partOfSum: 0, items: 0, ...window };
		expect(isTooMuch(countOf(rule), whole, thresholds, median)).toBe(expected);
	});
});

describe('an entry', () => {
	const thresholds = thresholdsWith({ HASTY_SECONDS: 30 });
	const at = Date.parse('2026-11-24T12:00:00Z');
	const earlier = (milliseconds: number) => new Date(at - milliseconds);
	const lease = { id: 'lease', requestedBy: 'person', requestedAt: earlier(60_000), clearedAt: null };
	it.each([
		['HASTY', 'about an unknown lease', null, false],
		['HASTY', 'thirty seconds after the request', { ...lease, requestedAt: earlier(30_000) }, false],
		['HASTY', 'sooner after the request', { ...lease, requestedAt: earlier(29_999) }, true],
		['ORPHAN', 'about an unknown lease', null, true],
		['ORPHAN', 'about a lease with grants', lease, false],
		['ORPHAN', 'before the broker saw that no grant is left', { ...lease, clearedAt: earlier(0) }, false],
		['ORPHAN', 'after the broker saw that no grant is left', { ...lease, clearedAt: earlier(1) }, true],
	] as const)('for %s, %s', (condition, _, facts, expected) => {
		expect(ENTRY_CONDITIONS[condition](at, facts, thresholds)).toBe(expected);
	});
});

describe('the rules', () => {
	it('are each found in entries or in states, except a fork, which the verification of the log reports', () => {
		const inStates = new Set(STATE_RULES.map(({ rule }) => rule));
		const elsewhere = alertRules.filter((rule) => ALERT_RULES[rule].entries === null && !inStates.has(rule));
		expect(elsewhere).toEqual(['LOG_FORK']);
	});

	it('about states are each listed once', () => {
		expect(new Set(STATE_RULES.map(({ rule }) => rule)).size).toBe(STATE_RULES.length);
	});
});

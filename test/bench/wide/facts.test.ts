import { describe, expect, it } from 'vitest';
import type { CrowdResult } from '../../../bench/harness/ask.ts';
import type { Facts } from '../../../bench/harness/facts.ts';
import { overloadFacts, throughputFacts } from '../../../bench/wide/capacity.ts';
import { fairnessFacts } from '../../../bench/wide/firms.ts';
import { parseMetrics } from '../../../bench/wide/server-metrics.ts';
import { soakFacts } from '../../../bench/wide/soak.ts';

const resultOf = (special: Partial<CrowdResult> = {}): CrowdResult => ({
	statuses: [[200, 100]],
	lost: 0,
	withoutRetryAfter: 0,
	wrong: null,
	latencies: [],
	perSecond: 10,
	p50: 5,
	p99: 20,
	...special,
});
const factOf = ({ facts }: Facts, what: string) => facts.find((fact) => fact.what === what)?.value;

describe('a metric of a server', () => {
	const metrics = parseMetrics('# HELP a b\n# TYPE a counter\na{x="1",y="2"} 3\na{x="1",y="3"} 4\nab 5\na_total 1e3\n');

	it('is the sum of the lines with its name and labels', () => {
		expect([metrics.sum('a'), metrics.sum('a', { y: '3' }), metrics.sum('ab'), metrics.sum('a_total')]).toEqual([
			7, 4, 5, 1_000,
		]);
	});

	it('is zero if there is no such line', () => {
		expect([metrics.sum('b'), metrics.sum('a', { z: '1' })]).toEqual([0, 0]);
	});
});

it('throughput compares several processes with one, and counts everything except answers', () => {
	const facts = throughputFacts([
		{ processes: 1, result: resultOf() },
		{
			processes: 2,
			result: resultOf({
				perSecond: 19,
				lost: 2,
				statuses: [
					[200, 5],
					[500, 1],
				],
			}),
		},
	]);
	expect(factOf(facts, '2 processes, relative to one')).toBe(1.9);
	expect([
		factOf(facts, '1 process, anything but an answer'),
		factOf(facts, '2 processes, anything but an answer'),
	]).toEqual([0, 3]);
});

it('fairness compares a quiet firm with itself, and counts each request of it that gets no answer', () => {
	const statuses = [
		[200, 90],
		[429, 10],
	] as const;
	const facts = fairnessFacts({
		alone: resultOf(),
		beside: resultOf({ p50: 10, p99: 80, statuses }),
		noise: resultOf(),
	});
	expect(factOf(facts, 'quiet, half: relative to alone')).toBe(2);
	expect(factOf(facts, 'quiet, 99 of 100: relative to alone')).toBe(4);
	expect(factOf(facts, 'quiet, refused')).toBe(10);
});

it('an overload report accounts for every request', () => {
	const statuses = [
		[200, 20],
		[429, 70],
		[503, 5],
		[500, 1],
	] as const;
	const result = resultOf({ withoutRetryAfter: 1, lost: 4, statuses });
	const facts = overloadFacts(resultOf(), result, 3e6, 0.5);
	expect(['status 200', 'status 429', 'status 503'].map((what) => factOf(facts, what))).toEqual([20, 70, 5]);
	expect(factOf(facts, 'anything else, or no answer')).toBe(5);
	expect(factOf(facts, 'refusals without Retry-After')).toBe(1);
	expect(factOf(facts, 'memory growth')).toBe(3);
});

describe('a long run', () => {
	const samples = (of: (n: number) => { resident: number; heap: number }) =>
		Array.from({ length: 100 }, (_, n) => of(n));

	it('compares the last fifth with the second, not with the first', () => {
		const facts = soakFacts(
			samples((n) => ({ resident: n < 20 ? 1e6 : 2e8, heap: 5e7 + (n % 10) * 1e6 })),
			resultOf(),
		);
		expect([factOf(facts, 'resident memory, more'), factOf(facts, 'heap, more')]).toEqual([0, 0]);
	});

	it('reveals steady growth', () => {
		const facts = soakFacts(
			samples((n) => ({ resident: 1e8 + n * 1e6, heap: 5e7 + n * 5e5 })),
			resultOf(),
		);
		expect(factOf(facts, 'resident memory, more')).toBeGreaterThan(10);
		expect(factOf(facts, 'heap, more')).toBeGreaterThan(10);
	});
});

import { setTimeout as delay } from 'node:timers/promises';
import type { Facts } from '../facts.ts';
import { askOnce, bearer } from '../load/query.ts';
import type { SectionContext } from '../section.ts';
import { allOf, type CrowdProcess, type CrowdResult, countOf } from './crowd.ts';
import { pageOf, secondsOf } from './pages.ts';
import { readServerMetrics } from './server-metrics.ts';

/** Of what it answers if no one waits. */
const TIMES = 5;
const CONNECTIONS = 1_000;
/** Seconds. */
const RECOVERY_TARGET = 10;
/** Megabytes. */
const GROWTH_TARGET = 256;

export interface Overloaded {
	readonly capacity: CrowdResult;
	readonly result: CrowdResult;
	/** Bytes that the process has more than before. */
	readonly growth: number;
	/** Seconds from the end of the load until nothing is under way and everybody is answered. */
	readonly recovery: number;
}

/** Five times as much as one server answers, of many connections of several firms. */
export async function measureOverload(
	{ scale, signal }: SectionContext,
	crowd: CrowdProcess,
	{ url, tokens }: { readonly url: string; readonly tokens: readonly string[] },
): Promise<Facts> {
	const length = { seconds: secondsOf(scale.wide) };
	const bodies = [pageOf(10)];
	const capacity = await crowd.run({ url, bodies, tokens, connections: 32, length });
	const before = await memoryOf(url);
	const perSecond = Math.max(CONNECTIONS, Math.round(capacity.perSecond * TIMES));
	const result = await crowd.run({ url, bodies, tokens, connections: CONNECTIONS, length, perSecond });
	const ended = performance.now();
	for (let isBusy = true; isBusy; ) {
		signal.throwIfAborted();
		isBusy = (await readServerMetrics(url)).sum('firmseal_requests') > 0;
		if (isBusy) await delay(50);
	}
	for (const token of tokens) await askOnce(url, bearer(token), pageOf(10));
	const recovery = (performance.now() - ended) / 1000;
	return overloadFacts({ capacity, result, growth: (await memoryOf(url)) - before, recovery });
}

const memoryOf = async (url: string): Promise<number> =>
	(await readServerMetrics(url)).sum('process_resident_memory_bytes');

export function overloadFacts({ capacity, result, growth, recovery }: Overloaded): Facts {
	const all = allOf(result);
	const percent = (count: number) => (100 * count) / all;
	const [answered, limited, away] = [200, 429, 503].map((status) => countOf(result, status)) as [
		number,
		number,
		number,
	];
	return {
		title: `${TIMES} times what one process answers, ${CONNECTIONS} connections of 8 firms`,
		facts: [
			{ what: 'answers when nobody waits', value: capacity.perSecond, unit: 'answers/s', target: null },
			{ what: 'answers under the load', value: result.perSecond, unit: 'answers/s', target: null },
			{ what: 'status 200', value: percent(answered), unit: 'percent', target: null },
			{ what: 'status 429', value: percent(limited), unit: 'percent', target: null },
			{ what: 'status 503', value: percent(away), unit: 'percent', target: null },
			{ what: 'anything else, or no answer', value: all - answered - limited - away, unit: 'answers', target: 0 },
			{ what: 'refusals without Retry-After', value: result.withoutRetryAfter, unit: 'answers', target: 0 },
			{ what: '200: half within', value: result.p50, unit: 'ms', target: null },
			{ what: '200: 99 of 100 within', value: result.p99, unit: 'ms', target: null },
			{ what: 'memory that is more than before', value: growth / 1e6, unit: 'MB', target: GROWTH_TARGET },
			{ what: 'until all is as before', value: recovery, unit: 's', target: RECOVERY_TARGET },
		],
	};
}

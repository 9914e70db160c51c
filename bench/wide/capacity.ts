import { setTimeout as delay } from 'node:timers/promises';
import type { Crowd, CrowdResult } from '../harness/ask.ts';
import type { Client } from '../harness/client.ts';
import { type Fact, type Facts, fact } from '../harness/facts.ts';
import { askOnce } from '../harness/query.ts';
import type { SectionContext } from '../harness/section.ts';
import { withSharedPort } from '../servers/start-servers.ts';
import { countAll, countOf, pageOf, secondsOf, warm } from './pages.ts';
import { readServerMetrics } from './server-metrics.ts';

const PROCESSES = [1, 2, 4] as const;
export const THROUGHPUT_STEPS = PROCESSES.length;

interface MeasuredProcesses {
	readonly processes: number;
	readonly result: CrowdResult;
}

/** Pages per second of one, two and four servers that share a port. */
export async function measureThroughput(
	{ installation, scale, signal, onStep }: SectionContext,
	client: Client,
	people: Crowd['people'],
): Promise<Facts> {
	const measured: MeasuredProcesses[] = [];
	for (const processes of PROCESSES) {
		signal.throwIfAborted();
		await withSharedPort(installation, processes, async ({ url }) => {
			await warm(client, url, people, scale.warmUp * 4 * processes);
			const crowd = { url, bodies: [pageOf(10)], people, connections: 64, length: secondsOf(scale.wide) };
			measured.push({ processes, result: await client.call('ask', crowd) });
		});
		onStep();
	}
	return throughputFacts(measured);
}

export function throughputFacts(measured: readonly MeasuredProcesses[]): Facts {
	const one = measured[0]?.result.perSecond ?? Number.NaN;
	const facts = measured.flatMap(({ processes, result }): Fact[] => {
		const what = processes === 1 ? '1 process' : `${processes} processes`;
		return [
			fact(what, result.perSecond, 'answers/s'),
			...(processes === 1 ? [] : [fact(`${what}, relative to one`, result.perSecond / one, 'times')]),
			fact(`${what}, 99 of 100 answers within`, result.p99, 'ms'),
			fact(`${what}, anything but an answer`, countAll(result) - countOf(result, 200), 'answers', 0),
		];
	});
	return { title: 'Processes behind one port: pages of 10 notes, 64 connections of 8 firms', facts };
}

/** The load, relative to what the server answers without overload. */
const TIMES = 5;
const CONNECTIONS = 1_000;
/** Seconds. */
const RECOVERY_TARGET = 10;
/** Megabytes. */
const GROWTH_TARGET = 256;

/** Five times as many requests as one server answers, over many connections of several firms. */
export async function measureOverload(
	{ scale, signal }: SectionContext,
	client: Client,
	{ url, people }: Pick<Crowd, 'url' | 'people'>,
): Promise<Facts> {
	const crowd = { url, bodies: [pageOf(10)], people, length: secondsOf(scale.wide) };
	const capacity = await client.call('ask', { ...crowd, connections: 32 });
	const before = await memoryOf(url);
	const perSecond = Math.max(CONNECTIONS, Math.round(capacity.perSecond * TIMES));
	const result = await client.call('ask', { ...crowd, connections: CONNECTIONS, perSecond });
	const ended = performance.now();
	while ((await readServerMetrics(url)).sum('firmseal_requests') > 0) {
		signal.throwIfAborted();
		await delay(50);
	}
	for (const person of people) await askOnce(url, person, pageOf(10));
	const recovery = (performance.now() - ended) / 1000;
	return overloadFacts(capacity, result, (await memoryOf(url)) - before, recovery);
}

const memoryOf = async (url: string): Promise<number> =>
	(await readServerMetrics(url)).sum('process_resident_memory_bytes');

/**
 * @param growth bytes of the memory of the process
 * @param recovery seconds from the end of the load until no request is in progress and each person gets an answer
 */
export function overloadFacts(capacity: CrowdResult, result: CrowdResult, growth: number, recovery: number): Facts {
	const all = countAll(result);
	const percentOf = (status: number) => (100 * countOf(result, status)) / all;
	return {
		title: `${TIMES} times what one process answers, ${CONNECTIONS} connections of 8 firms`,
		facts: [
			fact('answers without overload', capacity.perSecond, 'answers/s'),
			fact('answers under the load', result.perSecond, 'answers/s'),
			fact('status 200', percentOf(200), 'percent'),
			fact('status 429', percentOf(429), 'percent'),
			fact('status 503', percentOf(503), 'percent'),
			fact('anything else, or no answer', all - countOf(result, 200, 429, 503), 'answers', 0),
			fact('refusals without Retry-After', result.withoutRetryAfter, 'answers', 0),
			fact('200: half within', result.p50, 'ms'),
			fact('200: 99 of 100 within', result.p99, 'ms'),
			fact('memory growth', growth / 1e6, 'MB', GROWTH_TARGET),
			fact('recovery', recovery, 's', RECOVERY_TARGET),
		],
	};
}

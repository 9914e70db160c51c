import type { Crowd, CrowdResult } from '../harness/ask.ts';
import { type Client, startClient } from '../harness/client.ts';
import { type Facts, fact } from '../harness/facts.ts';
import { bodyOf, type Headers } from '../harness/query.ts';
import type { SectionContext } from '../harness/section.ts';
import { countAll, countOf, pageOf, secondsOf } from './pages.ts';
import { readServerMetrics, type ServerMetrics } from './server-metrics.ts';

/** Connections of the loud firm and its requests per second: about five times what a process answers. */
const LOUD = 150;
const LOUD_RATE = 2_000;
/** Requests per second of the quiet firm. */
const QUIET_RATE = 20;
/** Latency beside the loud firm, relative to that alone. */
const TARGET = 10;

/** A firm with few requests, alone and beside a firm that sends far more than one server answers. */
export async function measureFairness(
	{ scale, signal }: SectionContext,
	client: Client,
	{ url, loud, quiet }: { readonly url: string; readonly loud: Headers; readonly quiet: Headers },
): Promise<Facts> {
	const shared = { url, bodies: [pageOf(10)], length: secondsOf(scale.wide) };
	const few = { ...shared, people: [quiet], connections: 1, perSecond: QUIET_RATE };
	const many = { ...shared, people: [loud], connections: LOUD, perSecond: LOUD_RATE };
	const alone = await client.call('ask', few);
	await using other = startClient(signal);
	const [beside, noise] = await Promise.all([client.call('ask', few), other.call('ask', many)]);
	return fairnessFacts({ alone, beside, noise });
}

export function fairnessFacts({
	alone,
	beside,
	noise,
}: Readonly<Record<'alone' | 'beside' | 'noise', CrowdResult>>): Facts {
	return {
		title: `A quiet firm beside a loud one of ${LOUD} connections, one process`,
		facts: [
			fact('quiet, alone: half within', alone.p50, 'ms'),
			fact('quiet, alone: 99 of 100 within', alone.p99, 'ms'),
			fact('quiet, beside: half within', beside.p50, 'ms'),
			fact('quiet, beside: 99 of 100 within', beside.p99, 'ms'),
			fact('quiet, half: relative to alone', beside.p50 / alone.p50, 'times', TARGET),
			fact('quiet, 99 of 100: relative to alone', beside.p99 / alone.p99, 'times', TARGET),
			fact('quiet, refused', countAll(beside) - countOf(beside, 200), 'answers', 0),
			fact('loud, answered', noise.perSecond, 'answers/s'),
			fact('loud, half within', noise.p50, 'ms'),
			fact('loud, refused', countOf(noise, 429, 503), 'answers'),
		],
	};
}

/** Cached keys of content in one plane of one process (src/content/content-from-keyring.ts). */
const BOUND = 10_000;
/** A page of two content classes. */
const PAGE = bodyOf(
	'{ notes(first: 1) { nodes { id title body } } timeEntries(first: 1) { nodes { id description } } }',
);

interface Turn {
	readonly result: CrowdResult;
	readonly metrics: ServerMetrics;
}

/** One page of each firm, twice, one firm after another: the worst case for a bounded cache. */
export async function measureManyFirms(
	{ signal, onStep }: SectionContext,
	client: Client,
	{ url, people }: Pick<Crowd, 'url' | 'people'>,
): Promise<Facts> {
	const before = await readServerMetrics(url);
	const turns: Turn[] = [];
	for (let turn = 0; turn < 2; turn++) {
		signal.throwIfAborted();
		const crowd = { url, bodies: [PAGE], people, connections: 16, length: { requests: people.length } };
		turns.push({ result: await client.call('ask', crowd), metrics: await readServerMetrics(url) });
		onStep();
	}
	return manyFirmsFacts(people.length, before, turns);
}

function manyFirmsFacts(firms: number, before: ServerMetrics, turns: readonly Turn[]): Facts {
	const facts = turns.flatMap(({ result, metrics }, index) => {
		const last = turns[index - 1]?.metrics ?? before;
		const what = index === 0 ? 'first turn' : 'second turn';
		const more = (name: string, labels: Readonly<Record<string, string>>) =>
			metrics.sum(name, labels) - last.sum(name, labels);
		const hits = more('firmseal_key_cache_total', { keys: 'content', result: 'hit' });
		const misses = more('firmseal_key_cache_total', { keys: 'content', result: 'miss' });
		const unwraps = more('firmseal_keyring_call_seconds_count', { operation: 'unwrap' });
		const cached = metrics.sum('firmseal_key_cache_size', { keys: 'content' });
		return [
			fact(`${what}, pages`, result.perSecond, 'answers/s'),
			fact(`${what}, anything but a page`, countAll(result) - countOf(result, 200), 'answers', 0),
			fact(`${what}, key found in the cache`, (100 * hits) / (hits + misses), 'percent'),
			fact(`${what}, unwraps a firm`, unwraps / firms, 'calls'),
			fact(`${what}, cached keys of content`, cached, 'keys', BOUND),
			fact(`${what}, memory of the process`, metrics.sum('process_resident_memory_bytes') / 1e6, 'MB'),
		];
	});
	return { title: `${firms.toLocaleString('en-US')} firms in turn, two content classes each, one process`, facts };
}

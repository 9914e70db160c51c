import type { Facts } from '../facts.ts';
import { bodyOf } from '../load/query.ts';
import type { SectionContext } from '../section.ts';
import { allOf, type CrowdProcess, type CrowdResult, countOf } from './crowd.ts';
import { PAGE } from './firms.ts';
import { readServerMetrics, type ServerMetrics } from './server-metrics.ts';

/** Of content, in one plane of one process (src/content/content-from-keyring.ts). */
const BOUND = 10_000;

interface Turn {
	readonly result: CrowdResult;
	readonly metrics: ServerMetrics;
}

/** Two times one page of every firm, one firm after the other: the worst that a bounded cache can meet. */
export async function measureManyFirms(
	{ signal, onStep }: SectionContext,
	crowd: CrowdProcess,
	{ url, tokens }: { readonly url: string; readonly tokens: readonly string[] },
): Promise<Facts> {
	const before = await readServerMetrics(url);
	const turns: Turn[] = [];
	for (let turn = 0; turn < 2; turn++) {
		signal.throwIfAborted();
		const length = { requests: tokens.length };
		const result = await crowd.run({ url, bodies: [bodyOf(PAGE)], tokens, connections: 16, length });
		turns.push({ result, metrics: await readServerMetrics(url) });
		onStep();
	}
	return manyFirmsFacts(tokens.length, before, turns);
}

function manyFirmsFacts(firms: number, before: ServerMetrics, turns: readonly Turn[]): Facts {
	const memory = (metrics: ServerMetrics) => metrics.sum('process_resident_memory_bytes') / 1e6;
	const calls = (metrics: ServerMetrics) => metrics.sum('firmseal_keyring_call_seconds_count', { operation: 'unwrap' });
	const asked = (metrics: ServerMetrics, result: 'hit' | 'miss') =>
		metrics.sum('firmseal_key_cache_total', { keys: 'content', result });
	const facts = turns.flatMap(({ result, metrics }, index) => {
		const last = turns[index - 1]?.metrics ?? before;
		const what = index === 0 ? 'first turn' : 'second turn';
		const hits = asked(metrics, 'hit') - asked(last, 'hit');
		const misses = asked(metrics, 'miss') - asked(last, 'miss');
		return [
			{ what: `${what}, pages`, value: result.perSecond, unit: 'answers/s', target: null },
			{ what: `${what}, anything but a page`, value: allOf(result) - countOf(result, 200), unit: 'answers', target: 0 },
			{ what: `${what}, key found in the cache`, value: (100 * hits) / (hits + misses), unit: 'percent', target: null },
			{ what: `${what}, unwraps a firm`, value: (calls(metrics) - calls(last)) / firms, unit: 'calls', target: null },
			{
				what: `${what}, keys of content at hand`,
				value: metrics.sum('firmseal_key_cache_size', { keys: 'content' }),
				unit: 'keys',
				target: BOUND,
			},
			{ what: `${what}, memory of the process`, value: memory(metrics), unit: 'MB', target: null },
		] as const;
	});
	return { title: `${firms.toLocaleString('en-US')} firms in turn, two content classes each, one process`, facts };
}

import type { Facts } from '../facts.ts';
import type { SectionContext } from '../section.ts';
import { allOf, type CrowdProcess, type CrowdResult, countOf, startCrowdProcess } from './crowd.ts';
import { pageOf, secondsOf } from './pages.ts';

/** Connections of the loud firm, and requests a second over them: some five times what a process answers. */
const LOUD = 150;
const LOUD_RATE = 2_000;
/** Requests a second of the quiet firm. */
const QUIET = 20;
/** The most that its answers may take beside the loud one, relative to those before. */
const TARGET = 10;

/** A firm that reads now and then, alone and beside one that asks for far more than it is answered, at one server. */
export async function measureFairness(
	{ scale, signal }: SectionContext,
	crowd: CrowdProcess,
	{ url, loud, quiet }: { readonly url: string; readonly loud: string; readonly quiet: string },
): Promise<Facts> {
	const length = { seconds: secondsOf(scale.wide) };
	const few = { url, bodies: [pageOf(10)], tokens: [quiet], connections: 1, length, perSecond: QUIET };
	const alone = await crowd.run(few);
	const other = startCrowdProcess(signal);
	try {
		const many = { url, bodies: [pageOf(10)], tokens: [loud], connections: LOUD, length, perSecond: LOUD_RATE };
		const [beside, noise] = await Promise.all([crowd.run(few), other.run(many)]);
		return fairnessFacts({ alone, beside, noise });
	} finally {
		await other.stop();
	}
}

export function fairnessFacts({
	alone,
	beside,
	noise,
}: Readonly<Record<'alone' | 'beside' | 'noise', CrowdResult>>): Facts {
	return {
		title: `A quiet firm beside a loud one of ${LOUD} connections, one process`,
		facts: [
			{ what: 'quiet, alone: half within', value: alone.p50, unit: 'ms', target: null },
			{ what: 'quiet, alone: 99 of 100 within', value: alone.p99, unit: 'ms', target: null },
			{ what: 'quiet, beside: half within', value: beside.p50, unit: 'ms', target: null },
			{ what: 'quiet, beside: 99 of 100 within', value: beside.p99, unit: 'ms', target: null },
			{ what: 'quiet, half: relative to alone', value: beside.p50 / alone.p50, unit: 'times', target: TARGET },
			{ what: 'quiet, 99 of 100: relative to alone', value: beside.p99 / alone.p99, unit: 'times', target: TARGET },
			{ what: 'quiet, refused', value: allOf(beside) - countOf(beside, 200), unit: 'answers', target: 0 },
			{ what: 'loud, answered', value: noise.perSecond, unit: 'answers/s', target: null },
			{ what: 'loud, half within', value: noise.p50, unit: 'ms', target: null },
			{ what: 'loud, refused', value: countOf(noise, 429, 503), unit: 'answers', target: null },
		],
	};
}

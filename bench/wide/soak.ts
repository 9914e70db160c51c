import { setTimeout as delay } from 'node:timers/promises';
import type { Facts } from '../facts.ts';
import { writeNotes } from '../jobs/write-notes.ts';
import { bodyOf } from '../load/query.ts';
import { quantileOf } from '../rounds.ts';
import type { Section } from '../section.ts';
import { allOf, type CrowdResult, countOf, startCrowdProcess } from './crowd.ts';
import { addFirms, TEXT } from './firms.ts';
import { pageOf, secondsOf } from './pages.ts';
import { withProcesses } from './processes.ts';
import { readServerMetrics } from './server-metrics.ts';

const FIRMS = 8;
/** Requests a second: about a third of what a process answers. */
const PER_SECOND = 100;
/** Milliseconds between two looks. */
const LOOKING = 1_000;
/** Percent that the last fifth of the time may have more than the second. */
const TARGET = 10;

const WRITE = bodyOf('mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id } } }', {
	input: { title: 'A note', body: TEXT },
});

/** Bytes of the server, at one moment. */
export interface Look {
	readonly resident: number;
	/** Of JavaScript, in use; between two collections it grows. */
	readonly heap: number;
}

/** One server that reads and writes for ten minutes, and should need no more memory in the end: `--soak`, and never otherwise. */
export const soak: Section = {
	name: 'soak',
	title: 'Soak',
	needsPeers: true,
	steps: ({ soak: milliseconds }) => Math.ceil(milliseconds / 60_000),
	async measure({ installation, scale, signal, onStep }) {
		await writeNotes(installation, 50, signal);
		const tokens = [installation.token, ...(await addFirms(installation, FIRMS - 1, { signal }))];
		const crowd = startCrowdProcess(signal);
		try {
			return await withProcesses(installation, 1, async ({ url }) => {
				// Nine pages for each write.
				const bodies = [...Array<string>(9).fill(pageOf(10)), WRITE];
				const length = { seconds: secondsOf(scale.soak) };
				let result: CrowdResult | undefined;
				const asking = crowd
					.run({ url, bodies, tokens, connections: 40, length, perSecond: PER_SECOND })
					.then((all) => {
						result = all;
					});
				asking.catch(() => {});
				const looks: Look[] = [];
				for (let next = 60_000; result === undefined; await Promise.race([asking, delay(LOOKING)])) {
					signal.throwIfAborted();
					const metrics = await readServerMetrics(url);
					looks.push({
						resident: metrics.sum('process_resident_memory_bytes'),
						heap: metrics.sum('nodejs_heap_size_used_bytes'),
					});
					if (looks.length * LOOKING >= next) {
						next += 60_000;
						onStep();
					}
				}
				await asking;
				onStep();
				return { tables: [], facts: [soakFacts(looks, result)] };
			});
		} finally {
			await crowd.stop();
		}
	},
};

/** The first fifth is for code that is compiled and caches that fill. */
export function soakFacts(looks: readonly Look[], result: CrowdResult): Facts {
	const fifth = Math.max(1, Math.floor(looks.length / 5));
	const [early, late] = [looks.slice(fifth, 2 * fifth), looks.slice(-fifth)];
	const resident = (of: readonly Look[]) =>
		quantileOf(
			of.map((each) => each.resident),
			0.5,
		) / 1e6;
	// What a collection has left.
	const heap = (of: readonly Look[]) => Math.min(...of.map((each) => each.heap)) / 1e6;
	const more = (of: (looks: readonly Look[]) => number) => 100 * (of(late) / of(early) - 1);
	return {
		title: `${Math.round((looks.length * LOOKING) / 6_000) / 10} minutes of ${PER_SECOND} requests a second, one process`,
		facts: [
			{ what: 'resident memory, second fifth: median', value: resident(early), unit: 'MB', target: null },
			{ what: 'resident memory, last fifth: median', value: resident(late), unit: 'MB', target: null },
			{ what: 'resident memory, more', value: more(resident), unit: 'percent', target: TARGET },
			{ what: 'heap, second fifth: least', value: heap(early), unit: 'MB', target: null },
			{ what: 'heap, last fifth: least', value: heap(late), unit: 'MB', target: null },
			{ what: 'heap, more', value: more(heap), unit: 'percent', target: TARGET },
			{ what: 'answers', value: result.perSecond, unit: 'answers/s', target: null },
			{ what: 'answers: 99 of 100 within', value: result.p99, unit: 'ms', target: null },
			{ what: 'anything but an answer', value: allOf(result) - countOf(result, 200), unit: 'answers', target: 0 },
		],
	};
}

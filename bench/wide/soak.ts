import { setTimeout as delay } from 'node:timers/promises';
import { addFirms } from '../data/firms.ts';
import { TEXT, writeNotes } from '../data/notes.ts';
import type { CrowdResult } from '../harness/ask.ts';
import { startClient } from '../harness/client.ts';
import { type Facts, fact } from '../harness/facts.ts';
import { bodyOf } from '../harness/query.ts';
import { quantileOf } from '../harness/rounds.ts';
import type { Section } from '../harness/section.ts';
import { withSharedPort } from '../servers/start-servers.ts';
import { countAll, countOf, pageOf, secondsOf } from './pages.ts';
import { readServerMetrics } from './server-metrics.ts';

const FIRMS = 8;
/** Requests per second: about a third of what a process answers. */
const PER_SECOND = 100;
/** Milliseconds between two samples. */
const SAMPLE_PERIOD = 1_000;
const SAMPLES_PER_STEP = 60;
/** Percent by which the last fifth of the time may exceed the second. */
const TARGET = 10;

const WRITE = bodyOf('mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id } } }', {
	input: { title: 'A note', body: TEXT },
});

/** Bytes of the server. */
export interface Sample {
	readonly resident: number;
	/** JavaScript in use, which grows between two garbage collections. */
	readonly heap: number;
}

/** One server that reads and writes for ten minutes, and should not need more memory at the end. Only `--soak` runs it. */
export const soak: Section = {
	name: 'soak',
	title: 'Soak',
	needsPeers: true,
	steps: ({ soak: milliseconds }) => Math.ceil(milliseconds / SAMPLE_PERIOD / SAMPLES_PER_STEP),
	async measure({ installation, scale, signal, onStep }) {
		await writeNotes(installation, 50, signal);
		const people = [installation.headers, ...(await addFirms(installation, FIRMS - 1, { signal }))];
		await using client = startClient(signal);
		return await withSharedPort(installation, 1, async ({ url }) => {
			// Nine pages for each write.
			const bodies = [...Array<string>(9).fill(pageOf(10)), WRITE];
			const crowd = { url, bodies, people, connections: 40, length: secondsOf(scale.soak), perSecond: PER_SECOND };
			let isOver = false;
			const asking = client.call('ask', crowd).finally(() => {
				isOver = true;
			});
			asking.catch(() => {});
			const samples: Sample[] = [];
			while (!isOver) {
				signal.throwIfAborted();
				const metrics = await readServerMetrics(url);
				const resident = metrics.sum('process_resident_memory_bytes');
				samples.push({ resident, heap: metrics.sum('nodejs_heap_size_used_bytes') });
				if (samples.length % SAMPLES_PER_STEP === 0) onStep();
				await Promise.race([asking, delay(SAMPLE_PERIOD)]);
			}
			onStep();
			return { tables: [], facts: [soakFacts(samples, await asking)] };
		});
	},
};

/** Ignores the first fifth, in which code is compiled and caches fill. */
export function soakFacts(samples: readonly Sample[], result: CrowdResult): Facts {
	const fifth = Math.max(1, Math.floor(samples.length / 5));
	const [early, late] = [samples.slice(fifth, 2 * fifth), samples.slice(-fifth)];
	const median = (values: readonly number[]) => quantileOf(values, 0.5);
	const resident = (of: readonly Sample[]) => median(of.map((each) => each.resident)) / 1e6;
	// What a garbage collection leaves.
	const heap = (of: readonly Sample[]) => Math.min(...of.map((each) => each.heap)) / 1e6;
	const more = (of: (samples: readonly Sample[]) => number) => 100 * (of(late) / of(early) - 1);
	return {
		title: `${Math.round((samples.length * SAMPLE_PERIOD) / 6_000) / 10} minutes of ${PER_SECOND} requests a second, one process`,
		facts: [
			fact('resident memory, second fifth: median', resident(early), 'MB'),
			fact('resident memory, last fifth: median', resident(late), 'MB'),
			fact('resident memory, more', more(resident), 'percent', TARGET),
			fact('heap, second fifth: least', heap(early), 'MB'),
			fact('heap, last fifth: least', heap(late), 'MB'),
			fact('heap, more', more(heap), 'percent', TARGET),
			fact('answers', result.perSecond, 'answers/s'),
			fact('answers: 99 of 100 within', result.p99, 'ms'),
			fact('anything but an answer', countAll(result) - countOf(result, 200), 'answers', 0),
		],
	};
}

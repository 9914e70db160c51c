import type { Fact, Facts } from '../facts.ts';
import type { SectionContext } from '../section.ts';
import { allOf, type CrowdProcess, type CrowdResult, countOf } from './crowd.ts';
import { pageOf, secondsOf, warm } from './pages.ts';
import { withProcesses } from './processes.ts';

const PROCESSES = [1, 2, 4] as const;
export const THROUGHPUT_STEPS = PROCESSES.length;

/** Pages a second of one server, of two and of four behind one port, with one worker apart. */
export async function measureThroughput(
	{ installation, scale, signal, onStep }: SectionContext,
	crowd: CrowdProcess,
	tokens: readonly string[],
): Promise<Facts> {
	const measured: { readonly processes: number; readonly result: CrowdResult }[] = [];
	for (const processes of PROCESSES) {
		signal.throwIfAborted();
		await withProcesses(installation, processes, async ({ url }) => {
			await warm(crowd, url, tokens, scale.warmUp * 4 * processes);
			const length = { seconds: secondsOf(scale.wide) };
			measured.push({
				processes,
				result: await crowd.run({ url, bodies: [pageOf(10)], tokens, connections: 64, length }),
			});
		});
		onStep();
	}
	return throughputFacts(measured);
}

export function throughputFacts(
	measured: readonly { readonly processes: number; readonly result: CrowdResult }[],
): Facts {
	const one = measured[0]?.result.perSecond ?? Number.NaN;
	const facts = measured.flatMap(({ processes, result }, index): Fact[] => {
		const what = processes === 1 ? '1 process' : `${processes} processes`;
		const others = allOf(result) - countOf(result, 200);
		return [
			{ what, value: result.perSecond, unit: 'answers/s', target: null },
			...(index === 0
				? []
				: [{ what: `${what}, relative to one`, value: result.perSecond / one, unit: 'times', target: null } as const]),
			{ what: `${what}, 99 of 100 answers within`, value: result.p99, unit: 'ms', target: null },
			{ what: `${what}, anything but an answer`, value: others, unit: 'answers', target: 0 },
		];
	});
	return { title: 'Processes behind one port: pages of 10 notes, 64 connections of 8 firms', facts };
}

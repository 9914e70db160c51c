import { writeNotes } from '../jobs/write-notes.ts';
import type { Section } from '../section.ts';
import { startCrowdProcess } from './crowd.ts';
import { measureFairness } from './fairness.ts';
import { addFirms } from './firms.ts';
import { measureManyFirms } from './many-firms.ts';
import { measureOverload } from './overload.ts';
import { warm } from './pages.ts';
import { withProcesses } from './processes.ts';
import { measureThroughput, THROUGHPUT_STEPS } from './throughput.ts';
import { measureUnitCosts } from './unit-costs.ts';

/** Firms of the crowd. */
const FIRMS = 8;
/** Firms that are made between two steps of progress. */
const MADE = 100;

/** Several processes, several firms, more than can be answered, and many firms: over HTTP, from processes as in production. */
export const wide: Section = {
	name: 'wide',
	title: 'Wide',
	needsPeers: true,
	steps: ({ firms }) => THROUGHPUT_STEPS + 3 + Math.floor(firms / MADE) + 2,
	async measure(given) {
		const { installation, scale, signal, onStep } = given;
		await writeNotes(installation, 100, signal);
		const some = await addFirms(installation, FIRMS - 1, { signal });
		const tokens = [installation.token, ...some];
		const crowd = startCrowdProcess(signal);
		try {
			const throughput = await measureThroughput(given, crowd, tokens);
			const of = await withProcesses(installation, 1, async (running) => {
				const { url } = running;
				await warm(crowd, url, tokens, scale.warmUp);
				const costs = await measureUnitCosts(given, crowd, { ...running, tokens: [installation.token] });
				onStep();
				const [quiet = ''] = some;
				const fairness = await measureFairness(given, crowd, { url, loud: installation.token, quiet });
				onStep();
				const overload = await measureOverload(given, crowd, { url, tokens });
				onStep();
				return [fairness, overload, costs];
			});
			let made = 0;
			const onFirm = () => {
				made += 1;
				if (made % MADE === 0) onStep();
			};
			const all = await addFirms(installation, scale.firms, { signal, onFirm, prefix: 'many' });
			const many = await withProcesses(installation, 1, ({ url }) =>
				measureManyFirms(given, crowd, { url, tokens: all }),
			);
			return { tables: [], facts: [throughput, ...of, many] };
		} finally {
			await crowd.stop();
		}
	},
};

import { addFirms } from '../data/firms.ts';
import { writeNotes } from '../data/notes.ts';
import { startClient } from '../harness/client.ts';
import type { Section } from '../harness/section.ts';
import { withSharedPort } from '../servers/start-servers.ts';
import { measureOverload, measureThroughput, THROUGHPUT_STEPS } from './capacity.ts';
import { measureFairness, measureManyFirms } from './firms.ts';
import { warm } from './pages.ts';
import { measureUnitCosts } from './unit-costs.ts';

/** Firms of the crowd. */
const FIRMS = 8;
/** Firms that are created between two steps of progress. */
const FIRMS_PER_STEP = 100;

/** Several processes, several firms, overload, and many firms: over HTTP, with processes as in production. */
export const wide: Section = {
	name: 'wide',
	title: 'Wide',
	needsPeers: true,
	steps: ({ firms }) => THROUGHPUT_STEPS + 3 + Math.floor(firms / FIRMS_PER_STEP) + 2,
	async measure(context) {
		const { installation, scale, signal, onStep } = context;
		const { headers } = installation;
		await writeNotes(installation, 100, signal);
		const others = await addFirms(installation, FIRMS - 1, { signal });
		const people = [headers, ...others];
		await using client = startClient(signal);
		const throughput = await measureThroughput(context, client, people);
		const ofOne = await withSharedPort(installation, 1, async ({ url, worker }) => {
			await warm(client, url, people, scale.warmUp);
			const costs = await measureUnitCosts(context, client, { url, worker, people: [headers] });
			onStep();
			const fairness = await measureFairness(context, client, { url, loud: headers, quiet: others[0] ?? headers });
			onStep();
			const overload = await measureOverload(context, client, { url, people });
			onStep();
			return [fairness, overload, costs];
		});
		let created = 0;
		const onFirm = () => {
			created += 1;
			if (created % FIRMS_PER_STEP === 0) onStep();
		};
		const all = await addFirms(installation, scale.firms, { signal, onFirm, prefix: 'many' });
		const many = await withSharedPort(installation, 1, ({ url }) =>
			measureManyFirms(context, client, { url, people: all }),
		);
		return { tables: [], facts: [throughput, ...ofOne, many] };
	},
};

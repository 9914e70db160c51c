import { createLogger } from '../../src/api/index.ts';
import { readConfig } from '../../src/config/config.ts';
import type { Keyring } from '../../src/keys/index.ts';
import { startServer } from '../../src/processes/server.ts';
import { addFirms } from '../data/firms.ts';
import type { BenchInstallation } from '../data/installation.ts';
import { answer, startClient } from '../harness/client.ts';
import { compare, tableOf } from '../harness/comparison.ts';
import { type Facts, fact } from '../harness/facts.ts';
import { askOnce, type Headers, ONE_NOTE } from '../harness/query.ts';
import type { Measured, Section, SectionContext } from '../harness/section.ts';
import { startServers } from '../servers/start-servers.ts';

/** Answers to another firm before the first round, so that only the firm is cold and not the program. */
const WARM_UP = 300;

/** The first answer to a firm without a cached key, compared with the next. Each firm is a round. */
export const cold: Section = {
	name: 'cold',
	title: 'Cold start of a firm',
	needsPeers: true,
	steps: ({ coldFirms }) => 2 * coldFirms,
	measure: measureCold,
};

async function measureCold({ installation, scale: { coldFirms }, signal, onStep }: SectionContext): Promise<Measured> {
	const owners = await addFirms(installation, coldFirms, { signal, onFirm: onStep, prefix: 'cold' });
	const facts = [await countCalls(installation, owners)];
	await using open = new AsyncDisposableStack();
	const client = open.use(startClient(signal));
	const { server } = await startServers(open, { server: installation.settings });
	const ask = async (headers: Headers, requests = 1) => {
		const load = { url: server, headers, body: ONE_NOTE, connections: 1, requests };
		return (await answer(client, load)).microseconds;
	};
	await ask(installation.headers, WARM_UP);
	const times = { first: [] as number[], next: [] as number[] };
	for (const owner of owners) {
		times.first.push(await ask(owner));
		times.next.push(await ask(owner));
		onStep();
	}
	const line = compare('one note, the local keyring', times, { base: 'next', compared: 'first' });
	const table = tableOf('A firm of which the process has no key yet', 'its next answer', 'its first', [line]);
	return { tables: [table], facts };
}

/** Calls of the key service by another server, for the first answer to each firm and for the next. */
async function countCalls({ settings, database }: BenchInstallation, owners: readonly Headers[]): Promise<Facts> {
	let calls = 0;
	const counting = (keyring: Keyring): Keyring => ({
		...keyring,
		unwrap(context, wrapped) {
			calls += 1;
			return keyring.unwrap(context, wrapped);
		},
	});
	const logger = createLogger({ level: 'silent' });
	const server = await startServer(readConfig(settings), database, logger, { wrapKeyring: counting });
	const callsOfRound = async () => {
		calls = 0;
		for (const owner of owners) await askOnce(server.url, owner, ONE_NOTE);
		return calls / owners.length;
	};
	try {
		return {
			title: 'Asked of the key service for a firm, whose note is read',
			facts: [
				fact('at its first answer: for rights, and for notes', await callsOfRound(), 'calls', 2),
				fact('at its next', await callsOfRound(), 'calls', 0),
			],
		};
	} finally {
		await server.stop();
	}
}

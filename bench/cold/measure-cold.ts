import { actAsPerson } from '../../examples/demo/act-as-person.ts';
import { createLogger } from '../../src/api/index.ts';
import { readConfig } from '../../src/config/config.ts';
import { createRow } from '../../src/firms/index.ts';
import type { Keyring } from '../../src/keys/index.ts';
import { startServer } from '../../src/processes/server.ts';
import { compare } from '../comparison.ts';
import type { Facts } from '../facts.ts';
import type { BenchInstallation } from '../installation.ts';
import { startServerProcess } from '../list/server-process.ts';
import { startLoadClient } from '../load/client.ts';
import { askOnce, bearer, bodyOf } from '../load/query.ts';
import { addFirm } from '../people.ts';
import { withRequestServices } from '../request-services.ts';
import type { Measured, Section, SectionContext } from '../section.ts';

const BODY = bodyOf('{ notes(first: 1) { nodes { id title body } } }');
/** Answers to somebody else before the first round: so that only the firm is cold, and not the program. */
const BEFORE = 300;

/** The first answer to a firm of which the process has no key, beside the next: each firm is a round. */
export const cold: Section = {
	name: 'cold',
	title: 'Cold start of a firm',
	needsPeers: true,
	steps: ({ coldFirms }) => 2 * coldFirms,
	measure: measureCold,
};

async function measureCold({ installation, scale: { coldFirms }, signal, onStep }: SectionContext): Promise<Measured> {
	const tokens: string[] = [];
	for (let n = 0; n < coldFirms; n++) {
		signal.throwIfAborted();
		tokens.push(await addFirmWithNote(installation, `cold-${n}`));
		onStep();
	}
	const counted = await countCalls(installation, tokens);
	const server = await startServerProcess('firmseal', installation.settings);
	const client = startLoadClient(signal);
	try {
		const ask = async (token: string, requests = 1) =>
			(await client.run({ url: server.url, headers: bearer(token), body: BODY, connections: 1, requests }))
				.microseconds;
		await ask(installation.token, BEFORE);
		const times = { first: [] as number[], next: [] as number[] };
		for (const token of tokens) {
			times.first.push(await ask(token));
			times.next.push(await ask(token));
			onStep();
		}
		return {
			tables: [
				{
					title: 'A firm of which the process has no key yet',
					base: 'its next answer',
					compared: 'its first',
					comparisons: [compare('one note, the local keyring', times, { base: 'next', compared: 'first' })],
				},
			],
			facts: [counted],
		};
	} finally {
		await client.stop();
		await server.stop();
	}
}

async function addFirmWithNote({ config, database }: BenchInstallation, slug: string): Promise<string> {
	const { principal, token } = await addFirm({ config, database }, slug);
	await withRequestServices(config, database, (services) =>
		actAsPerson({ services: services, principal }, (at, acting) =>
			createRow(at, acting, 'Note', { title: 'A call', body: 'Of an hour.' }),
		),
	);
	return token;
}

/** What the key service is asked for all of these firms, by a server that only counts: at their first answers, and at their next. */
async function countCalls({ settings, database }: BenchInstallation, tokens: readonly string[]): Promise<Facts> {
	let calls = 0;
	const around = (keyring: Keyring): Keyring => ({
		...keyring,
		unwrap(context, wrapped) {
			calls += 1;
			return keyring.unwrap(context, wrapped);
		},
	});
	const config = readConfig(settings);
	const server = await startServer(config, database, createLogger({ level: 'silent' }), { wrapKeyring: around });
	try {
		const round = async () => {
			calls = 0;
			for (const token of tokens) await askOnce(server.url, bearer(token), BODY);
			return calls / tokens.length;
		};
		return {
			title: 'Asked of the key service for a firm, whose note is read',
			facts: [
				{ what: 'at its first answer: for rights, and for notes', value: await round(), unit: 'calls', target: 2 },
				{ what: 'at its next', value: await round(), unit: 'calls', target: 0 },
			],
		};
	} finally {
		await server.stop();
	}
}

import { onDatabase } from '../data/copies.ts';
import type { Settings } from '../data/installation.ts';
import { writeDocumentsAlsoAsText } from '../data/text-databases.ts';
import { type Answers, compareAnswers, type Load, measureAnswers, startClient } from '../harness/client.ts';
import { tableOf } from '../harness/comparison.ts';
import type { Headers } from '../harness/query.ts';
import type { Measured, SectionContext } from '../harness/section.ts';
import { openCloak } from '../peers/cloak.ts';
import { CLOAK_KEY } from '../servers/composed-server.ts';
import { VARIANT } from '../servers/serve.ts';
import { startServers } from '../servers/start-servers.ts';

const NAMES = {
	plain: 'plain columns',
	cloak: '@47ng/cloak',
	unrecorded: 'unrecorded',
	firmseal: 'Firmseal',
} as const;

type Server = keyof typeof NAMES;

/** One line of each table: in a round, each server answers so many requests. */
export interface ServerLoad extends Pick<Load, 'body' | 'connections' | 'requests'> {
	readonly what: string;
	/** The targets of Firmseal, relative to other servers, and of `unrecorded` relative to plain columns. */
	readonly targets: Readonly<Partial<Record<Server, number>>>;
}

/** Starts all servers on the same documents and measures each load. @param check throws for servers that answer wrongly */
export async function measureServers(
	what: string,
	does: 'opens' | 'seals',
	loads: readonly ServerLoad[],
	check: (urls: readonly string[], headers: Headers) => Promise<void>,
	{ installation, scale: { list: milliseconds, warmUp }, signal, onStep }: SectionContext,
): Promise<Measured> {
	const { settings, headers } = installation;
	const cloak = await openCloak();
	await writeDocumentsAlsoAsText(installation, { plain: async (text) => text, cloak: cloak.encrypt });
	const settingsOf: Readonly<Record<Server, Settings>> = {
		plain: { ...onDatabase(settings, 'plain'), [VARIANT]: 'plain' },
		cloak: { ...onDatabase(settings, 'cloak'), [VARIANT]: 'cloak', [CLOAK_KEY]: cloak.key },
		unrecorded: { ...settings, [VARIANT]: 'unrecorded' },
		firmseal: settings,
	};
	await using open = new AsyncDisposableStack();
	const client = open.use(startClient(signal));
	const urls = await startServers(open, settingsOf);
	await check(Object.values(urls), headers);
	const measured: { readonly load: ServerLoad; readonly answers: Answers<Server> }[] = [];
	for (const load of loads) {
		const of = (server: Server): Load => ({ ...load, url: urls[server], headers });
		const sides = {
			plain: of('plain'),
			cloak: of('cloak'),
			unrecorded: of('unrecorded'),
			firmseal: of('firmseal'),
		};
		measured.push({ load, answers: await measureAnswers(client, sides, { warmUp, milliseconds, signal }) });
		onStep();
	}
	const table = (title: string, base: Server, compared: Server) => {
		const lines = measured.map(({ load, answers }) =>
			compareAnswers(load.what, answers, { base, compared, target: load.targets[base] }),
		);
		return tableOf(`${what}${title}`, NAMES[base], NAMES[compared], lines);
	};
	return {
		tables: [
			table(': what encryption and the log cost', 'plain', 'firmseal'),
			table(': what encryption alone costs', 'plain', 'unrecorded'),
			table(`, with a peer that ${does} each field`, 'cloak', 'firmseal'),
			table(': the share of the audit log', 'unrecorded', 'firmseal'),
		],
		facts: [],
	};
}

export const counted = (count: number, noun: string): string =>
	`${count.toLocaleString('en-US')} ${noun}${count > 1 ? 's' : ''}`;

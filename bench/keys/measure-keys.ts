import { CONTENT_CLASSES } from '../../src/access/index.ts';
import type { Keyring } from '../../src/keys/index.ts';
import { openKeyring, openPlaneOf } from '../../src/wiring/index.ts';
import { openDataKeys } from '../data/data-keys.ts';
import type { BenchInstallation } from '../data/installation.ts';
import { type Facts, fact } from '../harness/facts.ts';
import { askOnce, bodyOf } from '../harness/query.ts';
import type { Section } from '../harness/section.ts';
import { startServers } from '../servers/start-servers.ts';

const READERS = 1_000;
const REFUSALS = 10;

export const keys: Section = {
	name: 'keys',
	title: 'Keys',
	steps: () => 2,
	async measure({ installation, onStep }) {
		const readers = await countFirstCalls(installation);
		onStep();
		const refusal = await measureRefusal(installation);
		onStep();
		return { tables: [], facts: [readers, refusal] };
	},
};

/** Calls of the key service when many requests are the first, all at once, to read a value of each class of one firm. */
async function countFirstCalls({ config, database, firm }: BenchInstallation): Promise<Facts> {
	const calls = new Map<string, number>();
	await using open = new AsyncDisposableStack();
	const plane = open.adopt(openPlaneOf(database, 'firmseal_firm', 4), (each) => each.close());
	const keyring = await openKeyring(config, 'firm');
	const counting: Keyring = {
		...keyring,
		unwrap(context, wrapped) {
			calls.set(context.class, (calls.get(context.class) ?? 0) + 1);
			return keyring.unwrap(context, wrapped);
		},
	};
	const creating = await openDataKeys(config, plane);
	const versions = new Map<string, number>();
	for (const keyClass of CONTENT_CLASSES)
		versions.set(keyClass, (await creating.loadSealingKey(firm, keyClass, 1)).version);
	const dataKeys = await openDataKeys(config, plane, { keyring: counting });
	const loads = Array.from({ length: READERS }, () =>
		CONTENT_CLASSES.map((keyClass) => dataKeys.loadOpeningKey(firm, keyClass, versions.get(keyClass) ?? 1)),
	);
	await Promise.all(loads.flat());
	return {
		title: `${READERS} first readers of a firm at once`,
		facts: CONTENT_CLASSES.map((keyClass) =>
			fact(`asked of the key service for ${keyClass}`, calls.get(keyClass) ?? Number.NaN, 'calls', 1),
		),
	};
}

const NOTES = bodyOf('{ notes(first: 1) { nodes { title } } }');
const DOCUMENTS = bodyOf('{ documents(first: 1) { nodes { description } } }');

/** How soon a process drops the cached keys of a firm after the key service has refused the firm's key to another process. */
async function measureRefusal({ config, settings, firm, headers }: BenchInstallation): Promise<Facts> {
	const keyring = await openKeyring(config, 'worker');
	await using open = new AsyncDisposableStack();
	const { refused, caching } = await startServers(open, { refused: settings, caching: settings });
	const ask = (url: string, body: string) => askOnce(url, headers, body);
	// An error instead of data when the rights of the member cannot be proven either.
	const isClosed = async (url: string, body: string) =>
		(await ask(url, body).catch(String)).includes('KEY_UNAVAILABLE');
	await ask(caching, bodyOf('mutation { createNote(input: { title: "kept" }) { note { id } } }'));
	const document = '{ name: "kept.txt", mimeType: "text/plain", description: "kept" }';
	await ask(caching, bodyOf(`mutation { createDocument(input: ${document}) { document { id } } }`));
	const milliseconds: number[] = [];
	for (let time = 0; time < REFUSALS; time++) {
		if (await isClosed(caching, NOTES)) throw new Error('A server did not open a note of the benchmark.');
		await keyring.disableKey(firm);
		// This server has no cached key of the class, so it asks the key service.
		if (!(await isClosed(refused, DOCUMENTS))) throw new Error('A server opened a document under a disabled key.');
		const since = performance.now();
		while (!(await isClosed(caching, NOTES)));
		milliseconds.push(performance.now() - since);
		await keyring.enableKey(firm);
	}
	return {
		title: 'A firm’s key that is refused',
		facts: [
			fact(
				`until another process has no key of it, the longest of ${REFUSALS}`,
				Math.max(...milliseconds),
				'ms',
				1_000,
			),
		],
	};
}

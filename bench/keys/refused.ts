import { openKeyring } from '../../src/wiring/index.ts';
import type { Facts } from '../facts.ts';
import type { BenchInstallation } from '../installation.ts';
import { startServerProcess } from '../list/server-process.ts';
import { askOnce, bearer, bodyOf } from '../load/query.ts';

const TIMES = 10;
const NOTES = bodyOf('{ notes(first: 1) { nodes { title } } }');
const DOCUMENTS = bodyOf('{ documents(first: 1) { nodes { description } } }');

/** How soon a process that has a firm's keys at hand is without them, once the key service has refused another process. */
export async function measureRefusal({ config, settings, firm, token }: BenchInstallation): Promise<Facts> {
	const keyring = await openKeyring(config, 'worker');
	const [refused, hearing] = await Promise.all([
		startServerProcess('firmseal', settings),
		startServerProcess('firmseal', settings),
	]);
	try {
		const ask = (url: string, body: string) => askOnce(url, bearer(token), body);
		const isClosed = (url: string, body: string) =>
			ask(url, body).then(
				(answer) => answer.includes('KEY_UNAVAILABLE'),
				// Its rights can't be proven any more.
				(error: unknown) => String(error).includes('cannot be checked'),
			);
		await ask(hearing.url, bodyOf('mutation { createNote(input: { title: "kept" }) { note { id } } }'));
		const document = '{ name: "kept.txt", mimeType: "text/plain", description: "kept" }';
		await ask(hearing.url, bodyOf(`mutation { createDocument(input: ${document}) { document { id } } }`));
		const milliseconds: number[] = [];
		for (let time = 0; time < TIMES; time++) {
			if (await isClosed(hearing.url, NOTES)) throw new Error('A note of the benchmark stayed closed.');
			await keyring.disableKey(firm);
			// Its first use of the class: it has no key of it at hand.
			if (!(await isClosed(refused.url, DOCUMENTS))) throw new Error('A key that is disabled was given out.');
			const since = performance.now();
			while (!(await isClosed(hearing.url, NOTES)));
			milliseconds.push(performance.now() - since);
			await keyring.enableKey(firm);
		}
		return {
			title: 'A firm’s key that is refused',
			facts: [
				{
					what: `until another process has no key of it, the longest of ${TIMES}`,
					value: Math.max(...milliseconds),
					unit: 'ms',
					target: 1_000,
				},
			],
		};
	} finally {
		await Promise.all([refused.stop(), hearing.stop()]);
	}
}

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
	extendKeyLog,
	extendSubLog,
	type KeyLog,
	KeyLogError,
	readEntry,
	readKeyLog,
	readSubLog,
	readSubLogEntry,
	type SubLog,
} from '../../../src/custody/index.ts';

interface LogVector {
	readonly name: string;
	readonly entries: readonly string[];
	readonly hashes: readonly string[];
	readonly head: string;
	readonly state: LogState;
}

interface LogState {
	readonly size: number;
	readonly head: string;
	readonly people: Record<string, string>;
	readonly devices: Record<string, { person: string; kind: string; active: boolean }>;
	readonly classes: Record<string, { custody: string; versions: Record<string, { stale: boolean; retired: boolean }> }>;
	readonly generations: Record<string, number>;
}

interface RefusedVector {
	readonly why: string;
	readonly log: string;
	/** -1: no entry comes before. */
	readonly after: number;
	readonly entry: string;
}

const { keyLogs, refusedEntries } = (
	JSON.parse(readFileSync(new URL('../../vectors/custody-v1.json', import.meta.url), 'utf8')) as {
		vectors: { keyLogs: readonly LogVector[]; refusedEntries: readonly RefusedVector[] };
	}
).vectors;
const isSub = (name: string) => name === 'sub-log';

function stateOf(log: KeyLog): LogState {
	const present = [...log.people].filter(([, { role }]) => role !== null);
	const classes = [...log.classes].map(([name, { custody, versions }]) => {
		const of = [...versions].map(([number, { stale, retired }]) => [
			number,
			{ stale: stale !== null, retired: retired !== null },
		]);
		return [name, { custody, versions: Object.fromEntries(of) }];
	});
	return {
		size: log.size,
		head: log.head,
		people: Object.fromEntries(present.map(([id, { role }]) => [id, role as string])),
		devices: devicesOf(log.devices, (id) => log.devices.get(id)?.kind as string),
		classes: Object.fromEntries(classes),
		generations: Object.fromEntries(
			log.generations.keys().map((key) => [key, log.generations.of(key).at(-1) as number]),
		),
	};
}

const devicesOf = (
	devices: ReadonlyMap<string, { person: string; revoked: number | null }>,
	kindOf: (id: string) => string,
) =>
	Object.fromEntries(
		[...devices].map(([id, { person, revoked }]) => [id, { person, kind: kindOf(id), active: revoked === null }]),
	);

const stateOfSub = (log: SubLog): LogState => ({
	size: log.size,
	head: log.head,
	people: Object.fromEntries([...log.people].map(([id, { role }]) => [id, role])),
	devices: devicesOf(log.devices, () => 'DEVICE'),
	classes: {},
	generations: {},
});

it.each(keyLogs)('the log "$name" has the state that an independent program found', async (vector) => {
	if (isSub(vector.name)) return expect(stateOfSub((await readSubLog(vector.entries)) as SubLog)).toEqual(vector.state);
	const log = (await readKeyLog(vector.entries)) as KeyLog;
	expect(stateOf(log)).toEqual(vector.state);
	expect(vector.hashes.map((hash) => log.chain.seqOf(hash))).toEqual([...vector.hashes.keys()]);
});

it('each entry that breaks one rule is refused, and none for its form alone if it has the form', async () => {
	const prefixes = await prefixesOf();
	const found: string[] = [];
	for (const { why, log, after, entry } of refusedEntries) {
		const prefix = prefixes.get(`${log} ${after}`) ?? null;
		const attempt = isSub(log)
			? readSubLogEntry(entry).then((read) => extendSubLog(prefix as SubLog | null, read))
			: readEntry(entry).then((read) => extendKeyLog(prefix as KeyLog | null, read));
		const error: unknown = await attempt.catch((thrown: unknown) => thrown);
		found.push(`${why}: ${error instanceof KeyLogError ? error.rule : 'ACCEPTED'}`);
	}
	expect(found.filter((line) => line.endsWith('ACCEPTED'))).toEqual([]);
	await expect(`${found.join('\n')}\n`).toMatchFileSnapshot('refused-entries.txt');
});

/** The log after each entry, by its name and the entry's number. */
async function prefixesOf(): Promise<Map<string, KeyLog | SubLog>> {
	const prefixes = new Map<string, KeyLog | SubLog>();
	for (const { name, entries } of keyLogs) {
		let [log, sub]: [KeyLog | null, SubLog | null] = [null, null];
		for (const [seq, text] of entries.entries()) {
			if (isSub(name)) sub = await extendSubLog(sub, await readSubLogEntry(text));
			else log = await extendKeyLog(log, await readEntry(text));
			prefixes.set(`${name} ${seq}`, (log ?? sub) as KeyLog | SubLog);
		}
	}
	return prefixes;
}

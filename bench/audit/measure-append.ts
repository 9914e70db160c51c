import { createHash, randomUUID } from 'node:crypto';
import type { FirmPrincipal } from '../../src/access/index.ts';
import { draftEntry } from '../../src/audit/index.ts';
import type { AppendingLog } from '../../src/audit-log/index.ts';
import { openLog, openPlaneOf } from '../../src/wiring/index.ts';
import { compare, tableOf } from '../harness/comparison.ts';
import { fact } from '../harness/facts.ts';
import { measureRounds, type TimedSide } from '../harness/rounds.ts';
import type { Section } from '../harness/section.ts';

/** Concurrent appends, each of which waits until its entry is durable, and the number of entries of each per round. */
const WAITERS = { 1: 100, 8: 100, 32: 100, 256: 50 } as const;
type Waiters = keyof typeof WAITERS;
const COUNTS: readonly Waiters[] = [1, 8, 32, 256];
/** Entries per second with 32 waiters. */
const TARGETS: Readonly<Partial<Record<Waiters, number>>> = { 32: 16_000 };

/** How many entries per second the log makes durable on its one connection. */
export const append: Section = {
	name: 'append',
	title: 'Append',
	steps: () => 1,
	async measure({ installation: { database, member }, scale, signal, onStep }) {
		await using open = new AsyncDisposableStack();
		const plane = open.adopt(openPlaneOf(database, 'firmseal_firm', 1), (each) => each.close());
		const log = open.adopt(openLog(plane), (each) => each.close());
		const sides = Object.fromEntries(
			COUNTS.map((waiters) => [waiters, () => appendAll(log, member, waiters, WAITERS[waiters])]),
		) as Record<Waiters, TimedSide>;
		for (const side of Object.values(sides)) await side();
		const times = await measureRounds<`${Waiters}`>(sides, { milliseconds: scale.append, signal });
		onStep();
		const lines = COUNTS.map((waiters) => compare(`${waiters} waiting`, times, { base: '1', compared: `${waiters}` }));
		const title = 'The log: time for an entry, as more wait at once';
		const table = tableOf(title, '1 waiting', 'so many', lines.slice(1));
		const facts = COUNTS.map((waiters, at) => {
			const perSecond = 1e6 / (lines[at]?.compared.median ?? Number.NaN);
			return { ...fact(`${waiters} waiting at once`, perSecond, 'entries/s', TARGETS[waiters] ?? null), isLeast: true };
		});
		return { tables: [table], facts: [{ title: 'The log: entries that are made durable', facts }] };
	},
};

/** Appends concurrently: each of `waiters` appends `each` entries in sequence, as for the read of one document. @returns microseconds per entry */
export async function appendAll(
	log: AppendingLog,
	{ firm, user }: Pick<FirmPrincipal, 'firm' | 'user'>,
	waiters: number,
	each: number,
): Promise<number> {
	const acting = {
		actor: { kind: 'firm', user, roles: ['MEMBER'] },
		plane: 'firm',
		request: randomUUID(),
		document: createHash('sha256').update(user).digest('hex'),
	} as const;
	const read = draftEntry(acting, {
		action: 'content.open',
		firm,
		coordinates: ['Document.description', 'Document.name'],
		records: [user],
		keys: [{ class: 'DOCUMENT', version: 1, source: 'CACHE', requestId: null }],
	});
	const start = performance.now();
	await Promise.all(
		Array.from({ length: waiters }, async () => {
			for (let done = 0; done < each; done++) await log.append([read]);
		}),
	);
	return ((performance.now() - start) * 1000) / (waiters * each);
}

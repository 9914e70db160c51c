import { createHash, randomUUID } from 'node:crypto';
import type { FirmPrincipal } from '../../src/access/index.ts';
import { draftEntry } from '../../src/audit/index.ts';
import type { AppendingLog } from '../../src/audit-log/index.ts';
import { openLog, openPlaneOf } from '../../src/wiring/index.ts';
import { compare } from '../comparison.ts';
import { measureRounds, type TimedSide } from '../rounds.ts';
import type { Section } from '../section.ts';

/** Who wait at once, each for an entry of their own to be durable; and entries of each in one round. */
const WAITERS = { 1: 100, 8: 100, 32: 100, 256: 50 } as const;
type Waiters = keyof typeof WAITERS;
const MANY: readonly Waiters[] = [1, 8, 32, 256];
/** Entries a second, at 32. */
const TARGETS: Readonly<Partial<Record<Waiters, number>>> = { 32: 16_000 };

/** How many entries a second are made durable by the real log, through the real plane, on one connection. */
export const append: Section = {
	name: 'append',
	title: 'Append',
	steps: () => 1,
	async measure({ installation: { database, member }, scale, signal, onStep }) {
		const plane = openPlaneOf(database, 'firmseal_firm', 1);
		const log = openLog(plane);
		try {
			const sides = Object.fromEntries(
				MANY.map((waiters) => [waiters, () => appendAll(log, member, waiters, WAITERS[waiters])]),
			) as Record<Waiters, TimedSide>;
			for (const side of Object.values(sides)) await side();
			const times = await measureRounds<`${Waiters}`>(sides, { milliseconds: scale.append, signal });
			onStep();
			const lines = MANY.map((waiters) =>
				compare(`${waiters} waiting`, times, { base: '1', compared: `${waiters}` as const }),
			);
			return {
				tables: [
					{
						title: 'The log: time for an entry, as more wait at once',
						base: '1 waiting',
						compared: 'so many',
						comparisons: lines.slice(1),
					},
				],
				facts: [
					{
						title: 'The log: entries that are made durable',
						facts: MANY.map((waiters, at) => ({
							what: `${waiters} waiting at once`,
							value: 1e6 / (lines[at]?.compared.median ?? Number.NaN),
							unit: 'entries/s',
							target: TARGETS[waiters] ?? null,
							isLeast: true,
						})),
					},
				],
			};
		} finally {
			await log.close();
			await plane.close();
		}
	},
};

/** Microseconds for each of all entries: `waiters` append one after the other, at once, what a read of one document leaves in the log. */
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

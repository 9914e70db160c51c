import { setTimeout as delay } from 'node:timers/promises';
// biome-ignore lint/correctness/noUndeclaredDependencies: the project has it; bench/package.json is for peers only.
import type postgres from 'postgres';
import { systemEntry } from '../../src/audit/index.ts';
import type { Facts } from '../facts.ts';
import { asAdministrator, type BenchInstallation } from '../installation.ts';
import { quantileOf } from '../rounds.ts';
import { withRunningLog } from '../running-log.ts';

/** Entries of one append, and milliseconds between two: 1,000 entries a second. */
const TOGETHER = 10;
const PERIOD = 10;
/** Milliseconds between two looks for what has become a leaf, and at most for all of them. */
const LOOKING = 10;
const LONGEST = 30_000;
/** Milliseconds, at the median. */
const LEAF_TARGET = 250;
const PUBLISHED_TARGET = 1_000;

interface Waiting {
	readonly entry: string;
	/** When it was durable, by performance.now(). */
	readonly committed: number;
	leaf: number | null;
	published: number | null;
}

/** Milliseconds from the commit of an entry until it is a leaf of its tree, and until a signed checkpoint of the root tree covers it. */
export async function measureSequencing(
	installation: BenchInstallation,
	{ milliseconds, signal }: { readonly milliseconds: number; readonly signal: AbortSignal },
): Promise<Facts> {
	const { firm, settings } = installation;
	return withRunningLog(installation, async (log) => {
		const waiting: Waiting[] = [];
		await asAdministrator(settings.FIRMSEAL_ADMIN_DATABASE_URL ?? '', async (sql) => {
			await untilKept(sql);
			const writing = write();
			const end = performance.now() + milliseconds + LONGEST;
			let isWritten = false;
			void writing.then(() => {
				isWritten = true;
			});
			while (!isWritten || waiting.some(({ published }) => published === null)) {
				signal.throwIfAborted();
				if (performance.now() > end) throw new Error('The log was not published in time.');
				await look(sql, waiting);
				await delay(LOOKING);
			}
			await writing;
		});

		async function write(): Promise<void> {
			const started = performance.now();
			const appends: Promise<void>[] = [];
			for (let n = 0; n * PERIOD < milliseconds; n++) {
				await delay(Math.max(0, started + n * PERIOD - performance.now()));
				const drafts = Array.from({ length: TOGETHER }, () => systemEntry('worker', { action: 'log.read', firm }));
				appends.push(
					log.append(drafts).then(([entry = '']) => {
						waiting.push({ entry, committed: performance.now(), leaf: null, published: null });
					}),
				);
			}
			await Promise.all(appends);
		}

		const leaf = waiting.map(({ leaf, committed }) => (leaf ?? Number.NaN) - committed);
		const published = waiting.map(({ published, committed }) => (published ?? Number.NaN) - committed);
		const line = (what: string, values: readonly number[], part: number, target: number | null) => ({
			what,
			value: quantileOf(values, part),
			unit: 'ms' as const,
			target,
		});
		return {
			title: `The log at ${(1000 / PERIOD) * TOGETHER} entries a second for ${milliseconds / 1000} s`,
			facts: [
				line('from the commit to the leaf, median', leaf, 0.5, LEAF_TARGET),
				line('from the commit to the leaf, 99 of 100', leaf, 0.99, null),
				line('from the commit to published, median', published, 0.5, PUBLISHED_TARGET),
				line('from the commit to published, 99 of 100', published, 0.99, null),
			],
		};
	});
}

async function untilKept(sql: postgres.Sql): Promise<void> {
	for (const end = performance.now() + LONGEST; performance.now() < end; await delay(LOOKING)) {
		const [row] = await sql`select exists (select from audit_root_checkpoints) as yes`;
		if (row?.yes === true) return;
	}
	throw new Error('The log of the benchmark is not kept.');
}

async function look(sql: postgres.Sql, waiting: readonly Waiting[]): Promise<void> {
	const asked = waiting.filter(({ published }) => published === null);
	if (asked.length === 0) return;
	const rows = await sql`
		select l.entry_id as entry, exists (
			select from audit_root_leaves r where r.tree = l.tree and r.size > l.index
				and r.index < (select max(size) from audit_root_checkpoints)) as published
		from audit_leaves l where l.entry_id = any (${asked.map(({ entry }) => entry)}::uuid[])`;
	const now = performance.now();
	const found = new Map(rows.map(({ entry, published }) => [entry as string, published as boolean]));
	for (const one of asked) {
		if (!found.has(one.entry)) continue;
		one.leaf ??= now;
		if (found.get(one.entry)) one.published = now;
	}
}

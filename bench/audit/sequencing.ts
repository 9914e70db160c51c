import { setTimeout as delay } from 'node:timers/promises';
import type postgres from 'postgres';
import { systemEntry } from '../../src/audit/index.ts';
import { asAdministrator } from '../data/installation.ts';
import { type Facts, fact } from '../harness/facts.ts';
import { quantileOf } from '../harness/rounds.ts';
import type { SectionContext } from '../harness/section.ts';
import { withRunningLog } from '../running-log.ts';

/** Entries per append and milliseconds between two appends: 1,000 entries per second. */
const BATCH = 10;
const PERIOD = 10;
/** Milliseconds between two queries for new leaves, and at most until all entries are published. */
const QUERY_PERIOD = 10;
const TIMEOUT = 30_000;
/** Milliseconds, at the median. */
const LEAF_TARGET = 250;
const PUBLISHED_TARGET = 1_000;

interface Waiting {
	readonly entry: string;
	/** Times by performance.now(). */
	readonly committed: number;
	leaf: number | null;
	published: number | null;
}

/** Milliseconds from the commit of an entry until it is a leaf of its tree, and until a signed checkpoint of the root tree covers it. */
export async function measureSequencing({ installation, scale, signal }: SectionContext): Promise<Facts> {
	const { firm, adminUrl } = installation;
	const milliseconds = scale.logged;
	const waiting: Waiting[] = [];
	await withRunningLog(installation, async (log) => {
		const write = async () => {
			const started = performance.now();
			const appends: Promise<void>[] = [];
			for (let n = 0; n * PERIOD < milliseconds; n++) {
				await delay(Math.max(0, started + n * PERIOD - performance.now()));
				const drafts = Array.from({ length: BATCH }, () => systemEntry('worker', { action: 'log.read', firm }));
				appends.push(
					log.append(drafts).then(([entry = '']) => {
						waiting.push({ entry, committed: performance.now(), leaf: null, published: null });
					}),
				);
			}
			await Promise.all(appends);
		};
		await asAdministrator(adminUrl, async (sql) => {
			await untilFirstCheckpoint(sql);
			let isWritten = false;
			const writing = write().finally(() => {
				isWritten = true;
			});
			const end = performance.now() + milliseconds + TIMEOUT;
			while (!isWritten || waiting.some(({ published }) => published === null)) {
				signal.throwIfAborted();
				if (performance.now() > end) throw new Error('The log was not published in time.');
				await updateWaiting(sql, waiting);
				await delay(QUERY_PERIOD);
			}
			await writing;
		});
	});
	const leaf = waiting.map((each) => (each.leaf ?? Number.NaN) - each.committed);
	const published = waiting.map((each) => (each.published ?? Number.NaN) - each.committed);
	return {
		title: `The log at ${(1000 / PERIOD) * BATCH} entries a second for ${milliseconds / 1000} s`,
		facts: [
			fact('from the commit to the leaf, median', quantileOf(leaf, 0.5), 'ms', LEAF_TARGET),
			fact('from the commit to the leaf, 99 of 100', quantileOf(leaf, 0.99), 'ms'),
			fact('from the commit to published, median', quantileOf(published, 0.5), 'ms', PUBLISHED_TARGET),
			fact('from the commit to published, 99 of 100', quantileOf(published, 0.99), 'ms'),
		],
	};
}

async function untilFirstCheckpoint(sql: postgres.Sql): Promise<void> {
	for (const end = performance.now() + TIMEOUT; performance.now() < end; await delay(QUERY_PERIOD)) {
		const [row] = await sql`select exists (select from audit_root_checkpoints) as yes`;
		if (row?.yes === true) return;
	}
	throw new Error('The leader of the log did not start in time.');
}

async function updateWaiting(sql: postgres.Sql, waiting: readonly Waiting[]): Promise<void> {
	const open = waiting.filter(({ published }) => published === null);
	if (open.length === 0) return;
	const rows = await sql`
		select l.entry_id as entry, exists (
			select from audit_root_leaves r where r.tree = l.tree and r.size > l.index
				and r.index < (select max(size) from audit_root_checkpoints)) as published
		from audit_leaves l where l.entry_id = any (${open.map(({ entry }) => entry)}::uuid[])`;
	const now = performance.now();
	const found = new Map(rows.map(({ entry, published }) => [entry as string, published as boolean]));
	for (const each of open) {
		if (!found.has(each.entry)) continue;
		each.leaf ??= now;
		if (found.get(each.entry)) each.published = now;
	}
}

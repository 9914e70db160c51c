import { setTimeout as delay } from 'node:timers/promises';
import { writeEntries } from '../data/entries.ts';
import { asAdministrator, type BenchInstallation } from '../data/installation.ts';
import { startChild } from '../harness/child.ts';
import { type Fact, type Facts, fact } from '../harness/facts.ts';
import type { Section, SectionContext } from '../harness/section.ts';
import { withRunningLog } from '../running-log.ts';
import { measureSequencing } from './sequencing.ts';

const FIRMS = 40;
/** Seconds for a million entries. */
const TARGET = 60;
const MILLION = 1_000_000;
/** MB more than for the smallest log. */
const MEMORY_TARGET = 30;
/** Milliseconds. */
const QUERY_PERIOD = 200;

/** How soon an entry is in a tree and in a signed checkpoint, and how long the verification of a log takes. */
export const audit: Section = {
	name: 'audit',
	title: 'Audit',
	steps: ({ verified }) => 1 + verified.length,
	async measure(context) {
		const sequencing = await measureSequencing(context);
		context.onStep();
		return { tables: [], facts: [sequencing, await measureVerification(context)] };
	},
};

/** Verifies logs of 40 firms, each in a new process. The leader of the log makes the trees from entries that are inserted by SQL. */
async function measureVerification({ installation, scale, signal, onStep }: SectionContext): Promise<Facts> {
	const { verified } = scale;
	const facts: Fact[] = [];
	let written = 0;
	let smallest: number | null = null;
	for (const size of verified) {
		await fill(installation, written, size, signal);
		written = size;
		await using child = startChild<typeof import('./verify.ts')>(new URL('verify.ts', import.meta.url), { signal });
		const url = installation.settings.FIRMSEAL_WORKER_DATABASE_URL ?? '';
		const { leaves, findings, seconds, bytes } = await child.call('verify', url);
		if (findings > 0 || leaves < size)
			throw new Error(`The log of the benchmark is wrong: ${leaves} leaves, ${findings} findings.`);
		const what = `${size.toLocaleString('en-US')} entries`;
		const memoryTarget = smallest === null ? null : smallest + MEMORY_TARGET;
		facts.push(
			fact(`${what}, verified`, seconds, 's', size === verified.at(-1) ? (TARGET * size) / MILLION : null),
			fact(`${what}, a second`, leaves / seconds, 'entries/s'),
			fact(`${what}, memory that it takes`, bytes / 1e6, 'MB', memoryTarget),
		);
		smallest ??= bytes / 1e6;
		onStep();
	}
	return { title: 'The whole log, verified', facts };
}

/** Inserts the entries and waits until all of them are in signed trees. */
async function fill(installation: BenchInstallation, from: number, to: number, signal: AbortSignal): Promise<void> {
	await withRunningLog(installation, () =>
		asAdministrator(installation.adminUrl, async (sql) => {
			await writeEntries(sql, [from, to], FIRMS, signal);
			for (let isComplete = false; !isComplete; await delay(QUERY_PERIOD)) {
				signal.throwIfAborted();
				const [row] = await sql`
					select coalesce(sum(size), 0) >= ${to} and bool_and(signed = size) and
						(select max(size) from audit_root_checkpoints) > (select max(index) from audit_root_leaves) as yes
					from audit_trees`;
				isComplete = row?.yes === true;
			}
			await sql`analyze audit_entries, audit_leaves`;
		}),
	);
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Fact, Facts } from '../facts.ts';
import { asAdministrator, type BenchInstallation } from '../installation.ts';
import { withRunningLog } from '../running-log.ts';
import type { Verified } from './verify-process.ts';
import { writeEntries } from './write-entries.ts';

const PROCESS = fileURLToPath(new URL('verify-process.ts', import.meta.url));
const FIRMS = 40;
/** Entries of one transaction. */
const TOGETHER = 5_000;
/** Seconds for a million entries. */
const TARGET = 60;
const MILLION = 1_000_000;
/** MB over what the smaller log takes. */
const MEMORY_TARGET = 30;
/** Milliseconds. */
const LOOKING = 200;

export interface VerificationOptions {
	readonly sizes: readonly [number, number];
	readonly signal: AbortSignal;
	readonly onStep: () => void;
}

/** Verifies logs of so many entries of 40 firms, which the log itself has made into trees, each in a process of its own. */
export async function measureVerification(
	installation: BenchInstallation,
	{ sizes, signal, onStep }: VerificationOptions,
): Promise<Facts> {
	const facts: Fact[] = [];
	let written = 0;
	let smaller: number | null = null;
	for (const size of sizes) {
		await fill(installation, written, size, signal);
		written = size;
		const { leaves, findings, milliseconds, bytes } = await verify(installation, signal);
		if (findings > 0 || leaves < size)
			throw new Error(`The log of the benchmark is wrong: ${leaves} leaves, ${findings} findings.`);
		const what = `${size.toLocaleString('en-US')} entries`;
		const seconds = milliseconds / 1000;
		facts.push(
			{
				what: `${what}, verified`,
				value: seconds,
				unit: 's',
				target: size === sizes[1] ? (TARGET * size) / MILLION : null,
			},
			{ what: `${what}, a second`, value: leaves / seconds, unit: 'entries/s', target: null },
			{
				what: `${what}, memory that it takes`,
				value: bytes / 1e6,
				unit: 'MB',
				target: smaller === null ? null : smaller + MEMORY_TARGET,
			},
		);
		smaller ??= bytes / 1e6;
		onStep();
	}
	return { title: 'The whole log, verified', facts };
}

/** Entries by SQL, as a process would write them; the real log makes leaves of them. */
async function fill(installation: BenchInstallation, from: number, to: number, signal: AbortSignal): Promise<void> {
	await withRunningLog(installation, () =>
		asAdministrator(installation.settings.FIRMSEAL_ADMIN_DATABASE_URL ?? '', async (sql) => {
			for (let at = from; at < to; at += TOGETHER) {
				signal.throwIfAborted();
				await writeEntries(sql, { from: at, to: Math.min(at + TOGETHER, to), firms: FIRMS });
			}
			for (let isWhole = false; !isWhole; await delay(LOOKING)) {
				signal.throwIfAborted();
				const [row] = await sql`
					select coalesce(sum(size), 0) >= ${to} and bool_and(signed = size) and
						(select max(size) from audit_root_checkpoints) > (select max(index) from audit_root_leaves) as yes
					from audit_trees`;
				isWhole = row?.yes === true;
			}
			await sql`analyze audit_entries, audit_leaves`;
		}),
	);
}

async function verify({ settings }: BenchInstallation, signal: AbortSignal): Promise<Verified> {
	const child = fork(PROCESS, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], signal });
	const ended = once(child, 'exit');
	child.send(settings.FIRMSEAL_WORKER_DATABASE_URL ?? '');
	const [said] = await Promise.race([once(child, 'message'), ended.then(() => [null])]);
	await ended;
	if (said === null) throw new Error('The process that had to verify the log ended before it had.');
	return said as Verified;
}

import { readFile } from 'node:fs/promises';
import { errorCodeOf } from '../errors.ts';

/** A process as a file names it. The system reuses process ids, so the start time is part of the name. */
export interface NamedProcess {
	readonly pid: number;
	/** The start time in Linux's clock ticks since boot, as digits. null if unknown. */
	readonly start: string | null;
}

export const thisProcess = async (): Promise<NamedProcess> => ({
	pid: process.pid,
	start: await startOf(process.pid),
});

/** Whether the process runs and has this start time. If a start time is unknown, the id alone decides. */
export async function isRunning({ pid, start }: NamedProcess): Promise<boolean> {
	if (!isAlive(pid)) return false;
	const now = await startOf(pid);
	return start === null || now === null || now === start;
}

/** The same check as a shell condition, which needs no program but sed. */
export const runsInShell = ({ pid, start }: NamedProcess): string =>
	[
		`kill -0 ${pid} 2>/dev/null`,
		...(start === null
			? []
			: [
					`[ "$(sed -n 's/.*) \\([^ ]* \\)\\{${FIELD}\\}\\([0-9]*\\) .*/\\2/p' /proc/${pid}/stat 2>/dev/null)" = ${start} ]`,
				]),
	].join(' && ');

/** Index of the start time, which is field 22 of /proc/PID/stat, in the fields after the program's name, which begin with field 3. */
const FIELD = 22 - 3;

/** The start time of a process. null if there is no such process, or on a system other than Linux. */
async function startOf(pid: number): Promise<string | null> {
	const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
	// The name stands in parentheses and may itself contain spaces and parentheses: field 3 begins after the last `)`.
	return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[FIELD] ?? null;
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		// EPERM: the process runs, as another user.
		return errorCodeOf(error) === 'EPERM';
	}
}

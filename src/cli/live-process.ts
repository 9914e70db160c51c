import { readFile } from 'node:fs/promises';
import { errorCodeOf } from '../errors.ts';

/** A process as a file names it. Ids come again, so it goes by its start too. */
export interface NamedProcess {
	readonly pid: number;
	/** As Linux counts it, a row of digits; null: not known. */
	readonly start: string | null;
}

export const thisProcess = async (): Promise<NamedProcess> => ({
	pid: process.pid,
	start: await startOf(process.pid),
});

/** Whether the process is there, and is the one that began at `start`. Where that is not known, it is taken for that one. */
export async function isRunning({ pid, start }: NamedProcess): Promise<boolean> {
	if (!isAlive(pid)) return false;
	const now = await startOf(pid);
	return start === null || now === null || now === start;
}

/** The same as a condition of a shell, which needs no program but sed for it. */
export const runsInShell = ({ pid, start }: NamedProcess): string =>
	[
		`kill -0 ${pid} 2>/dev/null`,
		...(start === null
			? []
			: [
					`[ "$(sed -n 's/.*) \\([^ ]* \\)\\{${FIELD}\\}\\([0-9]*\\) .*/\\2/p' /proc/${pid}/stat 2>/dev/null)" = ${start} ]`,
				]),
	].join(' && ');

/** Fields of /proc/PID/stat between the name of the program and the start: it is field 22, and the first after the name is 3. */
const FIELD = 22 - 3;

/** When a process began; null: no such process, or no Linux. */
async function startOf(pid: number): Promise<string | null> {
	const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
	// The name, in parentheses, may have spaces and parentheses of its own: what comes after the last one begins with field 3.
	return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[FIELD] ?? null;
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		// It is another user's.
		return errorCodeOf(error) === 'EPERM';
	}
}

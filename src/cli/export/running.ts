import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, FirmsealError } from '../../errors.ts';
import { removePart, throwUnwritten } from '../files/index.ts';

/** Keeps a second run out of an incomplete export. One that was killed keeps nobody out. @throws FirmsealError CONFLICT */
export async function holdAlone(directory: string): Promise<() => Promise<void>> {
	const path = join(directory, 'running');
	if (!(await claim(path))) {
		const [pid = '', start] = (await readFile(path, 'utf8').catch(() => '')).split(' ');
		if (await isRunning(Number(pid), start))
			throw new FirmsealError(
				'CONFLICT',
				`Another export to this place is running, as process ${pid}: wait until it has ended, or, if that is no export, remove ${JSON.stringify(path)}.`,
			);
		await removePart(path);
		if (!(await claim(path)))
			throw new FirmsealError('CONFLICT', 'Another export to this place has begun just now: wait until it has ended.');
	}
	return () => removePart(path);
}

async function claim(path: string): Promise<boolean> {
	const file = await open(path, 'wx', 0o600).catch((error: unknown) =>
		codeOf(error) === 'EEXIST' ? null : throwUnwritten(error),
	);
	await file?.write([process.pid, await startOf(process.pid)].join(' ').trimEnd()).catch(throwUnwritten);
	await file?.close();
	return file !== null;
}

/** Whether the process is there, and is the one that began at `start`: ids come again. Where that is not known, it is taken for that one. */
async function isRunning(pid: number, start: string | undefined): Promise<boolean> {
	if (!isAlive(pid)) return false;
	const now = await startOf(pid);
	return start === undefined || now === null || now === start;
}

/** When a process began, as Linux counts it; null: no such process, or no Linux. */
async function startOf(pid: number): Promise<string | null> {
	const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
	// The name, in parentheses, may have spaces and parentheses of its own: what comes after the last one begins with field 3.
	return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[22 - 3] ?? null;
}

function isAlive(pid: number): boolean {
	if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid) return false;
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		// Somebody else's.
		return codeOf(error) === 'EPERM';
	}
}

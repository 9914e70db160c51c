import { open, readdir, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCodeOf, FirmsealError } from '../errors.ts';
import { isRunning, thisProcess } from './live-process.ts';
import { OWNER_ONLY_FILE } from './unfinished-file.ts';

/** The number of checks, and milliseconds between them: runs that start at the same time need several to see which goes first. */
const CHECKS = 50;
const PAUSE = 20;

/**
 * Keeps a second run on this machine from writing the same files. A run creates a file PATH.PID-START.running. It holds the lock if it then
 * sees no other such file of a running process; no two runs can both see that. Each name belongs to one process, so the file of a killed run
 * is safe to remove. If runs start at the same time, the one whose name sorts first waits for the others to withdraw.
 * @returns a function that releases the lock
 * @param busy the beginning of the error's sentence
 * @throws FirmsealError CONFLICT if another run holds the lock; errors of node:fs
 */
export async function acquireLock(
	path: string,
	busy = 'Another command is writing to this path',
): Promise<() => Promise<void>> {
	const { pid, start } = await thisProcess();
	const own = `${path}.${pid}-${start ?? 0}.running`;
	const file = await open(own, 'wx', OWNER_ONLY_FILE).catch((error: unknown) => {
		throw errorCodeOf(error) === 'EEXIST' ? lockedError(busy, own, pid) : error;
	});
	await file.close();
	const release = () => removeIfThere(own);
	try {
		for (let check = 1; ; check += 1) {
			const others = await othersAt(path, own);
			const [first] = others;
			if (!first) return release;
			if (check === CHECKS || others.some(({ name }) => name < basename(own)))
				throw lockedError(busy, join(dirname(path), first.name), first.pid);
			await delay(PAUSE);
		}
	} catch (error) {
		await release();
		throw error;
	}
}

/** The lock files of other running processes. Removes the files of ended processes. */
async function othersAt(path: string, own: string) {
	const others: { readonly name: string; readonly pid: number }[] = [];
	for (const name of await readdir(dirname(path))) {
		if (!name.startsWith(`${basename(path)}.`) || name === basename(own)) continue;
		const [, pid, start] = /^\.([1-9]\d{0,8})-(\d{1,20})\.running$/.exec(name.slice(basename(path).length)) ?? [];
		if (pid === undefined || start === undefined) continue;
		if (await isRunning({ pid: Number(pid), start: start === '0' ? null : start }))
			others.push({ name, pid: Number(pid) });
		else await removeIfThere(join(dirname(path), name));
	}
	return others;
}

const removeIfThere = (path: string): Promise<void> => unlink(path).catch(() => {});

const lockedError = (busy: string, path: string, pid: number) =>
	new FirmsealError(
		'CONFLICT',
		`${busy}, as process ${pid}: wait until it has ended. If that process is another program, remove ${JSON.stringify(path)}.`,
	);

import { open, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCodeOf, FirmsealError } from '../../errors.ts';
import { isRunning, thisProcess } from '../live-process.ts';
import { throwWriteError } from './file-errors.ts';
import { removePart } from './part-file.ts';

/** Looks, and milliseconds between two: runs that begin at once need some to see who goes first. */
const LOOKS = 50;
const PAUSE = 20;

/**
 * Keeps a second run of this machine from the same files. A run makes a file PATH.PID-START.running, and holds the lock when it then sees no
 * other that names a running process; no two runs can both see that. Each name is of one process, so a file that a killed run left is safe
 * to remove. Of runs that begin at once, the one whose name sorts first waits for the others to withdraw.
 * @returns what releases the lock
 * @throws FirmsealError CONFLICT if another run holds it
 */
export async function acquireLockFile(path: string): Promise<() => Promise<void>> {
	const { pid, start } = await thisProcess();
	const own = `${path}.${pid}-${start ?? 0}.running`;
	const file = await open(own, 'wx', 0o600).catch((error: unknown) => {
		throw errorCodeOf(error) === 'EEXIST' ? lockedError(own, pid) : throwWriteError(error);
	});
	await file.close();
	const release = () => removePart(own);
	try {
		for (let look = 1; ; look += 1) {
			const others = await othersAt(path, own);
			const [first] = others;
			if (!first) return release;
			if (look === LOOKS || others.some(({ name }) => name < basename(own)))
				throw lockedError(join(dirname(path), first.name), first.pid);
			await sleep(PAUSE);
		}
	} catch (error) {
		await release();
		throw error;
	}
}

/** The files of other runs that still run. Removes those of ended ones. */
async function othersAt(path: string, own: string) {
	const others: { readonly name: string; readonly pid: number }[] = [];
	for (const name of await readdir(dirname(path)).catch(throwWriteError)) {
		if (!name.startsWith(`${basename(path)}.`) || name === basename(own)) continue;
		const [, pid, start] = /^\.([1-9]\d{0,8})-(\d{1,20})\.running$/.exec(name.slice(basename(path).length)) ?? [];
		if (pid === undefined || start === undefined) continue;
		if (await isRunning({ pid: Number(pid), start: start === '0' ? null : start }))
			others.push({ name, pid: Number(pid) });
		else await removePart(join(dirname(path), name));
	}
	return others;
}

const lockedError = (path: string, pid: number) =>
	new FirmsealError(
		'CONFLICT',
		`Another command is writing to this path, as process ${pid}: wait until it has ended or, if that is no such command, remove ${JSON.stringify(path)}.`,
	);

import { randomUUID } from 'node:crypto';
import { link, open, rename } from 'node:fs/promises';
import { errorCodeOf, FirmsealError } from '../../errors.ts';
import { isRunning, type NamedProcess, thisProcess } from '../live-process.ts';
import { removePart } from './part-file.ts';
import { throwWriteError } from './publish-part-file.ts';
import { openRegular } from './regular-file.ts';

/** Keeps a second run out of what is incomplete, by a file at `path`. One that was killed keeps no one out. @throws FirmsealError CONFLICT */
export const acquireLockFile = (path: string): Promise<() => Promise<void>> => hold(path, MAX_LOCKS);

/** What a takeover needs is held by a file of its own, and so on: each more takes a run that was killed while it took over from another. */
const MAX_LOCKS = 4;
/** As a pattern, what stands behind `path` in the names of the files that a run may leave there. */
export const LOCK_FILE_SUFFIX = `(?:\\.over){0,${MAX_LOCKS}}(?:\\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\\.new)?`;
/** Each one more takes a run that ended just now. */
const TRIES = 20;

/**
 * The file has its content from the moment that it has its name. Only the process that it names removes it; what a process has left
 * that has ended is replaced only by the one that holds the takeover. So what is replaced is always what was read.
 */
async function hold(path: string, locks: number): Promise<() => Promise<void>> {
	const draft = `${path}.${randomUUID()}.new`;
	await write(draft, await thisProcess());
	try {
		for (let tries = 0; tries < TRIES; tries += 1)
			if ((await claim(draft, path)) || (await takeOver(draft, path, locks))) return () => removePart(path);
	} finally {
		await removePart(draft);
	}
	throw new FirmsealError(
		'CONFLICT',
		'Another command has begun just now to write to this place: wait until it has ended.',
	);
}

/** false: another process has it by now, or had it until now. @throws FirmsealError CONFLICT where one has it that runs, or may run */
async function takeOver(draft: string, path: string, locks: number): Promise<boolean> {
	if (!(await isLeft(path))) return false;
	if (locks === 0) throw unreadableLockError(path);
	const letGo = await hold(`${path}.over`, locks - 1);
	try {
		if (!(await isLeft(path))) return false;
		await rename(draft, path).catch(throwWriteError);
		return true;
	} finally {
		await letGo();
	}
}

async function claim(draft: string, path: string): Promise<boolean> {
	try {
		await link(draft, path);
		return true;
	} catch (error) {
		if (errorCodeOf(error) === 'EEXIST') return false;
		// Some file systems have no links, and say so in many ways. Until all of it is written, others see no whole line, and refuse.
		return write(path, await thisProcess());
	}
}

/** false: there is one already. */
async function write(path: string, { pid, start }: NamedProcess): Promise<boolean> {
	const file = await open(path, 'wx', 0o600).catch((error: unknown) =>
		errorCodeOf(error) === 'EEXIST' ? null : throwWriteError(error),
	);
	if (file === null) return false;
	try {
		await file.writeFile(`${start === null ? pid : `${pid} ${start}`}\n`);
		await file.sync();
	} catch (error) {
		await removePart(path);
		throwWriteError(error);
	} finally {
		await file.close();
	}
	return true;
}

/** Whether the process that the file names has ended; false: there is no file. @throws FirmsealError CONFLICT */
async function isLeft(path: string): Promise<boolean> {
	const text = await read(path);
	if (text === null) return false;
	const [, pid, start = null, end] = /^([1-9]\d{0,8})(?: (\d{1,20}))?(\n?)$/.exec(text) ?? [];
	if (pid === undefined) throw unreadableLockError(path);
	if (await isRunning({ pid: Number(pid), start }))
		throw new FirmsealError(
			'CONFLICT',
			`Another command that writes to this place is running, as process ${pid}: wait until it has ended, or, if that is no such command, remove ${JSON.stringify(path)}.`,
		);
	if (end === '') throw unreadableLockError(path);
	return true;
}

/** Bytes of the longest content, and one more. */
const MOST = 33;

/** null: there is none. What isn't a file, or can't be read, is as odd as odd content. */
async function read(path: string): Promise<string | null> {
	const file = await openRegular(path).catch((error: unknown) => {
		if (errorCodeOf(error) === 'ENOENT') return null;
		throw unreadableLockError(path);
	});
	if (file === null) return null;
	try {
		const { buffer, bytesRead } = await file.read(Buffer.alloc(MOST), 0, MOST, 0);
		return buffer.toString('latin1', 0, bytesRead);
	} catch {
		throw unreadableLockError(path);
	} finally {
		await file.close();
	}
}

const unreadableLockError = (path: string) =>
	new FirmsealError(
		'CONFLICT',
		`${JSON.stringify(path)} doesn't say which process writes to this place: if none does, remove it.`,
	);

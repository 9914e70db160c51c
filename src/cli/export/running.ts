import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, FirmsealError } from '../../errors.ts';
import { removePart, throwUnwritten } from '../files/index.ts';

/** Keeps a second run out of an incomplete export. One that was killed keeps nobody out. @throws FirmsealError CONFLICT */
export async function holdAlone(directory: string): Promise<() => Promise<void>> {
	const path = join(directory, 'running');
	if (!(await claim(path))) {
		const other = Number(await readFile(path, 'utf8').catch(() => ''));
		if (isAlive(other))
			throw new FirmsealError(
				'CONFLICT',
				`Another export to this place is running, as process ${other}: wait until it has ended.`,
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
	await file?.write(String(process.pid)).catch(throwUnwritten);
	await file?.close();
	return file !== null;
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

import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** Opens a file to read it, through no link, and waits at no pipe. @throws for anything else than a file too, with a code of the system's */
export async function openRegular(path: string): Promise<FileHandle> {
	const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
	const file = await open(path, flags);
	try {
		if (!(await file.stat()).isFile()) throw Object.assign(new Error('This is no file.'), { code: 'EINVAL' });
		return file;
	} catch (error) {
		await file.close();
		throw error;
	}
}

/** All of its text. @throws as openRegular */
export async function readRegular(path: string): Promise<string> {
	const file = await openRegular(path);
	try {
		return await file.readFile('utf8');
	} finally {
		await file.close();
	}
}

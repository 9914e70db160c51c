import { open } from 'node:fs/promises';
import { FirmsealError } from '../../errors.ts';
import { readErrorOf } from './file-errors.ts';

/** All bytes of a file of which a longer one would be something else. @throws FirmsealError BAD_USER_INPUT */
export async function readSmallFile(path: string, most: number): Promise<Uint8Array> {
	const file = await open(path, 'r').catch((error: unknown) => {
		throw readErrorOf(error);
	});
	try {
		const stat = await file.stat();
		if (stat.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
		if (stat.size > most)
			throw new FirmsealError('BAD_USER_INPUT', `The file is longer than ${most} bytes: check its path.`);
		// A pipe has no size.
		const bytes = Buffer.alloc(most + 1);
		let length = 0;
		for (let read = 1; read > 0 && length <= most; length += read)
			({ bytesRead: read } = await file.read(bytes, length, bytes.length - length, null));
		if (length > most)
			throw new FirmsealError('BAD_USER_INPUT', `The file is longer than ${most} bytes: check its path.`);
		return Uint8Array.from(bytes.subarray(0, length));
	} catch (error) {
		throw readErrorOf(error);
	} finally {
		await file.close();
	}
}

import { createReadStream } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The bytes of a table's files, segment by segment, as the operating system has them; null: they can't be read here, since the database is
 * on another machine or of another user.
 */
export async function readTableFiles(
	directory: string,
	files: readonly string[],
): Promise<AsyncIterable<Uint8Array> | null> {
	const segments: string[] = [];
	for (const file of files) {
		if (!(await isReadable(join(directory, file)))) return null;
		segments.push(join(directory, file));
		for (let number = 1; await isReadable(join(directory, `${file}.${number}`)); number++)
			segments.push(join(directory, `${file}.${number}`));
	}
	return read(segments);
}

async function* read(segments: readonly string[]): AsyncIterable<Uint8Array> {
	for (const segment of segments) yield* createReadStream(segment, { highWaterMark: 1024 * 1024 });
}

const isReadable = (path: string): Promise<boolean> =>
	access(path, constants.R_OK).then(
		() => true,
		() => false,
	);

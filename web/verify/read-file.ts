const CHUNK = 1 << 20;

/** The browser could not read a file. The message is for the reader. */
export class UnreadableFileError extends Error {}

/** The bytes of a file, a mebibyte at a time, so that a log of any size takes little memory. */
export async function* chunksOf(file: Blob & { readonly name: string }, onRead: (bytes: Uint8Array) => void) {
	for (let from = 0; from < file.size; from += CHUNK) {
		const bytes = await read(file, from, from + CHUNK);
		onRead(bytes);
		yield bytes;
	}
}

/** The first `max` bytes, and one more if there are more, so that a reader with that limit refuses the file. */
export const readSmall = (file: File, max: number): Promise<Uint8Array> => read(file, 0, max + 1);

async function read(file: Blob & { readonly name: string }, from: number, to: number): Promise<Uint8Array> {
	try {
		return new Uint8Array(await file.slice(from, to).arrayBuffer());
	} catch {
		throw new UnreadableFileError(
			`${JSON.stringify(file.name)} can’t be read: it was changed, moved or removed after it was given.`,
		);
	}
}

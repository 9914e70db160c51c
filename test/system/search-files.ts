import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Every way in which a text might lie in a file: as it is, as UTF-16, in hexadecimal, in base64 at each of its three alignments. */
export function encodingsOf(text: string): readonly (readonly [name: string, bytes: Buffer])[] {
	const hex = Buffer.from(text).toString('hex');
	const aligned = [0, 1, 2].map((before) => {
		const whole = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]).toString('base64');
		// The first and last characters also hold bits of what stands before and after.
		return whole
			.slice(before === 0 ? 0 : before + 1)
			.replace(/=+$/, '')
			.slice(0, -1);
	});
	return [
		['UTF-8', Buffer.from(text)],
		['UTF-16LE', Buffer.from(text, 'utf16le')],
		['hex', Buffer.from(hex)],
		['HEX', Buffer.from(hex.toUpperCase())],
		...aligned.map((part, index) => [`base64+${index}`, Buffer.from(part)] as const),
		...aligned.map(
			(part, index) => [`base64url+${index}`, Buffer.from(part.replaceAll('+', '-').replaceAll('/', '_'))] as const,
		),
	];
}

/** Names of the encodings in which `text` lies in `bytes`. */
export const findIn = (bytes: Buffer, text: string): string[] =>
	encodingsOf(text).flatMap(([name, needle]) => (bytes.includes(needle) ? [name] : []));

/**
 * `path encoding` of every file below the directories in which one of the encodings of `text` occurs. Each is read whole and at once:
 * nothing here is larger than a piece of PostgreSQL's log, and there are thousands.
 */
export function findInFiles(directories: readonly string[], text: string): string[] {
	const found: string[] = [];
	const read = new Set<string>();
	// A draft that has got its name since it was listed is read under that, by the next list.
	for (let isMissed = true; isMissed; ) {
		isMissed = false;
		for (const path of directories.flatMap(filesBelow)) {
			if (read.has(path)) continue;
			try {
				found.push(...findIn(readFileSync(path), text).map((name) => `${path} ${name}`));
				read.add(path);
			} catch (error) {
				if ((error as { code?: string }).code !== 'ENOENT') throw error;
				isMissed = true;
			}
		}
	}
	return found;
}

export const filesBelow = (directory: string): string[] =>
	readdirSync(directory, { recursive: true, encoding: 'utf8' })
		.map((name) => join(directory, name))
		.filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile());

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Every encoding in which a text may occur in a file: UTF-8, UTF-16, hexadecimal, and base64 at each of its three alignments. */
export function encodingsOf(text: string): readonly (readonly [name: string, bytes: Buffer])[] {
	const hex = Buffer.from(text).toString('hex');
	const aligned = [0, 1, 2].map((before) => {
		const whole = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]).toString('base64');
		// The first and last characters also encode bits of the text before and after.
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

/** The names of the encodings in which `bytes` contains `text`. */
export const findIn = (bytes: Buffer, text: string): string[] =>
	encodingsOf(text).flatMap(([name, needle]) => (bytes.includes(needle) ? [name] : []));

/**
 * `path encoding` for every file below the directories that contains `text` in one of its encodings. Each file is read at once, because
 * there are thousands and none is larger than a segment of PostgreSQL's write-ahead log.
 */
export function findInFiles(directories: readonly string[], text: string): string[] {
	const found: string[] = [];
	const read = new Set<string>();
	// If a file was renamed since the listing, the next listing finds it under its new name.
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

import { isObject } from '../ask-api.ts';
import { linesOf } from './line-file.ts';

/** What a manifest says of a file. */
export interface Listed {
	readonly bytes: number;
	readonly sha256: string;
}

/** Bytes of a line of a manifest: some hundreds where an export has written it. */
const LONGEST = 64 * 1024;

/**
 * The files that a manifest lists, by name; null: none that an export writes. Read as it is written, one file a line: there may be a
 * million. @throws what keeps it from being read
 */
export async function listedIn(manifest: string): Promise<ReadonlyMap<string, Listed> | null> {
	const files = new Map<string, Listed>();
	let isInList = false;
	for await (const { text } of linesOf(manifest, { longest: LONGEST })) {
		if (!isInList) isInList = text === '\t"files": [';
		else if (text === '\t],') return files;
		else {
			const file = parse(text.replace(/,$/, ''));
			if (file === null) return null;
			files.set(file.name, { bytes: file.bytes, sha256: file.sha256 });
		}
	}
	return null;
}

function parse(text: string): (Listed & { readonly name: string }) | null {
	try {
		const file: unknown = JSON.parse(text);
		if (!isObject(file)) return null;
		const { name, bytes, sha256 } = file;
		return typeof name === 'string' && typeof bytes === 'number' && typeof sha256 === 'string'
			? { name, bytes, sha256 }
			: null;
	} catch {
		return null;
	}
}

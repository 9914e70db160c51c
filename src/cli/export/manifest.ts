import { isListOf, isObject } from '../call/index.ts';
import { openRegular } from '../files/index.ts';
import type { ExportFailure } from './failures.ts';
import type { ExportedFirm } from './owner.ts';

export interface ManifestFile {
	/** The path from the export's directory, with slashes. */
	readonly name: string;
	readonly bytes: number;
	/** In hex. */
	readonly sha256: string;
	/** The number of records; null for a file that is not of records. */
	readonly records?: number | null;
	readonly documentId?: string;
	readonly versionId?: string;
	/** Only for a version's file: whether it has the SHA-256 that the API gives. */
	readonly isVerified?: boolean;
}

export interface Manifest {
	readonly format: typeof FORMAT;
	readonly version: typeof VERSION;
	readonly firm: ExportedFirm;
	readonly begun: string;
	readonly ended: string;
	readonly isSnapshot: false;
	readonly note: typeof NOT_A_SNAPSHOT;
	/** The number of objects of each type. */
	readonly counts: Readonly<Record<string, number>>;
	readonly files: readonly ManifestFile[];
	readonly failures: readonly ExportFailure[];
}

export const MANIFEST_FILE = 'manifest.json';
export const FORMAT = 'firmseal-firm-export';
export const VERSION = 1;

/** For anyone who reads the manifest without README.txt. */
export const NOT_A_SNAPSHOT =
	'Not a snapshot of one moment: each record is as it was when it was read, between begun and ended. What was made, changed or removed meanwhile may be in one file and not in another.';

const HEAD_KEYS = 'format version firm id slug name begun ended isSnapshot note counts'.split(' ');
const FILE_KEYS = 'name bytes sha256 records documentId versionId isVerified'.split(' ');
const FAILURE_KEYS = 'coordinate recordId code'.split(' ');

/** The text of a manifest, with its own keys only. Yields pieces, because there may be a million files, each on its own line. */
export function* textOfManifest({ files, failures, ...head }: Manifest): Generator<string> {
	const text = JSON.stringify(head, [...HEAD_KEYS, ...Object.keys(head.counts)], '\t');
	yield text.replace(/\n}$/, ',\n\t"files": [');
	yield* textOfList(files, FILE_KEYS);
	yield '],\n\t"failures": [';
	yield* textOfList(failures, FAILURE_KEYS);
	yield ']\n}\n';
}

function* textOfList(list: readonly object[], keys: string[]): Generator<string> {
	for (let start = 0; start < list.length; start += 1000) {
		const lines = list.slice(start, start + 1000).map((element) => `\n\t\t${JSON.stringify(element, keys)}`);
		yield (start === 0 ? '' : ',') + lines.join(',');
	}
	if (list.length > 0) yield '\n\t';
}

/** null if the file is not exactly as an export writes it. @throws the error if the file can't be opened */
export async function readManifest(path: string): Promise<Manifest | null> {
	const file = await openRegular(path);
	try {
		const text = await file.readFile('utf8');
		const manifest = JSON.parse(text) as Manifest;
		let position = 0;
		for (const piece of textOfManifest(manifest)) {
			if (!text.startsWith(piece, position)) return null;
			position += piece.length;
		}
		const isOne = manifest.format === FORMAT && manifest.version === VERSION && isListOf(manifest.files, isObject);
		return isOne && position === text.length ? manifest : null;
	} catch {
		return null;
	} finally {
		await file.close();
	}
}

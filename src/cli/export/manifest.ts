import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isListOf, isObject } from '../call/index.ts';
import { openPart, readRegular, throwWriteError } from '../files/index.ts';
import { MANIFEST } from './contents.ts';
import type { FileLine } from './fetch-files.ts';
import { linesOf, writeAt } from './line-file.ts';
import { FILE_OF, FIRM_FILE } from './lists.ts';
import type { ExportedFirm } from './owner.ts';
import { type ExportPart, FAILURES, FETCHED_FILES } from './part.ts';
import { foreignPartError } from './publish-export.ts';
import { README_FILE } from './readme.ts';
import { FORMAT, otherFirmError, VERSION } from './state.ts';

/** For anyone who reads it without README.txt. */
const NOT_A_SNAPSHOT =
	'Not a snapshot of one moment: each record is as it was when it was read, between begun and ended. What was made, changed or removed meanwhile may be in one file and not in another.';

/**
 * Writes the manifest, over all other files as they are on the disk. Its lists go from file to file, since there may be a million of
 * them: one element a line.
 */
export async function writeManifest({ path, state }: ExportPart, firm: ExportedFirm): Promise<void> {
	const head = {
		format: FORMAT,
		version: VERSION,
		firm: { id: firm.id, slug: firm.slug, name: firm.name },
		begun: state.begun,
		ended: new Date().toISOString(),
		runs: state.runs,
		isSnapshot: false,
		note: NOT_A_SNAPSHOT,
		counts: state.counts,
	};
	const file = await openPart(join(path, MANIFEST));
	let size = 0;
	const write = async (text: string) => {
		size += await writeAt(file, text, size);
	};
	try {
		await file.truncate(0).catch(throwWriteError);
		await write(JSON.stringify(head, null, '\t').replace(/\n}$/, ',\n\t"files": ['));
		await list(write, describedFiles(path, state.counts));
		await write('],\n\t"failures": [');
		await list(write, textsOf(join(path, FAILURES)));
		await write(']\n}\n');
		await file.sync().catch(throwWriteError);
	} finally {
		await file.close();
	}
}

/** What the command reports of an export. */
export interface ExportSummary {
	readonly counts: Readonly<Record<string, number>>;
	readonly files: number;
	readonly bytes: number;
	readonly failures: number;
	/** Whether more than one run has made it. */
	readonly isResumed: boolean;
	/** Of an earlier run that made all of it: when; null: this one did. */
	readonly madeAt: string | null;
}

/** The same from the manifest of an export that only lacks its name. @throws FirmsealError CONFLICT for another firm's, and for what is none */
export async function readSummary(path: string, firmId: string): Promise<Omit<ExportSummary, 'isResumed'>> {
	const { firm, ended, counts, files, failures } = parse(
		await readRegular(join(path, MANIFEST)).catch(throwWriteError),
	);
	if (firm.id !== firmId) throw otherFirmError();
	const ofVersions = files.filter(({ versionId }) => versionId !== undefined);
	const bytes = ofVersions.reduce((sum, file) => sum + (file.bytes ?? 0), 0);
	const madeAt = new Date(String(ended)).toJSON() ?? 'a time that it does not say';
	return { counts, files: ofVersions.length, bytes, failures: failures.length, madeAt };
}

interface Manifest {
	readonly firm: ExportedFirm;
	readonly ended: unknown;
	readonly counts: ExportSummary['counts'];
	readonly files: readonly Partial<FileLine>[];
	readonly failures: readonly unknown[];
}

/** @throws FirmsealError CONFLICT for what is none: it may have come from elsewhere */
function parse(text: string): Manifest {
	try {
		const manifest = JSON.parse(text);
		const { firm, counts, files, failures } = manifest;
		const isCount = (count: unknown) => typeof count === 'number';
		if (
			isObject(firm) &&
			isListOf(Object.values(counts), isCount) &&
			isListOf(files, isObject) &&
			Array.isArray(failures)
		)
			return manifest;
	} catch {
		// Told the same.
	}
	throw foreignPartError();
}

async function list(write: (text: string) => Promise<void>, elements: AsyncIterable<string>): Promise<void> {
	let isFirst = true;
	for await (const element of elements) {
		await write(`${isFirst ? '' : ','}\n\t\t${element}`);
		isFirst = false;
	}
	if (!isFirst) await write('\n\t');
}

async function* describedFiles(path: string, counts: Readonly<Record<string, number>>): AsyncGenerator<string> {
	yield await described(path, README_FILE, null);
	yield await described(path, FIRM_FILE, 1);
	for (const [type, name] of Object.entries(FILE_OF)) yield await described(path, name, counts[type] ?? 0);
	yield* textsOf(join(path, FETCHED_FILES));
}

async function described(path: string, name: string, records: number | null): Promise<string> {
	const hash = createHash('sha256');
	await pipeline(createReadStream(join(path, name)), hash);
	const { size: bytes } = await stat(join(path, name));
	return JSON.stringify({ name, bytes, sha256: hash.digest('hex'), records });
}

async function* textsOf(path: string): AsyncGenerator<string> {
	for await (const { text } of linesOf(path)) yield text;
}

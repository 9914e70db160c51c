import { join } from 'node:path';
import { type ApiCredentials, invalidApiAnswer } from '../call/index.ts';
import { type ByteProgress, safeFileName, showBytes } from '../files/index.ts';
import type { ApiRetry } from './api-retry.ts';
import type { ExportFailure } from './failures.ts';
import { type FetchResult, type FileToFetch, fetchFile, type WrittenFile } from './fetch-file.ts';
import { linesOf } from './line-file.ts';
import { DOCUMENTS } from './lists.ts';
import { type ExportPart, FAILURES, FETCHED_FILES } from './part.ts';

/** What the manifest says of a file. */
export interface FileLine extends WrittenFile {
	readonly name: string;
	readonly documentId: string;
	readonly versionId: string;
	/** Whether it has the SHA-256 that the API says. */
	readonly isVerified: boolean;
}

export interface FetchFilesOptions {
	readonly person: ApiCredentials;
	readonly part: ExportPart;
	readonly retry: ApiRetry;
	readonly signal: AbortSignal;
	/** Asks the API something small. @throws what makes it impossible to go on */
	readonly ping: () => Promise<unknown>;
}

/** Fetches the file of every version that has one, in the order of the documents' lines. */
export async function fetchFiles(options: FetchFilesOptions): Promise<void> {
	const { part } = options;
	const all = showBytes('Files');
	const fetch = createFetch(options, all);
	try {
		const { offset, versions: done } = part.state.fetched;
		for await (const line of linesOf(join(part.path, DOCUMENTS), { from: offset })) {
			const files = filesOf(line.text);
			for (const [index, { versionId, wanted }] of files.entries()) {
				if (line.offset === offset && index < done) continue;
				await note(part, { versionId, wanted }, await fetch(wanted), { offset: line.offset, versions: index + 1 });
			}
			const { fetched } = part.state;
			if (files.length > 0) await part.save({ fetched: { ...fetched, offset: line.end, versions: 0 } });
		}
	} finally {
		all.end();
	}
}

interface FileOfVersion {
	readonly versionId: string;
	readonly wanted: FileToFetch;
}

function createFetch({ person, part, retry, signal, ping }: FetchFilesOptions, all: ByteProgress) {
	/** Whether a key was waited for in vain: it is waited for once, not for each file. */
	let isKeyLost = false;
	return async (wanted: FileToFetch): Promise<FetchResult> => {
		const { passed: before } = part.state.fetched;
		const progress = {
			...all,
			reach: (done: number) => all.reach(Math.min(before + done, part.state.files.bytes), part.state.files.bytes),
		};
		const options = { person, directory: part.path, signal, progress, ...(isKeyLost && { tries: 1 }) };
		const fetched = await retry.run(() => fetchFile(options, wanted));
		if (fetched.code === 'KEY_UNAVAILABLE') isKeyLost = true;
		// Whether it is this file alone, or nothing can be fetched now.
		if (fetched.code === 'CUT') await retry.run(ping);
		return fetched;
	};
}

async function note(
	part: ExportPart,
	{ versionId, wanted }: FileOfVersion,
	{ code, file }: FetchResult,
	reached: { readonly offset: number; readonly versions: number },
): Promise<void> {
	const { name, documentId, sha256, byteSize } = wanted;
	if (file) {
		const line: FileLine = { name, ...file, documentId, versionId, isVerified: code === null && sha256 !== null };
		await part.append(FETCHED_FILES, [JSON.stringify(line)]);
	}
	const failure: ExportFailure | null = code && { coordinate: 'DocumentVersion.content', recordId: versionId, code };
	if (failure) await part.append(FAILURES, [JSON.stringify(failure)]);
	const { fetched, failures } = part.state;
	await part.save({
		fetched: {
			...reached,
			count: fetched.count + (file ? 1 : 0),
			bytes: fetched.bytes + (file?.bytes ?? 0),
			passed: fetched.passed + byteSize,
		},
		failures: failures + (failure ? 1 : 0),
	});
}

interface DocumentLine {
	readonly id: string;
	readonly name: string;
	readonly versions: readonly {
		readonly id: string;
		readonly number: number;
		readonly byteSize: number | null;
		readonly sha256: string | null;
	}[];
}

/** What goes into a path must have the form of an id and a number, whichever server answered. */
function filesOf(line: string): FileOfVersion[] {
	const { id: documentId, name, versions } = JSON.parse(line) as DocumentLine;
	return versions.flatMap(({ id: versionId, number, byteSize, sha256 }) => {
		if (byteSize === null) return [];
		if (!Number.isSafeInteger(number) || number < 1) throw invalidApiAnswer();
		const path = `files/${documentId}/${number}/${safeFileName(String(name))}`;
		return [{ versionId, wanted: { documentId, number, byteSize, sha256, name: path } }];
	});
}

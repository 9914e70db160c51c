import type { FileHandle } from 'node:fs/promises';
import { parse } from 'content-disposition';
import {
	type ApiAnswer,
	type ApiCredentials,
	DisconnectedError,
	invalidApiAnswer,
	RestartError,
	type RetryPolicy,
	sendRequest,
} from '../call/index.ts';
import { isId } from '../parse/index.ts';
import type { ByteProgress } from './byte-progress.ts';
import { throwWriteError } from './file-errors.ts';
import { sha256Of } from './local-file.ts';
import { openPart, partOf, publishPartFile, removePart } from './part-file.ts';
import { refusalOf } from './refusal.ts';

export interface FileRequest {
	/** Such as /documents/…/content. */
	readonly path: string;
	/** The id of a break-glass lease. */
	readonly lease?: string | undefined;
	readonly retry: RetryPolicy;
}

/** The first bytes of a file that an earlier run has fetched. */
export interface KnownPart {
	/** The id of the version. */
	readonly tag: string;
	/** In bytes, at least 1. */
	readonly size: number;
}

/** A file, or the rest of it. */
export interface FetchedAnswer extends ApiAnswer {
	/** The id of the version. */
	readonly tag: string;
	/** The document's name; empty if the API doesn't give it. */
	readonly name: string;
	/** The position of the first byte of `pieces` in the file. */
	readonly start: number;
	/** Bytes of the whole file. */
	readonly total: number;
}

/**
 * Requests a file, or the part after the first `size` bytes of the version `tag`. Continues a cut connection where it stopped, as long as it
 * makes progress, or for a few attempts.
 * @throws FirmsealError with the API's own code; SetupError if the server can't be reached; RestartError if the file has another version now
 */
export async function requestFile(
	person: ApiCredentials,
	{ path, lease, retry }: FileRequest,
	known: KnownPart | null = null,
): Promise<FetchedAnswer> {
	const headers = {
		...(lease !== undefined && { 'x-firmseal-lease': lease }),
		...(known && { range: `bytes=${known.size}-`, 'if-match': `"${known.tag}"` }),
	};
	const answer = await sendRequest(person, { method: 'GET', path, headers, retry, signal: retry.signal });
	const found = placeOf(answer, known);
	if (found) return { ...answer, ...found, name: nameIn(answer.headers['content-disposition']) };
	const refusal = await refusalOf(answer, person);
	if (known && [412, 416].includes(answer.status)) throw new RestartError();
	throw [200, 206].includes(answer.status) ? invalidApiAnswer() : refusal;
}

/** The version and the place in its file that an answer has. A server may ignore a range and send the whole file. null for a refusal. */
function placeOf({ status, headers }: ApiAnswer, known: KnownPart | null) {
	const { etag, 'content-length': length, 'content-range': range } = headers;
	const tag = /^"(.*)"$/.exec(String(etag))?.[1] ?? '';
	if (!isId(tag)) return null;
	if (status === 200) return length === undefined ? null : { tag, start: 0, total: Number(length) };
	if (tag !== known?.tag) return null;
	const [, first, whole] = /^bytes (?:(\d+)-\d+|\*)\/(\d+)$/.exec(String(range)) ?? [];
	// Nothing is left after a part that is the whole file.
	if (status === 416) return Number(whole) === known.size ? { tag, start: known.size, total: known.size } : null;
	return status === 206 && Number(first) === known.size ? { tag, start: known.size, total: Number(whole) } : null;
}

function nameIn(disposition: unknown): string {
	try {
		return parse(String(disposition)).parameters.filename ?? '';
	} catch {
		return '';
	}
}

export interface FetchTarget {
	/** What an earlier run left, if the path is known before the answer. Asking for the rest only saves one reading of a lease's budget. */
	readonly findPart?: () => Promise<KnownPart | null>;
	/** The path for the file. Called before anything is written. */
	readonly pathOf: (answer: FetchedAnswer) => Promise<string>;
	/** The SHA-256 of a version's file that the API has, in hex; null if the API gives none. */
	readonly hashOf: (versionId: string) => Promise<string | null>;
	/** Whether to replace an existing file. */
	readonly force: boolean;
	readonly progress: ByteProgress;
}

export interface FetchedFile {
	readonly answer: FetchedAnswer;
	readonly path: string;
	/** Bytes that an earlier run had fetched. */
	readonly resumedFrom: number;
}

/** How often a file is fetched from its beginning, if it was replaced meanwhile or its rest was refused. */
const MAX_ROUNDS = 3;

/**
 * Fetches a file, and renames it to its final name when all of it is on the disk. The caller holds the lock of the path. Another program may
 * have written what an earlier run left, so that is kept only if the whole file then has the SHA-256 that the API has.
 * @throws as requestFile() does; the errors of `target`; the error if the file can't be written
 */
export async function fetchFile(
	person: ApiCredentials,
	request: FileRequest,
	target: FetchTarget,
): Promise<FetchedFile> {
	for (let round = 1; ; round += 1) {
		let answer: FetchedAnswer | undefined;
		try {
			const known = round === 1 ? await target.findPart?.() : null;
			answer = await requestFile(person, request, known);
			const { tag } = answer;
			const path = await target.pathOf(answer);
			const part = partOf(path, tag);
			const resumedFrom = await fillPart(part, answer, target, (size) => requestFile(person, request, { tag, size }));
			await publishPartFile(part, path, target.force);
			return { answer, path, resumedFrom };
		} catch (error) {
			if (!(error instanceof RestartError) || round === MAX_ROUNDS) throw error;
		} finally {
			answer?.cancel();
		}
	}
}

/** Resolves with the number of bytes that were there already. */
async function fillPart(
	path: string,
	answer: FetchedAnswer,
	{ hashOf, progress }: FetchTarget,
	requestRest: (size: number) => Promise<FetchedAnswer>,
): Promise<number> {
	const part = await openPart(path);
	try {
		const { size } = await part.stat();
		const sha256 = size > 0 && size <= answer.total ? await hashOf(answer.tag) : null;
		const kept = sha256 === null ? 0 : size;
		// Without its hash the part can't be verified, so the file is fetched from the beginning.
		if (kept === 0 && answer.start > 0) throw new RestartError();
		await part.truncate(kept).catch(throwWriteError);
		if (kept !== answer.start) answer.cancel();
		if (kept === answer.total && kept > 0) answer.cancel();
		else await receive(part, kept === answer.start ? answer : await requestRest(kept), progress);
		if (kept > 0 && (await sha256Of(part)) !== sha256) {
			await part.truncate(0).catch(throwWriteError);
			throw new RestartError();
		}
		await part.sync().catch(throwWriteError);
		return kept;
	} catch (error) {
		if ((await part.stat()).size === 0) await removePart(path);
		throw error;
	} finally {
		await part.close();
	}
}

async function receive(part: FileHandle, { pieces, start, total }: FetchedAnswer, progress: ByteProgress) {
	let position = start;
	for await (const piece of pieces) {
		for (let written = 0; written < piece.length; ) {
			const rest = piece.length - written;
			const { bytesWritten } = await part.write(piece, written, rest, position).catch(throwWriteError);
			written += bytesWritten;
			position += bytesWritten;
		}
		progress.reach(position, total);
	}
	if (position !== total) throw new DisconnectedError('The API sent less than the whole file: try again later.');
}

import { setTimeout as delay } from 'node:timers/promises';
import { SetupError } from '../../errors.ts';
import {
	type ApiAnswer,
	type ApiCredentials,
	DisconnectedError,
	invalidApiAnswer,
	type RetryPolicy,
	retryAfterOf,
	sendRequest,
	UnreachableError,
} from '../call/index.ts';
import { currentIo } from '../io.ts';
import type { ByteProgress } from './byte-progress.ts';
import { readErrorOf } from './file-errors.ts';
import type { Source } from './local-file.ts';
import { objectIn, refusalOf } from './refusal.ts';

/** The most retries, if the API says when to retry. */
const MOST_REPEATS = 3;
/**
 * Milliseconds that a body of more than LARGE bytes waits for a refusal after its first piece. A server that refuses a request reads no more
 * of it, and more bytes could end the connection before its answer arrives.
 */
const GRACE = 500;
const LARGE = 1024 ** 2;

export interface Uploaded {
	readonly documentId: string;
	readonly versionId: string;
	readonly number: number;
	readonly byteSize: number;
}

export interface UploadOptions {
	readonly retry: RetryPolicy;
	readonly progress: ByteProgress;
}

/**
 * Sends a file as the next version of a document. If the API answers with a Retry-After and the file can be read again, sends it again. Never
 * sends it again after the connection was cut, because the file may be stored already.
 * @throws FirmsealError with the API's own code; SetupError that says what happened to the file; the errors of reading the file
 */
export async function upload(
	person: ApiCredentials,
	documentId: string,
	source: Source,
	{ retry: { signal, notify }, progress }: UploadOptions,
): Promise<Uploaded> {
	for (let left = source.isRepeatable ? MOST_REPEATS : 0; ; left -= 1) {
		const answered = new AbortController();
		const sending: Sending = { hasBegun: false, isAllSent: false };
		try {
			const answer = await sendRequest(person, {
				method: 'PUT',
				path: `/documents/${documentId}/content`,
				headers: {
					'content-type': 'application/octet-stream',
					...(source.size !== null && { 'content-length': String(source.size) }),
				},
				body: counted(source, progress, sending, answered.signal),
				signal,
			}).finally(() => answered.abort());
			if (answer.status === 201) {
				const uploaded = await uploadedIn(answer);
				progress.reach(uploaded.byteSize, uploaded.byteSize);
				return uploaded;
			}
			const wait = [503, 429].includes(answer.status) ? retryAfterOf(answer.headers['retry-after']) : null;
			const error = await refusalOf(answer, person);
			if (wait === null || left === 0) throw error;
			notify(`The API asked to retry in ${wait / 1000} s.`);
			await currentIo().clock.sleep(wait, signal);
		} catch (error) {
			// The error of reading the file, which ended the request.
			if (sending.failure && !signal.aborted) throw sending.failure;
			const isCut = error instanceof DisconnectedError || (sending.hasBegun && error instanceof UnreachableError);
			throw isCut || signal.aborted ? cutError(sending.isAllSent, signal.aborted) : error;
		}
	}
}

interface Sending {
	hasBegun: boolean;
	/** From then on the server may have the whole file even if its answer never arrives. */
	isAllSent: boolean;
	/** Why the file could not be read. */
	failure?: Error;
}

async function* counted(
	{ pieces, size }: Source,
	progress: ByteProgress,
	sending: Sending,
	answered: AbortSignal,
): AsyncGenerator<Uint8Array> {
	let sent = 0;
	for await (const piece of readable(pieces(), sending)) {
		sending.hasBegun = true;
		sent += piece.length;
		if (sent === size) sending.isAllSent = true;
		yield piece;
		if (sent === piece.length && (size ?? Infinity) > LARGE)
			await delay(GRACE, undefined, { signal: answered }).catch(() => {});
		// Before that a refusal is likely, and a refused file must show no progress.
		if (sent > LARGE) progress.reach(sent, size);
	}
	sending.isAllSent = true;
}

async function* readable(pieces: AsyncIterable<Uint8Array>, sending: Sending): AsyncGenerator<Uint8Array> {
	try {
		yield* pieces;
	} catch (error) {
		sending.failure = readErrorOf(error) as Error;
		throw error;
	}
}

async function uploadedIn(answer: ApiAnswer): Promise<Uploaded> {
	const { documentId, versionId, number, byteSize } = (await objectIn(answer)) ?? {};
	if (typeof documentId !== 'string' || typeof versionId !== 'string') throw invalidApiAnswer();
	return { documentId, versionId, number: Number(number), byteSize: Number(byteSize) };
}

const cutError = (isAllSent: boolean, isInterrupted: boolean): SetupError =>
	new SetupError(
		isAllSent
			? 'The connection was cut before the answer came, so the file may be stored: look at the document’s versions before you send it again.'
			: `${isInterrupted ? 'Interrupted' : 'The connection was cut'}: nothing of the file is stored, so send it again.`,
	);

import { SetupError } from '../../errors.ts';
import { type ApiCredentials, invalidApiAnswer } from '../call/index.ts';
import { currentIo } from '../io.ts';
import type { ByteProgress } from './byte-progress.ts';
import type { Source } from './local-file.ts';
import { jsonOf, refusalOf } from './refusal.ts';
import { DisconnectedError, sendRequest } from './send-request.ts';

/** How often a server that says when to come again is asked again. */
const REPEATS = 3;

export interface Uploaded {
	readonly documentId: string;
	readonly versionId: string;
	readonly number: number;
	readonly byteSize: number;
}

export interface UploadOptions {
	readonly signal: AbortSignal;
	readonly progress: ByteProgress;
}

/**
 * Sends a file as the next version of a document. A server that can't take it now (503, 429) is asked again when it says so, a few
 * times, if the file can be read again; a connection that was cut isn't, since another one may have got through.
 * @throws FirmsealError with the API's own code; SetupError for what became of the connection; what reading the file throws.
 */
export async function upload(
	person: ApiCredentials,
	documentId: string,
	source: Source,
	{ signal, progress }: UploadOptions,
): Promise<Uploaded> {
	const path = `/documents/${documentId}/content`;
	for (let left = source.isRepeatable ? REPEATS : 0; ; left -= 1) {
		const body = { pieces: counted(source, progress), size: source.size };
		try {
			const answer = await sendRequest(person, { method: 'PUT', path, body, signal });
			if (answer.statusCode === 201) return await uploadedIn(answer);
			const { error, retryAfter } = await refusalOf(answer, person);
			// It may wait for what isn't sent any more.
			answer.destroy();
			if (retryAfter === null || left === 0) throw error;
			progress.say(`The API asked to retry in ${retryAfter / 1000} s.`);
			await currentIo().clock.sleep(retryAfter, signal);
		} catch (error) {
			throw error instanceof DisconnectedError ? uploadCutError(error) : error;
		}
	}
}

async function* counted({ pieces, size }: Source, progress: ByteProgress): AsyncGenerator<Uint8Array> {
	let done = 0;
	for await (const piece of pieces()) {
		yield piece;
		done += piece.length;
		progress.reach(done, size);
	}
}

async function uploadedIn(answer: Parameters<typeof jsonOf>[0]): Promise<Uploaded> {
	const data = await jsonOf(answer);
	if (data === null && !answer.complete) throw new DisconnectedError({ isAllSent: true });
	const { documentId, versionId, number, byteSize } = data ?? {};
	if (typeof documentId !== 'string' || typeof versionId !== 'string') throw invalidApiAnswer();
	return { documentId, versionId, number: Number(number), byteSize: Number(byteSize) };
}

function uploadCutError({ isAllSent, isGivenUp }: DisconnectedError): SetupError {
	if (isAllSent)
		return new SetupError(
			'The connection ended before the answer came, so that the file may be stored: look at the document’s versions before you send it again.',
		);
	return new SetupError(
		isGivenUp
			? 'Interrupted: nothing of the file is stored, so send it again.'
			: 'The connection was cut: nothing of the file is stored, so send it again.',
	);
}

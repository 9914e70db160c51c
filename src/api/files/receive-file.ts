import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../clock/index.ts';
import type { UploadBody } from '../../documents/index.ts';
import { FirmsealError } from '../../errors.ts';
import { abortBody, clearBodyDeadline, http2StreamOf } from '../http/index.ts';
import { evaluatePreconditions } from './file-headers.ts';
import { createTransferRateGuard } from './transfer-rate.ts';

/** Milliseconds without a byte after which the upload is cut. */
export const SENDER_TIMEOUT_MS = 30_000;

/** A form that contains the file, instead of the file itself. */
const FORM = /^\s*(?:multipart\/|application\/x-www-form-urlencoded)/i;

/** Fastify would refuse an invalid media type. The type of an upload does not matter, since the document has its own. */
export function ignoreMediaType({ headers }: Pick<FastifyRequest, 'headers'>): void {
	if (!FORM.test(headers['content-type'] ?? '')) headers['content-type'] = 'application/octet-stream';
}

/**
 * The body of an upload, which is the file and nothing else. A sender who waits (Expect: 100-continue) is told to continue only when
 * the body is first read, since the upload may be refused before.
 * @throws FirmsealError BAD_USER_INPUT for a body that isn't the file's own bytes.
 */
export function createUploadBody(
	{ raw, headers }: Pick<FastifyRequest, 'raw' | 'headers'>,
	reply: Pick<FastifyReply, 'raw'>,
	clock: Clock,
): Omit<UploadBody, 'isStillAllowed'> {
	if (FORM.test(headers['content-type'] ?? ''))
		throw badUploadError('Send the bytes of the file as the body, not a form.');
	const encoding = headers['content-encoding'];
	if (encoding !== undefined && encoding !== 'identity')
		throw badUploadError('Send the file as it is, without a Content-Encoding.');
	if (headers['content-range'] !== undefined)
		throw badUploadError('Send the whole file: an upload has no parts, and no Content-Range.');
	clearBodyDeadline(raw);
	const gone = new AbortController();
	const reportCutOff = () => {
		if (isAborted(raw)) gone.abort();
	};
	raw.once('aborted', reportCutOff).once('close', reportCutOff);
	const declared = headers['content-length'];
	const goOn = () => {
		if (headers.expect !== undefined) reply.raw.writeContinue();
	};
	return {
		bytes: withRateGuard(raw, goOn, clock),
		size: declared === undefined ? null : Number(declared),
		signal: gone.signal,
		isExpectedVersion: (latest) => evaluatePreconditions(headers, latest) === null,
	};
}

/** Whether the body is incomplete or the request was cancelled. Over HTTP/2, a cancelled request counts as complete. */
function isAborted(request: IncomingMessage): boolean {
	const stream = http2StreamOf(request);
	return stream ? stream.aborted : !request.complete;
}

/** Cuts the upload if the sender is silent or too slow. */
async function* withRateGuard(request: IncomingMessage, goOn: () => void, clock: Clock): AsyncGenerator<Uint8Array> {
	goOn();
	const guardRate = createTransferRateGuard(clock, SENDER_TIMEOUT_MS, () => abortBody(request));
	const pieces = request[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, undefined>;
	for (;;) {
		const { value, done } = await guardRate(pieces.next(), (piece) => piece.value?.length ?? 0);
		if (done) {
			if (isAborted(request)) throw new Error('The sender has gone.');
			return;
		}
		yield value;
	}
}

const badUploadError = (sentence: string) => new FirmsealError('BAD_USER_INPUT', sentence);

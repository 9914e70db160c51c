import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../clock/index.ts';
import type { UploadBody } from '../../documents/index.ts';
import { FirmsealError } from '../../errors.ts';
import { abortBody, clearBodyDeadline, http2StreamOf } from '../http/index.ts';
import { evaluatePreconditions } from './file-headers.ts';
import { createTransferRateGuard } from './transfer-rate.ts';

/** Milliseconds for which a sender may be silent. */
const SENDER_TIMEOUT_MS = 30_000;

/** A body that isn't the file itself, but a form with the file in it. */
const FORM = /^\s*(?:multipart\/|application\/x-www-form-urlencoded)/i;

/** Fastify would refuse what is no media type; of a file it means nothing, since the document has its own. */
export function ignoreMediaType({ headers }: Pick<FastifyRequest, 'headers'>): void {
	if (!FORM.test(headers['content-type'] ?? '')) headers['content-type'] = 'application/octet-stream';
}

/**
 * The body of an upload: the file itself, nothing around it. A sender who waits (Expect: 100-continue) is told to go on when the body is first
 * asked for, since until then it may be refused.
 * @throws FirmsealError BAD_USER_INPUT for a body that isn't the file's own bytes.
 */
export function createUploadBody(
	{ raw, headers }: Pick<FastifyRequest, 'raw' | 'headers'>,
	reply: Pick<FastifyReply, 'raw'>,
	clock: Clock,
): Omit<UploadBody, 'isStillAllowed'> {
	if (FORM.test(headers['content-type'] ?? ''))
		throw badUploadError('Send the bytes of the file as the body, and no form around them.');
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

/** Whether the body ended before its end, or the request was taken back. Over HTTP/2 it counts as complete then. */
function isAborted(request: IncomingMessage): boolean {
	const stream = http2StreamOf(request);
	return stream ? stream.aborted : !request.complete;
}

/** Cut when the sender is silent or too slow. */
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

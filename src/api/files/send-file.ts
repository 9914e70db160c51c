import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Act } from '../../audit/index.ts';
import type { Clock } from '../../clock/index.ts';
import type { OpenedFile } from '../../documents/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { Logger } from '../logger.ts';
import { isResponseOver } from '../response-over.ts';
import type { DownloadRight } from './download-right.ts';
import { headersOfFile, type ServedFile, servedMediaType } from './file-headers.ts';
import { layOutRanges, type RangeLayout, rangesOf } from './range-header.ts';
import { createTransferRateGuard, RATE_WINDOW_MS } from './transfer-rate.ts';

/** Bytes per write. A reader at the minimum rate takes them within half a minute. */
const CHUNK_BYTES = 64 * 1024;

export interface FileResponse {
	readonly request: FastifyRequest;
	readonly reply: FastifyReply;
	readonly file: ServedFile & { readonly opened: OpenedFile };
	readonly right: DownloadRight;
	readonly logger: Logger;
	readonly clock: Clock;
	/** Cuts the answer, so that no one mistakes it for complete. */
	readonly abort: () => void;
	/** Writes the outcome to the audit log. */
	readonly record: (act: Act) => Promise<void>;
}

/** Sends an opened and recorded file, or the requested parts, and records how many bytes were sent. */
export async function sendFile(response: FileResponse): Promise<void> {
	const { request, reply, file } = response;
	const { opened } = file;
	const isHead = request.method === 'HEAD';
	const ranges =
		isHead || !matchesIfRange(request.headers['if-range'], file) ? null : rangesOf(request.headers.range, opened.size);
	const headers = headersOfFile(file);
	if (ranges?.length === 0) {
		reply.code(416).headers({ ...headers, 'content-range': `bytes */${opened.size}`, 'content-length': '0' });
		await reply.removeHeader('content-type').removeHeader('content-disposition').send();
		return;
	}
	const layout = layOutRanges(ranges, opened.size, servedMediaType(file), randomBytes(18).toString('hex'));
	const written = { ...reply.getHeaders(), ...headers, ...layout.headers, 'content-length': String(layout.length) };
	reply.hijack();
	await sendParts(response, layout, written as Record<string, string>);
}

async function sendParts(
	response: FileResponse,
	layout: RangeLayout,
	headers: Readonly<Record<string, string>>,
): Promise<void> {
	const { request, reply, file, right, clock, abort } = response;
	const { raw } = reply;
	const isHead = request.method === 'HEAD';
	// Progress within a part is invisible, so the silence limit equals the rate window.
	const guardRate = createTransferRateGuard(clock, RATE_WINDOW_MS, abort);
	let bytes = 0;
	try {
		await right.assertHeld();
		raw.writeHead(layout.status, headers);
		if (!isHead)
			for await (const { piece, isOfFile } of piecesOf(layout, file.opened))
				for (let start = 0; start < piece.length; start += CHUNK_BYTES) {
					const part = piece.subarray(start, start + CHUNK_BYTES);
					// Counted before the write: no one knows how much of a cut write arrives.
					if (isOfFile) bytes += part.length;
					await guardRate(write(raw, part), () => part.length);
				}
		// Everything is handed over by now. A low rate must not cut the bytes on their way.
		await guardRate(end(raw), () => Number.POSITIVE_INFINITY);
		if (!isHead) await recordSent(response, { action: 'content.send', bytes });
	} catch (error) {
		const reason = await endUnfinished(response, error);
		if (!isHead) await recordSent(response, { action: 'content.send', bytes, decision: 'FAILED', reason });
	}
}

/** Cuts an incomplete answer and returns the reason. */
async function endUnfinished(
	{ request, reply, right, logger, abort }: FileResponse,
	error: unknown,
): Promise<NonNullable<Act['reason']>> {
	// Once the reader is gone, any other failure is a consequence.
	const hasGone = error instanceof ClientGoneError || isResponseOver(reply.raw);
	// A reader who hangs up must not end other answers on the connection.
	if (!hasGone) abort();
	// If the lease is over, that cut the answer first.
	const cause = await right.assertHeld().then(
		() => error,
		(over: unknown) => over,
	);
	if (!hasGone) logger.error({ err: error, requestId: request.id }, 'a file was not sent completely');
	return reasonOf(cause);
}

/** The bytes are sent already. If that can't be recorded, all that is left is to log it. */
const recordSent = ({ request, logger, record }: FileResponse, act: Act): Promise<void> =>
	record(act).catch((error: unknown) =>
		logger.error({ err: error, requestId: request.id }, 'the number of bytes sent of a file could not be recorded'),
	);

/** RFC 9110, section 13.1.5: a range applies only to the version that the caller already has in part. */
function matchesIfRange(header: string | string[] | undefined, { version }: ServedFile): boolean {
	return header === undefined || header === `"${version}"`;
}

async function* piecesOf(
	{ parts, after }: RangeLayout,
	opened: OpenedFile,
): AsyncGenerator<{ readonly piece: Uint8Array; readonly isOfFile: boolean }> {
	for (const { before, range } of parts) {
		if (before !== '') yield { piece: Buffer.from(before), isOfFile: false };
		for await (const piece of opened.read(range)) yield { piece, isOfFile: true };
	}
	if (after !== '') yield { piece: Buffer.from(after), isOfFile: false };
}

/** The reader has hung up, or the server stops. */
class ClientGoneError extends Error {}

/** Resolves when the operating system has taken the bytes, so that at most one piece of a file is in memory. */
async function write(raw: ServerResponse, piece: Uint8Array): Promise<void> {
	await unlessClientGone(raw, (done) => raw.write(piece, done));
}

async function end(raw: ServerResponse): Promise<void> {
	await unlessClientGone(raw, (done) => raw.end(done));
}

async function unlessClientGone(
	raw: ServerResponse,
	start: (done: (error?: Error | null) => void) => unknown,
): Promise<void> {
	if (isResponseOver(raw)) throw new ClientGoneError();
	const over = new AbortController();
	const closed = once(raw, 'close', { signal: over.signal }).then(() => 'closed' as const);
	const done = new Promise<Error | null>((resolve) => start((error) => resolve(error ?? null)));
	const first = await Promise.race([done, closed.catch(() => null)]);
	over.abort();
	// 'finish' and 'close' of an ended answer may come in either order.
	if (first !== null && !raw.writableFinished) throw new ClientGoneError();
}

function reasonOf(error: unknown): NonNullable<Act['reason']> {
	const code = error instanceof FirmsealError ? error.code : null;
	return code === 'CIPHERTEXT_INVALID' || code === 'KEY_UNAVAILABLE' || code === 'LEASE_NOT_ACTIVE' ? code : 'CUT';
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import { visibilityOf } from '../../access/index.ts';
import type { Clock } from '../../clock/index.ts';
import { authorizationOf, type ContentSession } from '../../content/index.ts';
import {
	type FileReference,
	FileReplacedError,
	type FoundFile,
	findFile,
	type ObjectStore,
	type OpenedFile,
	openFile,
	type PlaintextStore,
} from '../../documents/index.ts';
import { FirmsealError } from '../../errors.ts';
import { clientOf, firmOf, type RequestContext } from '../context.ts';
import type { TakeSlot } from '../limits/index.ts';
import type { Logger } from '../logger.ts';
import { onResponseOver } from '../response-over.ts';
import { createDownloadRight, type DownloadRight } from './download-right.ts';
import { entityTag, evaluatePreconditions, type ServedFile } from './file-headers.ts';
import { reportStoreFailure, sendPreconditionFailed, whyFileDenied } from './refusals.ts';
import { sendFile } from './send-file.ts';

export interface DownloadParts {
	readonly store: ObjectStore;
	/** Where files are still stored as plaintext; null if nowhere. */
	readonly plaintextStore: PlaintextStore | null;
	readonly clock: Clock;
	readonly logger: Logger;
	/** Ends a connection and drops the bytes in its socket. */
	readonly resetConnection: (request: FastifyRequest) => void;
	/** Ends one answer. Over HTTP/2, other answers on the same connection continue. */
	readonly abortResponse: (request: FastifyRequest) => Promise<void>;
	readonly slots: { readonly download: TakeSlot; readonly underLease: TakeSlot };
}

/** A file that the caller may open. */
interface Download {
	readonly context: RequestContext;
	readonly request: FastifyRequest;
	readonly reply: FastifyReply;
	readonly session: ContentSession;
	/** The file as the caller sees it at the time of the call; null if no longer visible. */
	readonly find: () => Promise<FoundFile | null>;
	readonly found: FoundFile;
	readonly file: ServedFile;
}

const FOUND_NOTHING = 'There is no such document, or no such file of it.';

/** Answers GET and HEAD of a file. Checks visibility first, then the right, and only then conditions and ranges. */
export async function sendDocumentFile(
	parts: DownloadParts,
	context: RequestContext,
	named: FileReference,
	request: FastifyRequest,
	reply: FastifyReply,
): Promise<FastifyReply | undefined> {
	const download = await beginDownload(context, named, request, reply);
	const { session, file } = download;
	const condition = evaluatePreconditions(request.headers, file.version);
	if (condition) {
		await context.services.content.settle(session);
		return condition === 304 ? sendNotModified(file, reply) : refuseReplaced(request, reply);
	}
	const giveBackSlot = takeDownloadSlot(parts, download);
	const right = keepDownloadRight(parts, download);
	try {
		const opened = await openOnRecord(parts, download, right);
		await sendAndRecord(parts, download, right, opened);
	} finally {
		giveBackSlot();
		right.stop();
	}
}

/**
 * @throws FirmsealError NOT_FOUND for a file that the caller doesn't see; the refusal, once recorded, for a file that the caller may
 * not open.
 */
async function beginDownload(
	context: RequestContext,
	named: FileReference,
	request: FastifyRequest,
	reply: FastifyReply,
): Promise<Download> {
	const { principal, lease } = context;
	const { plane, content } = context.services;
	const scope = { plane, firm: firmOf(context), client: clientOf(context), readsSealed: principal.kind === 'firm' };
	const find = () => findFile(scope, named);
	const found = visibilityOf(principal, 'Document') !== null && (await find());
	if (!found) throw new FirmsealError('NOT_FOUND', FOUND_NOTHING);
	const session = content.begin(authorizationOf(principal, request.id, null, lease?.activeLease ?? null), lease);
	const denial = whyFileDenied(session, found);
	if (denial) {
		await content.settle(session);
		throw denial;
	}
	if (!found.content) throw new FirmsealError('NOT_FOUND', FOUND_NOTHING);
	const file = { name: found.name, mimeType: found.mimeType, version: found.content.place.version };
	return { context, request, reply, session, find, found, file };
}

const sendNotModified = (file: ServedFile, reply: FastifyReply): FastifyReply =>
	reply
		.code(304)
		.headers({ etag: entityTag(file), 'cache-control': 'no-store' })
		.send();

const refuseReplaced = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
	sendPreconditionFailed(new FileReplacedError(), request, reply);

/** Returns the function that releases the slot. @throws RateLimitedError */
const takeDownloadSlot = ({ slots }: DownloadParts, { context, found }: Download): (() => void) =>
	(context.lease ? slots.underLease : slots.download)({
		account: context.principal.user,
		firm: found.row.firm,
		isClient: clientOf(context) !== null,
	});

/**
 * Once a lease is over, no bytes may stay in a buffer for a slow reader, not even in the buffer of an HTTP/2 connection that others
 * share.
 */
const abortDownload = (parts: DownloadParts, { context, request }: Download): void =>
	void (context.lease ? parts.resetConnection(request) : parts.abortResponse(request));

function keepDownloadRight(parts: DownloadParts, download: Download): DownloadRight {
	const { context, find, reply } = download;
	const { lease } = context;
	const mayStill = async () => (await context.isPrincipalUnchanged()) && (lease !== null || (await find()) !== null);
	return createDownloadRight(parts.clock, mayStill, lease, () => {
		// If no bytes are sent yet, the answer can still be the refusal itself.
		if (reply.raw.headersSent) abortDownload(parts, download);
	});
}

/** Opens the file, and resolves once that is on record. */
async function openOnRecord(
	{ store, plaintextStore, clock, logger }: DownloadParts,
	{ context, request, reply, session, find, found }: Download,
	right: DownloadRight,
): Promise<OpenedFile> {
	const { content } = context.services;
	const gone = new AbortController();
	onResponseOver(reply.raw, () => gone.abort());
	const reading = { gate: right.assertHeld, onLocated: right.start, signal: gone.signal };
	try {
		return await openFile({ content, store, plaintextStore, find, clock, ...reading }, session, found);
	} catch (error) {
		await content.settle(session);
		if (!gone.signal.aborted) reportStoreFailure(error, logger, request);
		throw error;
	}
}

async function sendAndRecord(
	parts: DownloadParts,
	download: Download,
	right: DownloadRight,
	opened: OpenedFile,
): Promise<void> {
	const { context, request, reply, session, found, file } = download;
	const { content } = context.services;
	await content.settle(session);
	await sendFile({
		request,
		reply,
		file: { ...file, opened },
		right,
		logger: parts.logger,
		clock: parts.clock,
		abort: () => abortDownload(parts, download),
		async record(act) {
			await content.recordRemaining(session);
			await content.record(session, { ...act, coordinates: [found.field.coordinate], records: [found.row.id] });
		},
	});
}

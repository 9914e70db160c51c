import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { validate, version } from 'uuid';
import { visibilityOf } from '../../access/index.ts';
import type { Clock } from '../../clock/index.ts';
import { authorizationOf } from '../../content/index.ts';
import {
	type FileReference,
	FileReplacedError,
	findFile,
	type ObjectStore,
	openFile,
	type PlaintextStore,
	uploadFile,
} from '../../documents/index.ts';
import { FirmsealError } from '../../errors.ts';
import { clientOf, firmOf, type RequestContext } from '../context.ts';
import { allowOrigins, discardBody } from '../http/index.ts';
import { createSlots, DOWNLOADS, LEASE_FILE_SLOTS, type TakeSlot, UPLOADS } from '../limits/index.ts';
import type { Logger } from '../logger.ts';
import { onResponseOver } from '../response-over.ts';
import { createDownloadRight } from './download-right.ts';
import { entityTag, evaluatePreconditions } from './file-headers.ts';
import { createUploadBody, ignoreMediaType } from './receive-file.ts';
import { authorizeUploader, reportStoreFailure, sendPreconditionFailed, whyFileDenied } from './refusals.ts';
import { sendFile } from './send-file.ts';

export interface DocumentRoutesOptions {
	readonly store: ObjectStore;
	/** Where files still are in the clear; null: nowhere. */
	readonly plaintextStore: PlaintextStore | null;
	readonly clock: Clock;
	readonly logger: Logger;
	readonly corsOrigins: readonly string[];
	/** Who asks, by the token. */
	readonly context: (request: FastifyRequest, reply: FastifyReply) => Promise<RequestContext>;
	/** Who asks, by a ticket, and for what; null: tickets are of the firm's plane. */
	readonly ticketContext:
		| ((
				ticket: string,
				request: FastifyRequest,
				reply: FastifyReply,
		  ) => Promise<{ context: RequestContext; file: FileReference }>)
		| null;
	/** Ends a connection with what is in its socket. */
	readonly resetConnection: (request: FastifyRequest) => void;
	/** Ends an answer, and over HTTP/2 no other's on the same connection. */
	readonly abortResponse: (request: FastifyRequest) => Promise<void>;
}

type Params = { readonly id: string; readonly number?: string; readonly ticket: string };

/**
 * Files: PUT, GET and HEAD /documents/:id/content, GET and HEAD of a version, and GET /downloads/:ticket. Who asks comes first, then
 * whether there is anything to be seen, then the right; conditions and ranges last. Who uploads nothing at all is told so first, as of a
 * mutation: that says nothing of any document.
 */
export function addDocumentRoutes(app: FastifyInstance, options: DocumentRoutesOptions): void {
	const { context, corsOrigins, ticketContext, store } = options;
	const takeUpload = createSlots(UPLOADS);
	const slots = { download: createSlots(DOWNLOADS), underLease: createSlots(LEASE_FILE_SLOTS) };
	// Each under a prefix: a preflight of any other path is none of theirs.
	const add = (prefix: string, methods: readonly string[], routes: (scope: FastifyInstance) => void) =>
		app.register(
			async (scope) => {
				if (corsOrigins.length > 0) await allowOrigins(scope, corsOrigins, { methods, ...FILES_ACROSS_ORIGINS });
				// The body is the file, whatever it is said to be.
				scope.addHook('onRequest', async (request) => ignoreMediaType(request));
				scope.removeAllContentTypeParsers();
				scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
				routes(scope);
			},
			{ prefix },
		);
	add('/documents', ['GET', 'HEAD', 'PUT'], (scope) => {
		for (const url of ['/:id/content', '/:id/versions/:number/content'])
			scope.route<{ Params: Params }>({
				method: ['GET', 'HEAD'],
				url,
				async handler(request, reply) {
					return sendDocumentFile(
						{ ...options, slots },
						await context(request, reply),
						parseFileName(request.params),
						request,
						reply,
					);
				},
			});
		scope.put<{ Params: Params }>('/:id/content', async (request, reply) => {
			let giveBack = () => {};
			let sender: AbortSignal | undefined;
			try {
				const asked = await context(request, reply);
				const { desk: services, acting } = await authorizeUploader(asked);
				const { documentId } = parseFileName(request.params);
				const file = await uploadFile(services, store, acting, documentId, () => {
					giveBack = takeUpload({ account: acting.user, firm: acting.firm, isClient: clientOf(asked) !== null });
					const body = createUploadBody(request, reply, options.clock);
					sender = body.signal;
					return { ...body, isStillAllowed: asked.isPrincipalUnchanged };
				});
				reply.code(201).headers({
					etag: entityTag({ version: file.versionId }),
					location: `/documents/${documentId}/versions/${file.number}/content`,
				});
				return file;
			} catch (error) {
				if (error instanceof FileReplacedError) {
					discardBody(request.raw, reply.raw);
					return await sendPreconditionFailed(error, request, reply);
				}
				if (!sender?.aborted) reportStoreFailure(error, options.logger, request);
				throw error;
			} finally {
				giveBack();
			}
		});
	});
	if (ticketContext)
		add('/downloads', ['GET'], (scope) => {
			scope.get<{ Params: Params }>('/:ticket', { exposeHeadRoute: false }, async (request, reply) => {
				const asked = await ticketContext(request.params.ticket, request, reply);
				return sendDocumentFile({ ...options, slots }, asked.context, asked.file, request, reply);
			});
		});
}

const FILES_ACROSS_ORIGINS = {
	allowedHeaders: ['Range', 'If-Range', 'If-Match', 'If-None-Match'],
	exposedHeaders: ['ETag', 'Location', 'Accept-Ranges', 'Content-Range', 'Content-Length', 'Content-Disposition'],
};

const FOUND_NOTHING = 'There is no such document, or no such file of it.';

interface ServeOptions extends DocumentRoutesOptions {
	readonly slots: { readonly download: TakeSlot; readonly underLease: TakeSlot };
}

async function sendDocumentFile(
	{ store, plaintextStore, clock, logger, resetConnection, abortResponse, slots }: ServeOptions,
	context: RequestContext,
	named: FileReference,
	request: FastifyRequest,
	reply: FastifyReply,
): Promise<FastifyReply | undefined> {
	const { principal, services, lease } = context;
	const { content } = services;
	const scope = { plane: services.plane, firm: firmOf(context), client: clientOf(context) };
	const find = () => findFile({ ...scope, readsSealed: principal.kind === 'firm' }, named);
	const found = visibilityOf(principal, 'Document') !== null && (await find());
	if (!found) throw new FirmsealError('NOT_FOUND', FOUND_NOTHING);
	const access = content.begin(authorizationOf(principal, request.id, null, lease?.activeLease ?? null), lease);
	const closed = whyFileDenied(access, found);
	if (closed) {
		await content.settle(access);
		throw closed;
	}
	if (!found.content) throw new FirmsealError('NOT_FOUND', FOUND_NOTHING);
	const file = { name: found.name, mimeType: found.mimeType, version: found.content.place.version };
	const condition = evaluatePreconditions(request.headers, file.version);
	if (condition) {
		await content.settle(access);
		if (condition === 304)
			return reply
				.code(304)
				.headers({ etag: entityTag(file), 'cache-control': 'no-store' })
				.send();
		return sendPreconditionFailed(new FileReplacedError(), request, reply);
	}
	const giveBack = (lease ? slots.underLease : slots.download)({
		account: principal.user,
		firm: found.row.firm,
		isClient: clientOf(context) !== null,
	});
	const gone = new AbortController();
	onResponseOver(reply.raw, () => gone.abort());
	// Once a lease is over, nothing may be left in a buffer for a slow reader: not even in that of a connection of HTTP/2 which others share.
	const end = () => void (lease ? resetConnection(request) : abortResponse(request));
	const onLost = () => {
		// Nothing has gone out yet: then it is answered that the lease is over.
		if (reply.raw.headersSent) end();
	};
	const mayStill = async () => (await context.isPrincipalUnchanged()) && (lease !== null || (await find()) !== null);
	const kept = createDownloadRight(clock, mayStill, lease, onLost);
	try {
		const opened = await openFile(
			{
				content,
				store,
				plaintextStore: plaintextStore,
				find,
				gate: kept.assertHeld,
				clock,
				signal: gone.signal,
				onLocated: kept.start,
			},
			access,
			found,
		).catch(async (error: unknown) => {
			await content.settle(access);
			if (!gone.signal.aborted) reportStoreFailure(error, logger, request);
			throw error;
		});
		await content.settle(access);
		const { coordinate } = found.field;
		await sendFile({
			request,
			reply,
			file: { ...file, opened },
			lease: kept,
			logger,
			clock,
			abort: end,
			async record(act) {
				await content.settleRest(access);
				await content.record(access, { ...act, coordinates: [coordinate], records: [found.row.id] });
			},
		});
	} finally {
		giveBack();
		kept.stop();
	}
}

/** @throws FirmsealError BAD_USER_INPUT for what can't be the id or number of anything. */
function parseFileName({ id, number }: Params): FileReference {
	if (!validate(id) || version(id) !== 7 || id !== id.toLowerCase())
		throw new FirmsealError('BAD_USER_INPUT', 'The id of a document is a UUIDv7 in lower case.');
	if (number === undefined) return { documentId: id, version: null };
	if (!/^[1-9]\d{0,8}$/.test(number))
		throw new FirmsealError('BAD_USER_INPUT', 'The number of a version is 1, 2, 3 and so on.');
	return { documentId: id, version: Number(number) };
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { validate, version } from 'uuid';
import { type FileReference, FileReplacedError, uploadFile } from '../../documents/index.ts';
import { FirmsealError } from '../../errors.ts';
import { clientOf, type RequestContext } from '../context.ts';
import { allowOrigins, discardBody, refuseOtherMethods } from '../http/index.ts';
import { createSlots, DOWNLOADS, LEASE_FILE_SLOTS, UPLOADS } from '../limits/index.ts';
import type { Enter, HttpExchange } from '../request/index.ts';
import { entityTag } from './file-headers.ts';
import { createUploadBody, ignoreMediaType } from './receive-file.ts';
import { authorizeUploader, reportStoreFailure, sendPreconditionFailed } from './refusals.ts';
import { type DownloadParts, sendDocumentFile } from './send-document-file.ts';

export interface DocumentRoutesOptions extends Omit<DownloadParts, 'slots'> {
	readonly corsOrigins: readonly string[];
	/** Identifies the caller by token. */
	readonly enter: Enter<RequestContext>;
	/** Identifies the caller and the file by ticket; null on the operator plane, which has no tickets. */
	readonly enterByTicket:
		| ((ticket: string, exchange: HttpExchange) => Promise<{ context: RequestContext; file: FileReference }>)
		| null;
}

const CONTENT_PATH = '/:id/content';
const VERSION_PATH = '/:id/versions/:number/content';

type Params = { readonly id: string; readonly number?: string; readonly ticket: string };

/**
 * Files: PUT, GET and HEAD /documents/:id/content, GET and HEAD of a version, and GET /downloads/:ticket. The checks run in this
 * order: identity, visibility, right, and only then conditions and ranges. A caller who may not upload at all is refused before the
 * visibility check, like by a mutation; that reveals nothing about any document.
 */
export function addDocumentRoutes(app: FastifyInstance, options: DocumentRoutesOptions): void {
	const { enterByTicket, corsOrigins } = options;
	const slots = { download: createSlots(DOWNLOADS), underLease: createSlots(LEASE_FILE_SLOTS) };
	const downloads = { ...options, slots };
	addScope(app, { prefix: '/documents', methods: ['GET', 'HEAD', 'PUT'], corsOrigins }, (scope) => {
		addDownloadRoutes(scope, options, downloads);
		addUploadRoute(scope, options);
		refuseOtherMethods(scope, CONTENT_PATH, ['GET', 'HEAD', 'PUT']);
		refuseOtherMethods(scope, VERSION_PATH, ['GET', 'HEAD']);
	});
	if (!enterByTicket) return;
	addScope(app, { prefix: '/downloads', methods: ['GET'], corsOrigins }, (scope) => {
		scope.get<{ Params: Params }>('/:ticket', { exposeHeadRoute: false }, async (request, reply) => {
			const { context, file } = await enterByTicket(request.params.ticket, exchangeOf(options, request, reply));
			return sendDocumentFile(downloads, context, file, request, reply);
		});
		refuseOtherMethods(scope, '/:ticket', ['GET']);
	});
}

interface ScopeOptions {
	readonly prefix: string;
	readonly methods: readonly string[];
	readonly corsOrigins: readonly string[];
}

/** Each scope has its own prefix, so that it answers no preflight of another path. */
function addScope(
	app: FastifyInstance,
	{ prefix, methods, corsOrigins }: ScopeOptions,
	addRoutes: (scope: FastifyInstance) => void,
): void {
	app.register(
		async (scope) => {
			if (corsOrigins.length > 0) await allowOrigins(scope, corsOrigins, { methods, ...FILES_ACROSS_ORIGINS });
			// The body is the file, whatever its declared type.
			scope.addHook('onRequest', async (request) => ignoreMediaType(request));
			scope.removeAllContentTypeParsers();
			scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
			addRoutes(scope);
		},
		{ prefix },
	);
}

const FILES_ACROSS_ORIGINS = {
	allowedHeaders: ['Range', 'If-Range', 'If-Match', 'If-None-Match'],
	exposedHeaders: ['ETag', 'Location', 'Accept-Ranges', 'Content-Range', 'Content-Length', 'Content-Disposition'],
};

function addDownloadRoutes(scope: FastifyInstance, options: DocumentRoutesOptions, downloads: DownloadParts): void {
	for (const url of [CONTENT_PATH, VERSION_PATH])
		scope.route<{ Params: Params }>({
			method: ['GET', 'HEAD'],
			url,
			async handler(request, reply) {
				const context = await options.enter(exchangeOf(options, request, reply));
				return sendDocumentFile(downloads, context, parseFileName(request.params), request, reply);
			},
		});
}

function addUploadRoute(scope: FastifyInstance, options: DocumentRoutesOptions): void {
	const takeSlot = createSlots(UPLOADS);
	scope.put<{ Params: Params }>(CONTENT_PATH, async (request, reply) => {
		let giveBackSlot = () => {};
		let sender: AbortSignal | undefined;
		try {
			const context = await options.enter(exchangeOf(options, request, reply));
			const { services, acting } = await authorizeUploader(context);
			const { documentId } = parseFileName(request.params);
			const file = await uploadFile(services, options.store, acting, documentId, () => {
				giveBackSlot = takeSlot({ account: acting.user, firm: acting.firm, isClient: clientOf(context) !== null });
				const body = createUploadBody(request, reply, options.clock);
				sender = body.signal;
				return { ...body, isStillAllowed: context.isPrincipalUnchanged };
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
			giveBackSlot();
		}
	});
}

const exchangeOf = (
	{ resetConnection }: DocumentRoutesOptions,
	request: FastifyRequest,
	reply: FastifyReply,
): HttpExchange => ({ request, reply, resetConnection: () => resetConnection(request) });

/** @throws FirmsealError BAD_USER_INPUT for an id or a number of the wrong form. */
function parseFileName({ id, number }: Params): FileReference {
	if (!validate(id) || version(id) !== 7 || id !== id.toLowerCase())
		throw new FirmsealError('BAD_USER_INPUT', 'The id of a document is a UUIDv7 in lower case.');
	if (number === undefined) return { documentId: id, version: null };
	if (!/^[1-9]\d{0,8}$/.test(number))
		throw new FirmsealError('BAD_USER_INPUT', 'The number of a version is 1, 2, 3 and so on.');
	return { documentId: id, version: Number(number) };
}

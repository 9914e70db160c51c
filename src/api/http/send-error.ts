import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { toCallerError } from '../../database/index.ts';
import { ObjectStoreError } from '../../documents/index.ts';
import { errorHeadersOf, HTTP_STATUS, RETRY_AFTER_SECONDS, reportDatabaseUnavailable } from '../errors/index.ts';
import { RateLimitedError } from '../limits/index.ts';
import type { Logger } from '../logger.ts';
import { generateRequestId } from '../request-id.ts';
import {
	createProblem,
	INTERNAL_ERROR,
	methodNotAllowed,
	PROBLEM_TYPE,
	type Problem,
	problemTemplateOf,
} from './problem.ts';

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
	return reply.code(problem.status).type(PROBLEM_TYPE).send(problem);
}

export const METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'] as const;

/** Answers 405 to every other method of a path, before the body is read. */
export function refuseOtherMethods(scope: FastifyInstance, url: string, allowed: readonly string[]): void {
	scope.route({
		method: METHODS.filter((method) => !allowed.includes(method)),
		url,
		async onRequest(request, reply) {
			return sendProblem(
				reply.header('allow', allowed.join(', ')),
				createProblem(methodNotAllowed(allowed), request.id),
			);
		},
		handler: () => {},
	});
}

/** Answers an error that no route has answered. Only coded messages leave the server; anything else becomes INTERNAL and a log line. */
export function sendError(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply, logger: Logger) {
	if (error instanceof ObjectStoreError) {
		const refused = STORE_REFUSALS[error.reason === 'FULL' ? 'FULL' : 'AWAY'];
		if (refused.status === 503) reply.header('retry-after', RETRY_AFTER_SECONDS);
		return sendProblem(reply, createProblem(refused, request.id));
	}
	const answered = toCallerError(error);
	if (answered) {
		reportDatabaseUnavailable(logger, request.id, answered);
		const retryAfter = answered instanceof RateLimitedError ? answered.retryAfter : undefined;
		for (const [name, value] of errorHeadersOf(answered.code, retryAfter)) reply.header(name, value);
		const refused = { status: HTTP_STATUS[answered.code], code: answered.code, detail: answered.message };
		return sendProblem(reply, createProblem(refused, request.id));
	}
	const refused = problemTemplateOf('statusCode' in error ? error.statusCode : undefined);
	if (!refused) logger.error({ requestId: request.id, err: error }, 'unexpected error');
	return sendProblem(reply, createProblem(refused ?? INTERNAL_ERROR, request.id));
}

/** The caller can't change anything about the store, and learns nothing more about it. */
const STORE_REFUSALS = {
	AWAY: { status: 503, code: 'INTERNAL', detail: 'Files are unavailable now: try again later.' },
	FULL: {
		status: 507,
		code: 'INTERNAL',
		detail: 'There is no space for the file: tell the operators of this service.',
	},
} as const;

const STATUS_OF_PARSER: Readonly<Record<string, number>> = {
	ERR_HTTP_REQUEST_TIMEOUT: 408,
	HPE_HEADER_OVERFLOW: 431,
};

/** Answers invalid HTTP/1.1 on the bare socket, then closes it. */
export function rejectConnection(error: NodeJS.ErrnoException, socket: Socket): void {
	// An answer is half sent, or no one is left to read one.
	const answering = (socket as { _httpMessage?: { headersSent: boolean } })._httpMessage?.headersSent;
	if (error.code === 'ECONNRESET' || !socket.writable || answering) {
		socket.destroy();
		return;
	}
	const refused = problemTemplateOf(STATUS_OF_PARSER[error.code ?? ''] ?? 400) ?? INTERNAL_ERROR;
	const problem = createProblem(refused, generateRequestId());
	const body = JSON.stringify(problem);
	const head = [
		`HTTP/1.1 ${problem.status} ${problem.title}`,
		`Content-Type: ${PROBLEM_TYPE}`,
		`Content-Length: ${Buffer.byteLength(body)}`,
		'Cache-Control: no-store',
		`X-Request-Id: ${problem.requestId}`,
		'Connection: close',
	];
	socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { type ApiCredentials, apiUnreachableError, connectionErrorReason } from '../call/index.ts';

/** Milliseconds of silence after which nothing more is expected; a store may take its time over the last part of a large file. */
export const SILENCE = { GET: 60_000, HEAD: 60_000, PUT: 600_000 };
/** Milliseconds after which the operating system asks whether the other end is still there. */
const KEEP_ALIVE = 30_000;
/**
 * Milliseconds that a body waits for a refusal, and the bytes from which on it does: a server that has refused reads no more, and what
 * is sent to it all the same may take its answer away.
 */
const GRACE = 500;
const LARGE = 1024 ** 2;

/** The bytes of a request. Each piece may be reused as soon as the next one is asked for. */
export interface Outgoing {
	readonly pieces: AsyncIterable<Uint8Array>;
	/** null: not known before its end. */
	readonly size: number | null;
}

export interface ExchangeRequest {
	readonly method: keyof typeof SILENCE;
	/** Such as /documents/…/content. */
	readonly path: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: Outgoing;
	/** Gives up. */
	readonly signal: AbortSignal;
}

/** The connection ended before the answer did. */
export class DisconnectedError extends Error {
	/** Whether the server may have got everything, so that only its answer is missing. */
	readonly isAllSent: boolean;
	/** Whether it was given up on this side: somebody has pressed Ctrl-C. */
	readonly isGivenUp: boolean;

	constructor({ isAllSent = false, isGivenUp = false } = {}) {
		super('The connection was cut.');
		this.isAllSent = isAllSent;
		this.isGivenUp = isGivenUp;
	}
}

/**
 * One request over a connection of its own; resolves with the head of the answer. By node:http, since a body has to be sent with its
 * length, and an answer read that comes before all of it is sent.
 * @throws SetupError for a server that can't be reached; DisconnectedError; what the body throws.
 */
export async function sendRequest({ url, token }: ApiCredentials, asked: ExchangeRequest): Promise<IncomingMessage> {
	const { method, body, signal } = asked;
	if (signal.aborted) throw new DisconnectedError({ isGivenUp: true });
	const send = url.startsWith('https:') ? requestHttps : requestHttp;
	const request = send(url + asked.path, {
		method,
		agent: false,
		signal,
		timeout: SILENCE[method],
		headers: {
			...asked.headers,
			'accept-encoding': 'identity',
			authorization: `Bearer ${token.expose()}`,
			...(body && { 'content-type': 'application/octet-stream' }),
			...(body && body.size !== null && { 'content-length': body.size }),
		},
	});
	return answerOf(request, url, asked);
}

function answerOf(
	request: ClientRequest,
	url: string,
	{ method, body, signal }: ExchangeRequest,
): Promise<IncomingMessage> {
	let isConnected = false;
	let isAllSent = false;
	let isAnswered = false;
	return new Promise((resolve, reject) => {
		request.once('socket', (socket) => {
			socket.setKeepAlive(true, KEEP_ALIVE);
			socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => {
				isConnected = true;
			});
		});
		request.on('timeout', () => request.destroy());
		request.once('response', (answer) => {
			isAnswered = true;
			// Whoever reads it may be the slow one: download.ts counts only what is waited for.
			if (method === 'GET') request.setTimeout(0);
			resolve(answer);
		});
		request.on('error', (error) => {
			const isGivenUp = signal.aborted;
			reject(
				isConnected || isGivenUp
					? new DisconnectedError({ isAllSent, isGivenUp })
					: apiUnreachableError(url, connectionErrorReason(error)),
			);
		});
		if (!body) request.end();
		else
			pump(request, body, {
				isAnswered: () => isAnswered,
				onLast: () => {
					isAllSent = true;
				},
			}).catch((error: unknown) => {
				reject(error instanceof Error ? error : new DisconnectedError());
				request.destroy();
			});
	});
}

interface Watching {
	readonly isAnswered: () => boolean;
	/** What goes now may be the last that the server waits for. */
	readonly onLast: () => void;
}

/** Each piece goes when the one before it has gone to the operating system; none once there is an answer. */
async function pump(
	request: ClientRequest,
	{ pieces, size }: Outgoing,
	{ isAnswered, onLast }: Watching,
): Promise<void> {
	let wake = () => {};
	for (const event of ['response', 'close', 'error']) request.once(event, () => wake());
	const isOver = () => isAnswered() || request.destroyed;
	if (size === null || size > LARGE) {
		request.flushHeaders();
		await new Promise<void>((resolve) => {
			const timer = setTimeout(resolve, GRACE);
			wake = () => {
				clearTimeout(timer);
				resolve();
			};
		});
	}
	let sent = 0;
	for await (const piece of pieces) {
		if (isOver()) return;
		sent += piece.length;
		if (sent === size) onLast();
		await new Promise<void>((resolve) => {
			wake = resolve;
			request.write(piece, () => resolve());
		});
	}
	if (isOver()) return;
	onLast();
	request.end();
}

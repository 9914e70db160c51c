import type { Readable } from 'node:stream';
import type { Dispatcher, RetryHandler } from 'undici';
import type { Clock } from '../../clock/index.ts';
import type { Config } from '../../config/index.ts';
import { explainNetworkErrorCode, FirmsealError, SetupError } from '../../errors.ts';
import { currentIo } from '../io.ts';

/** The person whom a command acts for, and the API that it calls. */
export interface ApiCredentials {
	/** The address of the API, without a slash at its end. */
	readonly url: string;
	readonly token: NonNullable<Config['client']['token']>;
}

/** Milliseconds of silence after which a connection counts as cut. An object store may take minutes over the last part of an upload. */
const SILENCE = 60_000;
const UPLOAD_SILENCE = 600_000;

/** Attempts without progress. They take half a minute, unless the API asks for longer pauses. */
const MAX_TRIES = 8;
/** Bytes that count as progress. */
const PROGRESS = 1024 ** 2;
/** Milliseconds between two attempts: at first, and at most. A Retry-After of the API takes precedence, up to a minute. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 8_000;
const LONGEST_RETRY_AFTER = 60_000;

/** How to retry a request. Only for idempotent requests. */
export interface RetryPolicy {
	readonly signal: AbortSignal;
	/** Shows a sentence to the person who waits. */
	readonly notify: (sentence: string) => void;
	/** Attempts without progress; 8 unless given. */
	readonly tries?: number;
	/** Whether the API has answered before. A command doesn't wait for an API that it has never reached. */
	wasReached: boolean;
}

export interface ApiRequest {
	readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT';
	/** For example /graphql. */
	readonly path: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string | AsyncIterable<Uint8Array>;
	/** Aborts the request. */
	readonly signal?: AbortSignal | undefined;
	/** Without it there is one attempt. */
	readonly retry?: RetryPolicy | undefined;
}

export interface ApiAnswer {
	readonly status: number;
	readonly headers: Dispatcher.ResponseData['headers'];
	/** The body. @throws as sendRequest() does; RestartError */
	readonly pieces: AsyncIterable<Uint8Array>;
	/** Stops reading the body. */
	cancel(): void;
}

/** The connection ended before the answer did. */
export class DisconnectedError extends SetupError {}

/** There was no connection, or no HTTP on it. */
export class UnreachableError extends SetupError {}

/** This answer can't be continued: the file was replaced, or the API refused the rest. A new request may succeed. */
export class RestartError extends FirmsealError {
	constructor() {
		super('CONFLICT', 'The file kept changing during the download: try again later.');
	}
}

/** Called by the first request, because --help needs no HTTP client. A file gets a connection of its own. */
async function openAgents() {
	const { Agent, interceptors, request } = await import('undici');
	const options = { headersTimeout: SILENCE, bodyTimeout: SILENCE, allowH2: false };
	return {
		queries: new Agent(options),
		downloads: new Agent({ ...options, pipelining: 0 }),
		uploads: new Agent({ ...options, pipelining: 0, headersTimeout: UPLOAD_SILENCE }),
		retrying: interceptors.retry,
		request,
	};
}
let agents: ReturnType<typeof openAgents> | undefined;

/**
 * Resolves with the head of the answer. With a retry policy, an interrupted body continues where it stopped, if the server still has the same
 * entity (If-Match, RFC 9110).
 * @throws SetupError for a server that can't be reached, or when `signal` is aborted; DisconnectedError; what reading the body throws
 */
export async function sendRequest(person: ApiCredentials, asked: ApiRequest): Promise<ApiAnswer> {
	agents ??= openAgents();
	const { queries, downloads, uploads, retrying, request } = await agents;
	const { method, body = null, signal, retry } = asked;
	const agent = method === 'POST' ? queries : method === 'PUT' ? uploads : downloads;
	let received = 0;
	const decide = retry && deciderOf(retry, () => received);
	try {
		const answer = await request(person.url + asked.path, {
			method,
			body: body as Readable | string | null,
			headers: { ...asked.headers, 'accept-encoding': 'identity', authorization: `Bearer ${person.token.expose()}` },
			dispatcher: decide ? agent.compose(retrying({ throwOnError: false, retry: decide })) : agent,
			...(signal && { signal }),
		});
		if (retry) retry.wasReached = true;
		return {
			status: answer.statusCode,
			headers: answer.headers,
			pieces: piecesOf(answer.body, (bytes) => {
				received += bytes;
			}),
			cancel: () => void answer.body.on('error', () => {}).destroy(),
		};
	} catch (error) {
		throw errorOfTransfer(error);
	}

	async function* piecesOf(pieces: AsyncIterable<Uint8Array>, count: (bytes: number) => void) {
		try {
			for await (const piece of pieces) {
				count(piece.length);
				yield piece;
			}
		} catch (error) {
			throw errorOfTransfer(error);
		}
	}

	function errorOfTransfer(error: unknown): unknown {
		if (signal?.aborted) return new SetupError('Interrupted.');
		const { code, name } = Object(error) as { readonly code?: unknown; readonly name?: unknown };
		if (error instanceof FirmsealError || error instanceof SetupError) return error;
		if (name === 'HTTPParserError') return new UnreachableError(unreachable(person.url, 'its answer is not HTTP'));
		if (typeof code !== 'string') return error;
		if (code === 'UND_ERR_REQ_RETRY') return new RestartError();
		return CUT.has(code)
			? new DisconnectedError('The connection to the API was cut. Try again later.')
			: new UnreachableError(unreachable(person.url, /^[A-Z0-9_]{1,40}$/.test(code) ? code : 'no connection'));
	}
}

const CUT: ReadonlySet<string> = new Set([
	'ECONNRESET',
	'EPIPE',
	'UND_ERR_SOCKET',
	'UND_ERR_HEADERS_TIMEOUT',
	'UND_ERR_BODY_TIMEOUT',
	'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
	'UND_ERR_ABORTED',
]);
/** Statuses after which a retry may succeed. */
const TRANSIENT: ReadonlySet<number> = new Set([429, 502, 503, 504]);

function deciderOf(retry: RetryPolicy, received: () => number): RetryHandler.RetryCallback {
	const { signal, notify, tries = MAX_TRIES } = retry;
	const { clock } = currentIo();
	let [failures, before] = [0, 0];
	return (error, _context, done) => {
		if (received() - before >= PROGRESS) failures = 0;
		before = received();
		failures += 1;
		const wait = waitBefore(error, failures, retry.wasReached);
		if (wait === null || failures >= tries || signal.aborted) return done(error);
		notify(wait.sentence);
		void waitThen(clock, wait.milliseconds, signal, () => done(signal.aborted ? error : null));
	};
}

async function waitThen(clock: Clock, milliseconds: number, signal: AbortSignal, act: () => void): Promise<void> {
	await clock.sleep(milliseconds, signal);
	act();
}

/** null if another attempt is useless. */
function waitBefore(error: Error, failures: number, wasReached: boolean) {
	const { code, statusCode, headers } = error as Error & {
		readonly code?: string;
		readonly statusCode?: number;
		readonly headers?: Readonly<Record<string, string>>;
	};
	const backoff = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
	if (statusCode === undefined)
		return wasReached || CUT.has(String(code))
			? { milliseconds: backoff, sentence: 'The API cannot be reached: retrying.' }
			: null;
	if (!TRANSIENT.has(statusCode)) return null;
	if (headers?.['retry-after'] === undefined)
		return wasReached ? { milliseconds: backoff, sentence: 'The API cannot answer now: retrying.' } : null;
	const milliseconds = retryAfterOf(headers['retry-after']);
	return milliseconds === null
		? null
		: { milliseconds, sentence: `The API asked to retry in ${milliseconds / 1000} s.` };
}

/** Milliseconds of a Retry-After header. null without one, or for more than a minute, which no command waits. */
export function retryAfterOf(header: unknown): number | null {
	const milliseconds = /^\d{1,6}$/.test(String(header)) ? Number(header) * 1000 : Infinity;
	return milliseconds <= LONGEST_RETRY_AFTER ? milliseconds : null;
}

/** `reason` is an error code or a few words. */
function unreachable(address: string, reason: string): string {
	const { origin, host } = new URL(address);
	return (
		explainNetworkErrorCode(reason, host, 'FIRMSEAL_URL') ??
		`The API at ${origin} can't be reached (${reason}): start the server, or set FIRMSEAL_URL to its address.`
	);
}

export const invalidApiAnswer = () =>
	new SetupError('The server at FIRMSEAL_URL is not a Firmseal API: set FIRMSEAL_URL to the address of the API.');

/** For an answer that is not in the API's form: a proxy in front of the API may report that the API is away. */
export const unexpectedAnswer = (address: string, status: number): SetupError => {
	if (status >= 300 && status < 400) return new SetupError(unreachable(address, 'it redirects'));
	return [502, 503, 504].includes(status)
		? new SetupError(unreachable(address, `status ${status}`))
		: invalidApiAnswer();
};

import { IncomingMessage } from 'node:http';
import { S3Client } from '@aws-sdk/client-s3';
import { BY_SETTINGS_ALONE, findCredentials } from '../aws-credentials.ts';
import { noAnswerError } from './errors.ts';

/** Tries of a request with all its repetitions, which wait in between, the longer the later. */
const TRIES = 3;

/** Milliseconds for a connection, and for an answer to what has no body unless said otherwise. */
const CONNECTING = 3_000;
export const IDLE_TIMEOUT = 15_000;

/** Bytes that go up at least in the time of an idle timeout, 512 KiB a second: a link that is slower is as good as none. */
const SLOWEST = 7.5 * 2 ** 20;

export interface ClientOptions {
	readonly region: string;
	/** Of a service that isn't the cloud's own; null: the region's. */
	readonly endpoint: string | null;
	/** Where STS is when it isn't the cloud's own, for credentials that are found; null, and unless given: the region's. */
	readonly sts?: string | null;
	/** null: found as the cloud's clients find them everywhere. */
	readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | null;
	/** Milliseconds for an answer, and for the next bytes of one; 15,000 unless given. */
	readonly idleTimeout?: number;
}

export function createClient({
	region,
	endpoint,
	sts = null,
	credentials,
	idleTimeout = IDLE_TIMEOUT,
}: ClientOptions): S3Client {
	const client = new S3Client({
		...BY_SETTINGS_ALONE,
		region,
		// Others than the cloud seldom have a name for each bucket.
		...(endpoint !== null && { endpoint, forcePathStyle: true }),
		credentials: credentials ?? findCredentials({ region, sts }),
		retryMode: 'standard',
		maxAttempts: TRIES,
		requestHandler: {
			connectionTimeout: CONNECTING,
			requestTimeout: idleTimeout,
			throwOnRequestTimeout: true,
			// A download goes at its reader's pace, so silence on a socket says nothing; what is read is watched by read.ts.
			socketTimeout: 0,
			// Each download has one for as long as it takes; the API bounds how many there are.
			httpAgent: { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY },
			httpsAgent: { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY },
		},
		// Parts of objects are read, for which the service has no checksum.
		responseChecksumValidation: 'WHEN_REQUIRED',
	});
	boundSilence(client);
	repeatUnreadable(client);
	boundAnswers(client, idleTimeout);
	return client;
}

/**
 * After silence a request is made once more, for its connection may have been dead; one with a body is not, for it has waited long
 * already. So who waits for the store hears of a silent one before the networks in between take the caller for silent.
 */
function boundSilence({ middlewareStack }: S3Client): void {
	middlewareStack.add(
		(next) => {
			let silences = 0;
			return async (given) => {
				try {
					return await next(given);
				} catch (error) {
					if (!isSilence(error)) throw error;
					silences += 1;
					throw silences > 1 || hasBody(given.request) ? noAnswerError() : error;
				}
			};
		},
		// Within the client's own repetition, so that this is asked of each try.
		{ step: 'finalizeRequest', priority: 'low', name: 'boundSilence' },
	);
}

/**
 * What comes may be no answer at all: Ceph's gateway says that some have no body and sends one, of which the next request on that connection
 * finds the rest. Node ends the connection, so that the request is made again on another one; what has a body is not, for it may have been done.
 */
function repeatUnreadable({ middlewareStack }: S3Client): void {
	middlewareStack.add(
		(next) => async (given) => {
			try {
				return await next(given);
			} catch (error) {
				if (!isUnreadable(error) || hasBody(given.request)) throw error;
				// How the client knows what may be repeated, and after how long.
				throw Object.assign(error, { $retryable: { throttling: false } });
			}
		},
		{ step: 'finalizeRequest', priority: 'low', name: 'repeatUnreadable' },
	);
}

/**
 * The client waits until an answer begins, and then for ever. An answer that grows, as that to the completion of a large upload does while
 * the service works, may take its time.
 */
function boundAnswers({ middlewareStack }: S3Client, idleTimeout: number): void {
	middlewareStack.add(
		(next, { commandName }) =>
			async (given) => {
				const answer = await next(given);
				const body = answer.response instanceof Object && 'body' in answer.response && answer.response.body;
				if (commandName !== 'GetObjectCommand' && body instanceof IncomingMessage) endSilent(body, idleTimeout);
				return answer;
			},
		{ step: 'deserialize', priority: 'low', name: 'boundAnswers' },
	);
}

function endSilent(body: IncomingMessage, idleTimeout: number): void {
	if (body.closed) return;
	const { socket } = body;
	const end = () => body.destroy(noAnswerError());
	socket.setTimeout(idleTimeout, end);
	body.once('close', () => socket.setTimeout(0, end));
}

/** The client gives the same name to a connection that was reset, or could not be made. */
const isSilence = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ETIMEDOUT';

/** Of Node's parser of HTTP. */
const isUnreadable = (error: unknown): error is Error =>
	error instanceof Error && 'code' in error && String(error.code).startsWith('HPE_');

const hasBody = (request: unknown): boolean =>
	request instanceof Object && 'body' in request && request.body instanceof Uint8Array;

/** Options of a request that has a body of so many bytes. */
export const sending = (
	{ idleTimeout }: { readonly idleTimeout: number },
	bytes: number,
	abortSignal: AbortSignal,
) => ({
	abortSignal,
	requestTimeout: Math.ceil(idleTimeout * (1 + bytes / SLOWEST)),
});

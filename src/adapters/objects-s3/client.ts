import { IncomingMessage } from 'node:http';
import { S3Client } from '@aws-sdk/client-s3';
import { BY_SETTINGS_ALONE, findCredentials } from '../aws-credentials.ts';
import { noAnswerError } from './errors.ts';

/** The SDK waits between tries, longer each time. */
const TRIES = 3;

/** Milliseconds for a connection. */
const CONNECTING = 3_000;
/** Milliseconds for an answer to a request without a body. */
export const IDLE_TIMEOUT = 15_000;

/** Bytes uploaded at least within one idle timeout, 512 KiB a second. A slower upload fails. */
const SLOWEST = 7.5 * 2 ** 20;

export interface ClientOptions {
	readonly region: string;
	/** URL of another S3 service; null for the region's endpoint. */
	readonly endpoint: string | null;
	/** URL of STS, for the SDK's default credentials; null, and if left out: the region's endpoint. */
	readonly sts?: string | null;
	/** null for the SDK's default credentials. */
	readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | null;
	/** Milliseconds for an answer, and for its next bytes; 15,000 unless given. */
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
		// Other S3 services rarely have a host name for each bucket.
		...(endpoint !== null && { endpoint, forcePathStyle: true }),
		credentials: credentials ?? findCredentials({ region, sts }),
		retryMode: 'standard',
		maxAttempts: TRIES,
		requestHandler: {
			connectionTimeout: CONNECTING,
			requestTimeout: idleTimeout,
			throwOnRequestTimeout: true,
			// A download runs at its reader's pace, so an idle socket is no error. read.ts bounds the wait for the next bytes.
			socketTimeout: 0,
			// Each download keeps a socket to its end. The API limits the number of downloads.
			httpAgent: { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY },
			httpsAgent: { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY },
		},
		// Reads are of ranges, for which the service has no checksum.
		responseChecksumValidation: 'WHEN_REQUIRED',
	});
	boundSilence(client);
	repeatUnreadable(client);
	boundAnswers(client, idleTimeout);
	return client;
}

/**
 * A request that timed out is repeated once, because its connection may have been dead. A request with a body is not repeated, because it
 * has already taken long. So the caller learns of a silent store before the networks in between time out the caller's own request.
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
		// Inside the SDK's retry loop, so that this runs for each try.
		{ step: 'finalizeRequest', priority: 'low', name: 'boundSilence' },
	);
}

/**
 * Retries a request whose answer is not valid HTTP. Ceph's gateway announces some answers without a body but sends one, and the next request
 * on that connection reads the rest. Node closes the connection, so the retry uses another one. A request with a body is not retried,
 * because the service may have carried it out.
 */
function repeatUnreadable({ middlewareStack }: S3Client): void {
	middlewareStack.add(
		(next) => async (given) => {
			try {
				return await next(given);
			} catch (error) {
				if (!isUnreadable(error) || hasBody(given.request)) throw error;
				// The SDK's retry loop reads this property.
				throw Object.assign(error, { $retryable: { throttling: false } });
			}
		},
		{ step: 'finalizeRequest', priority: 'low', name: 'repeatUnreadable' },
	);
}

/**
 * Once an answer has begun, the SDK waits for its end without a limit. This ends an answer that stalls. An answer that keeps growing may
 * take long: that to the completion of a large upload grows while the service works.
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

/** The error's name isn't enough: the SDK uses the same name for a connection that was reset or could not be made. */
const isSilence = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ETIMEDOUT';

/** An error of Node's HTTP parser. */
const isUnreadable = (error: unknown): error is Error =>
	error instanceof Error && 'code' in error && String(error.code).startsWith('HPE_');

const hasBody = (request: unknown): boolean =>
	request instanceof Object && 'body' in request && request.body instanceof Uint8Array;

/** Options of a request with a body of `bytes` bytes. */
export const sending = (
	{ idleTimeout }: { readonly idleTimeout: number },
	bytes: number,
	abortSignal: AbortSignal,
) => ({
	abortSignal,
	requestTimeout: Math.ceil(idleTimeout * (1 + bytes / SLOWEST)),
});

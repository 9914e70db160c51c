import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { STOPPED, type Webhook, type WebhookMessage, type WebhookOutcome } from '../../alerts/deliveries/index.ts';

export interface WebhookOptions {
	readonly url: string;
	/** At least 32 characters. */
	readonly secret: string;
	/** Milliseconds from the start of the name lookup to the end of the answer; 10,000 unless given. */
	readonly deadline?: number;
}

const DEADLINE = 10_000;
/** Bytes. The body of an answer is discarded. A body up to this size is received to its end, so that the connection closes normally. */
const MAX_BODY_BYTES = 1_024;

const SECRET_PREFIX = 'whsec_';

/** Posts messages to a URL. Does not follow redirects: only the answer of the host in the settings counts. */
export function openWebhook({ url, secret, deadline = DEADLINE }: WebhookOptions): Webhook {
	const key = signingKey(secret);
	const to = new URL(url);
	const start = to.protocol === 'https:' ? httpsRequest : httpRequest;
	const closed = new AbortController();

	function post({ id, body }: WebhookMessage, signal: AbortSignal): Promise<WebhookOutcome> {
		const timestamp = Math.floor(Date.now() / 1000);
		const headers = {
			'content-type': 'application/json',
			'content-length': Buffer.byteLength(body),
			'user-agent': 'firmseal',
			...signedHeaders(key, { id, timestamp, body }),
		};
		return new Promise((resolve) => {
			// A new connection for each request, so that the rest of a truncated answer is never read as the next answer.
			const request = start(to, { method: 'POST', headers, signal, agent: false });
			let isAnswered = false;
			request.on('response', (response) => {
				isAnswered = true;
				const status = response.statusCode ?? 0;
				const delivered = status >= 200 && status < 300;
				void drained(response).then(() => resolve({ delivered, outcome: String(status) }));
			});
			// Once there is an answer, a later error of the connection does not change it.
			const fail = (outcome: string) => isAnswered || resolve({ delivered: false, outcome });
			request.on('error', (error) => fail(errorCodeFor(error)));
			request.on('close', () => fail('CLOSED'));
			request.end(body);
		});
	}

	return {
		async send(message) {
			if (closed.signal.aborted) return { delivered: false, outcome: STOPPED };
			const timeout = AbortSignal.timeout(deadline);
			const sent = await post(message, AbortSignal.any([timeout, closed.signal]));
			if (/^\d/.test(sent.outcome)) return sent;
			if (closed.signal.aborted) return { delivered: false, outcome: STOPPED };
			return timeout.aborted ? { delivered: false, outcome: 'TIMEOUT' } : sent;
		},
		close: () => closed.abort(),
	};
}

/** Resolves when the body has ended, has exceeded MAX_BODY_BYTES, or was aborted. */
function drained(response: IncomingMessage): Promise<void> {
	return new Promise((resolve) => {
		let bytes = 0;
		response.on('data', (chunk: Uint8Array) => {
			bytes += chunk.length;
			if (bytes > MAX_BODY_BYTES) response.destroy();
		});
		response.on('error', () => {});
		response.on('close', resolve);
	});
}

/** The code of a network error, such as ECONNREFUSED or CERT_HAS_EXPIRED. Never the error's message, which names the host. */
function errorCodeFor(error: Error & { readonly code?: unknown }): string {
	return typeof error.code === 'string' && /^[A-Z0-9_]+$/.test(error.code) ? error.code.slice(0, 32) : 'FAILED';
}

/** The HMAC key of a secret: the base64 after `whsec_` (Standard Webhooks), or the bytes of the text if that prefix is missing. */
const signingKey = (secret: string): KeyObject =>
	createSecretKey(
		secret.startsWith(SECRET_PREFIX)
			? Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64')
			: Buffer.from(secret, 'utf8'),
	);

interface Signed {
	readonly id: string;
	/** Seconds since 1970. */
	readonly timestamp: number;
	readonly body: string;
}

/** The headers of Standard Webhooks (https://www.standardwebhooks.com), signed with HMAC-SHA-256. */
const signedHeaders = (key: KeyObject, { id, timestamp, body }: Signed) => ({
	'webhook-id': id,
	'webhook-timestamp': String(timestamp),
	'webhook-signature': `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`,
});

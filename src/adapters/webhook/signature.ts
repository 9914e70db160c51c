import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

const PREFIX = 'whsec_';

/** The key of a secret: what stands in base64 behind `whsec_`, as Standard Webhooks writes secrets, or else the text's own bytes. */
export const signingKey = (secret: string): KeyObject =>
	createSecretKey(
		secret.startsWith(PREFIX) ? Buffer.from(secret.slice(PREFIX.length), 'base64') : Buffer.from(secret, 'utf8'),
	);

export interface Signed {
	readonly id: string;
	/** Seconds since 1970. */
	readonly timestamp: number;
	readonly body: string;
}

/** The headers of Standard Webhooks: https://www.standardwebhooks.com, HMAC-SHA-256. */
export const signedHeaders = (key: KeyObject, { id, timestamp, body }: Signed) => ({
	'webhook-id': id,
	'webhook-timestamp': String(timestamp),
	'webhook-signature': `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`,
});

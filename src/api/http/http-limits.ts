/** Limits on what one client can hold open or send. Times in milliseconds, sizes in bytes. */
export interface HttpLimits {
	/** A request's body: 1 MiB of content, and the GraphQL and JSON around it. */
	readonly body: number;
	/** A request's headers together. */
	readonly headers: number;
	/** Time to send all headers. */
	readonly headersTimeout: number;
	/** Time to send the whole request. */
	readonly requestTimeout: number;
	/** Time to take the whole answer of /graphql. */
	readonly responseTimeout: number;
	/** Silence on a connection with a request. */
	readonly connectionTimeout: number;
	/** Silence between two requests. Longer than the 60 s of common load balancers, which must close first. */
	readonly keepAliveTimeout: number;
	/** How often headersTimeout and requestTimeout are checked. */
	readonly checkInterval: number;
	readonly handshakeTimeout: number;
	/** Concurrent requests on one HTTP/2 connection. */
	readonly streams: number;
	readonly readyTimeout: number;
	/** Time for running requests to end when the server stops. */
	readonly stopDeadline: number;
}

/**
 * Bytes of a body that is read without a slot, and characters of an answer that holds no slot while it is sent. Refusals are shorter.
 * Otherwise anyone without a token could take all slots with connections that neither send nor read.
 */
export const SMALL_MESSAGE = 64 * 1024;

export const HTTP_LIMITS: HttpLimits = {
	body: 1024 * 1024 + 64 * 1024,
	headers: 16 * 1024,
	headersTimeout: 10_000,
	requestTimeout: 30_000,
	responseTimeout: 30_000,
	connectionTimeout: 60_000,
	keepAliveTimeout: 65_000,
	checkInterval: 2_000,
	handshakeTimeout: 10_000,
	streams: 100,
	readyTimeout: 5_000,
	stopDeadline: 10_000,
};

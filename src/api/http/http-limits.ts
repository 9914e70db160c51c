/** Bounds on what one client can hold open or send. Times in milliseconds, sizes in bytes. */
export interface HttpLimits {
	/** Bytes of a request's body: content of 1 MiB, and what GraphQL and JSON put around it. */
	readonly body: number;
	/** Bytes of a request's headers together. */
	readonly headers: number;
	/** Time to send all headers. */
	readonly headersTimeout: number;
	/** Time to send the whole request. */
	readonly requestTimeout: number;
	/** Time to take the whole answer of /graphql. */
	readonly responseTimeout: number;
	/** Silence on a connection with a request. */
	readonly connectionTimeout: number;
	/** Silence between two requests; longer than the 60 s of common load balancers, which must be first to close. */
	readonly keepAliveTimeout: number;
	/** How often headersTimeout and requestTimeout are looked at. */
	readonly checkInterval: number;
	/** Time for a TLS handshake. */
	readonly handshakeTimeout: number;
	/** Requests at once on one HTTP/2 connection. */
	readonly streams: number;
	/** Time for the readiness checks. */
	readonly readyTimeout: number;
	/** Time that running requests have to end when the server stops. */
	readonly stopDeadline: number;
}

/**
 * Bytes of a body that needs no slot to be read, and characters of an answer that keeps none while it is sent. What refuses is shorter:
 * otherwise anyone could take all slots without a token, by connections that send or read nothing.
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

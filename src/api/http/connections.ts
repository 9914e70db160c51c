import type { IncomingMessage } from 'node:http';
import type { Http2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Clock } from '../../clock/index.ts';
import { abortStream, http2StreamOf } from './http2-stream.ts';

/** A server's open connections: the sockets below TLS and HTTP/2, which those hide. */
export interface Connections {
	/** Ends every one. */
	destroyAll(): void;
	/**
	 * Ends the one that a request came on, and drops what was not yet sent: an orderly end would still deliver it. Over HTTP/2 that ends the
	 * requests of others as well who share it, so it is for what must not go out any more.
	 */
	resetConnection(request: FastifyRequest): void;
	/**
	 * Ends an answer that isn't whole: over HTTP/1.1 with its connection, over HTTP/2 its stream alone, of which up to what the connection has
	 * taken still goes out. Resolves once nothing of it is held here.
	 */
	abortResponse(request: FastifyRequest): Promise<void>;
}

export interface ConnectionOptions {
	readonly clock: Clock;
	/** Milliseconds in which a connection of HTTP/2 has to take what was written to it. */
	readonly drainTimeout: number;
}

type SocketEndpoints = Pick<Socket, 'localAddress' | 'localPort' | 'remoteAddress' | 'remotePort'>;

const endpointKey = ({ localAddress, localPort, remoteAddress, remotePort }: SocketEndpoints) =>
	`${localAddress} ${localPort} ${remoteAddress} ${remotePort}`;

export const trackConnections = (app: FastifyInstance, options: ConnectionOptions): Connections => {
	const tracked = new TrackedConnections(options);
	tracked.watch(app);
	return {
		destroyAll: () => tracked.destroyAll(),
		resetConnection: (request) => tracked.reset(request),
		abortResponse: (request) => tracked.abort(request),
	};
};

class TrackedConnections {
	readonly #clock: Clock;
	readonly #drainTimeout: number;
	readonly #open = new Set<Socket>();
	/** The newest between two ends: one that the client has reset may still be open here when it comes again from the same port. */
	readonly #newest = new Map<string, Socket>();
	/** What speaks TLS or HTTP/2, or was asked by it, and the socket below it. */
	readonly #below = new WeakMap<object, Socket>();
	/** Connections of HTTP/2 of which it is asked whether they take anything. */
	readonly #asked = new WeakMap<Http2Session, Promise<void>>();

	constructor({ clock, drainTimeout }: ConnectionOptions) {
		this.#clock = clock;
		this.#drainTimeout = drainTimeout;
	}

	watch({ server }: FastifyInstance): void {
		server.on('connection', (socket: Socket) => this.#add(socket));
		server.on('secureConnection', (socket: TLSSocket) => this.#link(socket, socket));
		server.on('session', (session: Http2Session) => {
			this.#link(session, session.socket);
			// Node closes a silent session gracefully, and then waits for ever for its client to take the rest.
			session.once('timeout', () => void this.#taken(session));
		});
		// A stream that is closed does not know its connection any more.
		server.on('request', (raw: IncomingMessage) => {
			const socket = this.#below.get(http2StreamOf(raw)?.session ?? raw.socket);
			if (socket) this.#below.set(raw, socket);
		});
	}

	destroyAll(): void {
		for (const socket of this.#open) socket.destroy();
	}

	reset({ raw }: FastifyRequest): void {
		const own = this.#below.get(raw) ?? raw.socket;
		if (this.#open.has(own)) own.resetAndDestroy();
		else raw.destroy();
	}

	async abort(request: FastifyRequest): Promise<void> {
		const stream = http2StreamOf(request.raw);
		if (!stream) return this.reset(request);
		const { session } = stream;
		abortStream(stream);
		if (session) await this.#taken(session);
	}

	#add(socket: Socket): void {
		const ends = endpointKey(socket);
		this.#open.add(socket);
		this.#newest.set(ends, socket);
		socket.once('close', () => {
			this.#open.delete(socket);
			if (this.#newest.get(ends) === socket) this.#newest.delete(ends);
		});
	}

	#link(speaker: object, ends: SocketEndpoints): void {
		const socket = this.#newest.get(endpointKey(ends));
		if (socket) this.#below.set(speaker, socket);
	}

	/** Resolves once a connection has taken what was written to it; one that takes nothing is reset. */
	#taken(session: Http2Session): Promise<void> {
		const socket = this.#below.get(session);
		if (!socket || !this.#open.has(socket)) return Promise.resolve();
		// Nothing is read of a connection while it does not take what is written: an answer to the first of several is one to all.
		const running = this.#asked.get(session) ?? this.#ask(session, socket).finally(() => this.#asked.delete(session));
		this.#asked.set(session, running);
		return running;
	}

	async #ask(session: Http2Session, socket: Socket): Promise<void> {
		const over = new AbortController();
		const end = () => over.abort();
		socket.once('close', end);
		if (!session.destroyed) session.ping((error) => error ?? end());
		await this.#clock.sleep(this.#drainTimeout, over.signal);
		socket.off('close', end);
		// One that is about to end is asked nothing; the word that a stream was cut is gone, or waits like all else.
		const isStuck = session.destroyed || (session.state.outboundQueueSize ?? 0) > 0;
		if (!over.signal.aborted && isStuck) socket.resetAndDestroy();
	}
}

import type { IncomingMessage } from 'node:http';
import type { Http2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Clock } from '../../clock/index.ts';
import { abortStream, http2StreamOf } from './http2-stream.ts';

export interface ConnectionOptions {
	readonly clock: Clock;
	/** Milliseconds in which an HTTP/2 connection must take the bytes written to it. */
	readonly drainTimeout: number;
}

type SocketEndpoints = Pick<Socket, 'localAddress' | 'localPort' | 'remoteAddress' | 'remotePort'>;

const endpointKey = ({ localAddress, localPort, remoteAddress, remotePort }: SocketEndpoints) =>
	`${localAddress} ${localPort} ${remoteAddress} ${remotePort}`;

/** A server's open connections: the sockets below TLS and HTTP/2. Methods are bound, since callers pass them on. */
export class Connections {
	readonly #clock: Clock;
	readonly #drainTimeout: number;
	readonly #open = new Set<Socket>();
	/**
	 * The newest socket per pair of endpoints. A client may reset a connection and come again from the same port before the old socket
	 * is closed here.
	 */
	readonly #newest = new Map<string, Socket>();
	/** The socket below a TLS socket, an HTTP/2 session or a request. */
	readonly #below = new WeakMap<object, Socket>();
	/** HTTP/2 sessions with a running check that they take bytes. */
	readonly #asked = new WeakMap<Http2Session, Promise<void>>();

	constructor({ server }: FastifyInstance, { clock, drainTimeout }: ConnectionOptions) {
		this.#clock = clock;
		this.#drainTimeout = drainTimeout;
		server.on('connection', (socket: Socket) => this.#add(socket));
		server.on('secureConnection', (socket: TLSSocket) => this.#link(socket, socket));
		server.on('session', (session: Http2Session) => {
			this.#link(session, session.socket);
			// Node closes a silent session gracefully, and then waits forever for its client to take the rest.
			session.once('timeout', () => void this.#taken(session));
		});
		// A closed stream no longer knows its session, so the socket is looked up now.
		server.on('request', (raw: IncomingMessage) => {
			const socket = this.#below.get(http2StreamOf(raw)?.session ?? raw.socket);
			if (socket) this.#below.set(raw, socket);
		});
	}

	readonly destroyAll = (): void => {
		for (const socket of this.#open) socket.destroy();
	};

	/**
	 * Ends the connection that a request came on, and drops unsent bytes, which an orderly end would still deliver. Over HTTP/2 this
	 * also ends other requests on the connection, so use it only for bytes that must not be sent.
	 */
	readonly resetConnection = ({ raw }: FastifyRequest): void => {
		const own = this.#below.get(raw) ?? raw.socket;
		if (this.#open.has(own)) own.resetAndDestroy();
		else raw.destroy();
	};

	/**
	 * Cuts an incomplete answer: over HTTP/1.1 with its connection, over HTTP/2 only its stream, whose bytes may still be sent as far
	 * as the connection has taken them. Resolves once this process holds no bytes of the answer.
	 */
	readonly abortResponse = async (request: FastifyRequest): Promise<void> => {
		const stream = http2StreamOf(request.raw);
		if (!stream) return this.resetConnection(request);
		const { session } = stream;
		abortStream(stream);
		if (session) await this.#taken(session);
	};

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

	/** Resolves once a connection has taken the bytes written to it. A connection that takes none is reset. */
	#taken(session: Http2Session): Promise<void> {
		const socket = this.#below.get(session);
		if (!socket || !this.#open.has(socket)) return Promise.resolve();
		// A connection that takes no bytes is not read from either, so one answer to the ping serves all callers.
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
		// A session about to end is not pinged. Its notice that a stream was cut is sent, or queued like everything else.
		const isStuck = session.destroyed || (session.state.outboundQueueSize ?? 0) > 0;
		if (!over.signal.aborted && isStuck) socket.resetAndDestroy();
	}
}

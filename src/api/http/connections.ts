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

export function trackConnections(app: FastifyInstance, { clock, drainTimeout }: ConnectionOptions): Connections {
	const open = new Set<Socket>();
	/** The newest between two ends: one that the client has reset may still be open here when it comes again from the same port. */
	const newest = new Map<string, Socket>();
	/** What speaks TLS or HTTP/2, or was asked by it, and the socket below it. */
	const below = new WeakMap<object, Socket>();
	/** Connections of HTTP/2 of which it is asked whether they take anything. */
	const asked = new WeakMap<Http2Session, Promise<void>>();

	function link(speaker: object, ends: SocketEndpoints): void {
		const socket = newest.get(endpointKey(ends));
		if (socket) below.set(speaker, socket);
	}

	app.server.on('connection', (socket: Socket) => {
		const ends = endpointKey(socket);
		open.add(socket);
		newest.set(ends, socket);
		socket.once('close', () => {
			open.delete(socket);
			if (newest.get(ends) === socket) newest.delete(ends);
		});
	});
	app.server.on('secureConnection', (socket: TLSSocket) => link(socket, socket));
	app.server.on('session', (session: Http2Session) => {
		link(session, session.socket);
		// Node closes a silent session gracefully, and then waits for ever for its client to take the rest.
		session.once('timeout', () => void taken(session));
	});
	// Whose connection it is, a stream that is closed does not know any more.
	app.server.on('request', (raw: IncomingMessage) => {
		const socket = below.get(http2StreamOf(raw)?.session ?? raw.socket);
		if (socket) below.set(raw, socket);
	});

	/** Resolves once a connection has taken what was written to it; one that takes nothing is reset. */
	function taken(session: Http2Session): Promise<void> {
		const socket = below.get(session);
		if (!socket || !open.has(socket)) return Promise.resolve();
		// Nothing is read of a connection while it does not take what is written: an answer to the first of several is one to all.
		const running = asked.get(session) ?? ask(session, socket).finally(() => asked.delete(session));
		asked.set(session, running);
		return running;
	}

	async function ask(session: Http2Session, socket: Socket): Promise<void> {
		const over = new AbortController();
		const end = () => over.abort();
		socket.once('close', end);
		if (!session.destroyed) session.ping((error) => error ?? end());
		await clock.sleep(drainTimeout, over.signal);
		socket.off('close', end);
		// One that is about to end is asked nothing; the word that a stream was cut is gone, or waits like all else.
		const isStuck = session.destroyed || (session.state.outboundQueueSize ?? 0) > 0;
		if (!over.signal.aborted && isStuck) socket.resetAndDestroy();
	}

	function reset({ raw }: FastifyRequest): void {
		const own = below.get(raw) ?? raw.socket;
		if (open.has(own)) own.resetAndDestroy();
		else raw.destroy();
	}

	return {
		destroyAll() {
			for (const socket of open) socket.destroy();
		},
		resetConnection: reset,
		async abortResponse(request) {
			const stream = http2StreamOf(request.raw);
			if (!stream) return reset(request);
			const { session } = stream;
			abortStream(stream);
			if (session) await taken(session);
		},
	};
}

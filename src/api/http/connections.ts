import type { Http2Session, ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** A server's open connections: the sockets below TLS and HTTP/2, which those hide. */
export interface Connections {
	/** Ends every one. */
	destroyAll(): void;
	/** Ends the one that a request came on, and drops what was not yet sent: an orderly end would still deliver it. */
	reset(request: FastifyRequest): void;
}

type Ends = Pick<Socket, 'localAddress' | 'localPort' | 'remoteAddress' | 'remotePort'>;

const endsOf = ({ localAddress, localPort, remoteAddress, remotePort }: Ends) =>
	`${localAddress} ${localPort} ${remoteAddress} ${remotePort}`;

export function trackConnections(app: FastifyInstance): Connections {
	const open = new Set<Socket>();
	/** The newest between two ends: one that the client has reset may still be open here when it comes again from the same port. */
	const newest = new Map<string, Socket>();
	/** What speaks TLS or HTTP/2, and the socket below it. */
	const below = new WeakMap<object, Socket>();

	function link(speaker: object, ends: Ends): void {
		const socket = newest.get(endsOf(ends));
		if (socket) below.set(speaker, socket);
	}

	app.server.on('connection', (socket: Socket) => {
		const ends = endsOf(socket);
		open.add(socket);
		newest.set(ends, socket);
		socket.once('close', () => {
			open.delete(socket);
			if (newest.get(ends) === socket) newest.delete(ends);
		});
	});
	app.server.on('secureConnection', (socket: TLSSocket) => link(socket, socket));
	app.server.on('session', (session: Http2Session) => link(session, session.socket));

	return {
		destroyAll() {
			for (const socket of open) socket.destroy();
		},
		reset({ raw }) {
			const { socket, stream } = raw as typeof raw & { readonly stream?: ServerHttp2Stream };
			const own = below.get(stream?.session ?? socket) ?? socket;
			if (open.has(own)) own.resetAndDestroy();
			else raw.destroy();
		},
	};
}

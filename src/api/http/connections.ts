import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** A server's open connections: the sockets below TLS and HTTP/2, which those hide. */
export interface Connections {
	/** Ends every one. */
	destroyAll(): void;
	/** Ends the one that a request came on, and drops what was not yet sent: an orderly end would still deliver it. */
	reset(request: FastifyRequest): void;
}

type End = Pick<Socket, 'remoteAddress' | 'remotePort'>;

/** No two connections have the same other end. */
const keyOf = ({ remoteAddress, remotePort }: End) => `${remoteAddress} ${remotePort}`;

export function trackConnections(app: FastifyInstance): Connections {
	const sockets = new Map<string, Socket>();
	app.server.on('connection', (socket: Socket) => {
		const key = keyOf(socket);
		sockets.set(key, socket);
		socket.once('close', () => sockets.delete(key));
	});
	return {
		destroyAll() {
			for (const socket of sockets.values()) socket.destroy();
		},
		reset: ({ socket }) => sockets.get(keyOf(socket))?.resetAndDestroy(),
	};
}

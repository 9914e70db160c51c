import { once } from 'node:events';
import type { Server } from 'node:net';
import { startOnRandomPort } from '../../src/database/embedded/random-port.ts';

/** Listens on `port`, or on a random one outside the range that the system assigns, so that the server can return to it. */
export async function listen(server: Server, port?: number): Promise<number> {
	const at = (own: number) => once(server.listen(own, '127.0.0.1'), 'listening');
	if (port === undefined)
		return startOnRandomPort(at, (error) => (error as NodeJS.ErrnoException).code === 'EADDRINUSE');
	await at(port);
	return port;
}

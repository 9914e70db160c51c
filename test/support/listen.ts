import { once } from 'node:events';
import type { Server } from 'node:net';
import { drawPort } from '../../src/database/embedded/drawn-port.ts';

/** Listens at `port`, or at a drawn one, which no system hands out while the server is away: it can come back there. */
export async function listen(server: Server, port?: number): Promise<number> {
	for (;;) {
		const at = port ?? drawPort();
		try {
			await once(server.listen(at, '127.0.0.1'), 'listening');
			return at;
		} catch (error) {
			if (port !== undefined) throw error;
		}
	}
}

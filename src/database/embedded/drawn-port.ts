import { randomInt } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';

const ATTEMPTS = 5;
const TAKEN = 'could not create any TCP/IP sockets';

/** Below the ports that systems hand out by themselves, so that a server which is started again finds its own still free. */
export const drawPort = (): number => randomInt(20_000, 32_768);

/**
 * Starts a PostgreSQL, which cannot be told to choose a port itself: if another program listens at the one that is drawn, as the server's
 * log says, another is drawn.
 * @returns the port
 */
export async function startOnDrawnPort(
	log: string,
	start: (port: number) => Promise<unknown>,
	draw = drawPort,
): Promise<number> {
	for (let attempt = 1; ; attempt++) {
		const port = draw();
		const before = existsSync(log) ? statSync(log).size : 0;
		try {
			await start(port);
			return port;
		} catch (error) {
			const isTaken = existsSync(log) && readFileSync(log).subarray(before).includes(TAKEN);
			if (!isTaken || attempt === ATTEMPTS) throw error;
		}
	}
}

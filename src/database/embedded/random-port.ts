import { randomInt } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';

const ATTEMPTS = 5;
const TAKEN = 'could not create any TCP/IP sockets';

/** Below the range of ephemeral ports, so that a restarted server finds its port still free. */
export const randomPort = (): number => randomInt(20_000, 32_768);

/**
 * Starts a listener on a random port, and tries another port if `isTaken` says of the error that another program listens there.
 * @returns the port
 */
export async function startOnRandomPort(
	start: (port: number) => Promise<unknown>,
	isTaken: (error: unknown) => boolean,
	draw = randomPort,
): Promise<number> {
	for (let attempt = 1; ; attempt++) {
		const port = draw();
		try {
			await start(port);
			return port;
		} catch (error) {
			if (attempt === ATTEMPTS || !isTaken(error)) throw error;
		}
	}
}

/** Starts a PostgreSQL, which cannot choose a port itself. Its log says whether a port is taken. @returns the port */
export function startPostgresOnRandomPort(
	log: string,
	start: (port: number) => Promise<unknown>,
	draw = randomPort,
): Promise<number> {
	let before = 0;
	return startOnRandomPort(
		(port) => {
			before = existsSync(log) ? statSync(log).size : 0;
			return start(port);
		},
		() => existsSync(log) && readFileSync(log).subarray(before).includes(TAKEN),
		draw,
	);
}

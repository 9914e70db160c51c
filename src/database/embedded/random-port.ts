import { randomInt } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';

const ATTEMPTS = 5;
const TAKEN = 'could not create any TCP/IP sockets';

/** Below the ports that systems hand out by themselves, so that a server which is started again finds its own still free. */
export const randomPort = (): number => randomInt(20_000, 32_768);

/**
 * Starts what listens at a port that is drawn for it; if another program listens there, as `isTaken` says of the error, at another one.
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

/** Starts a PostgreSQL, which cannot be told to choose a port itself; its log says whether one is taken. @returns the port */
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

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Settings } from '../installation.ts';
import type { Variant } from './composed-server.ts';

const SERVE = fileURLToPath(new URL('serve.ts', import.meta.url));
/** Milliseconds for a server to stop before it is killed. */
const STOP_DEADLINE = 8_000;

export interface ServerProcess {
	readonly url: string;
	stop(): Promise<void>;
}

/** Starts a server in a process of its own, so that the client's work is not measured as the server's. */
export async function startServerProcess(variant: Variant | 'firmseal', settings: Settings): Promise<ServerProcess> {
	// As in production: libraries without their checks for developers, log lines written (and read by nobody).
	const env = { ...settings, NODE_ENV: 'production' };
	const child = fork(SERVE, [variant], { env, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
	const ended = once(child, 'exit');
	const [said] = await Promise.race([once(child, 'message'), ended.then(() => [{ failed: 'its process ended' }])]);
	const { url, failed } = said as { readonly url?: string; readonly failed?: string };
	if (!url) throw new Error(`The ${variant} server did not start: ${failed}`);
	return {
		url,
		async stop() {
			if (child.exitCode !== null || child.signalCode !== null) return;
			child.disconnect();
			const timer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE);
			await ended;
			clearTimeout(timer);
		},
	};
}

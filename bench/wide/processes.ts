import { fork } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { BenchInstallation } from '../installation.ts';
import { startServerProcess } from '../list/server-process.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
/** Milliseconds for a worker to stop before it is killed. */
const STOP_DEADLINE = 15_000;

export interface Running {
	/** Of all servers. */
	readonly url: string;
	/** Of the worker's process. */
	readonly worker: number;
}

/** So many servers behind one port and a worker, each a process of its own, until `work` is done. */
export async function withProcesses<T>(
	{ settings }: Pick<BenchInstallation, 'settings'>,
	servers: number,
	work: (running: Running) => Promise<T>,
): Promise<T> {
	// Holds the port until all servers have it, who share it.
	const holder = createServer().listen({ host: '127.0.0.1', port: 0, reusePort: true });
	await once(holder, 'listening');
	const { port } = holder.address() as AddressInfo;
	const env = { ...settings, FIRMSEAL_PORT: String(port), FIRMSEAL_SHARE_PORT: 'on' };
	const worker = startWorker(settings);
	const starting = Array.from({ length: servers }, () => startServerProcess('firmseal', env));
	try {
		const started = await Promise.all(starting).finally(() => holder.close());
		return await work({ url: started[0]?.url ?? '', worker: worker.pid });
	} finally {
		// Also those whose sibling did not start.
		for (const each of await Promise.allSettled(starting)) if (each.status === 'fulfilled') await each.value.stop();
		await worker.stop();
	}
}

/** `firmseal worker`, which keeps the log. */
function startWorker(settings: BenchInstallation['settings']) {
	const env = { ...settings, NODE_ENV: 'production', FIRMSEAL_LOG_LEVEL: 'error' };
	const child = fork(MAIN, ['worker'], { env, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
	const ended = once(child, 'exit');
	return {
		pid: child.pid ?? 0,
		async stop() {
			if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
			const timer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE);
			await ended;
			clearTimeout(timer);
		},
	};
}

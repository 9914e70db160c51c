import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { BenchInstallation, Settings } from '../data/installation.ts';
import { type Child, startChild } from '../harness/child.ts';

type Process = Child<typeof import('./serve.ts')>;

const start = (settings: Settings): Process =>
	startChild(new URL('serve.ts', import.meta.url), { settings, stderr: 'ignore' });

/** Starts a server for each of the settings, each in a process of its own that `open` stops. @returns their URLs */
export async function startServers<Name extends string>(
	open: AsyncDisposableStack,
	settings: Readonly<Record<Name, Settings>>,
): Promise<Readonly<Record<Name, string>>> {
	const urls = Object.entries<Settings>(settings).map(async ([name, each]) => {
		try {
			return [name, await open.use(start(each)).call('serve')];
		} catch (error) {
			throw new Error(`The server ${name} did not start: ${error instanceof Error ? error.message : error}`);
		}
	});
	return Object.fromEntries(await Promise.all(urls));
}

export interface Running {
	/** The URL that all servers share. */
	readonly url: string;
	/** The process id of the worker. */
	readonly worker: number;
}

/** Runs `work` with a number of servers that share a port, and a worker, each in a process of its own. */
export async function withSharedPort<T>(
	{ settings }: Pick<BenchInstallation, 'settings'>,
	servers: number,
	work: (running: Running) => Promise<T>,
): Promise<T> {
	await using open = new AsyncDisposableStack();
	// Holds the port until all servers listen on it.
	const holder = createServer().listen({ host: '127.0.0.1', port: 0, reusePort: true });
	await once(holder, 'listening');
	const { port } = holder.address() as AddressInfo;
	const worker = open.use(start({ ...settings, FIRMSEAL_LOG_LEVEL: 'error' }));
	const each = { ...settings, FIRMSEAL_PORT: String(port), FIRMSEAL_SHARE_PORT: 'on' };
	const names = Array.from({ length: servers }, (_, index) => `${index + 1}`);
	const starting = startServers(open, Object.fromEntries(names.map((name) => [name, each])));
	const [urls] = await Promise.all([starting.finally(() => holder.close()), worker.call('work')]);
	return await work({ url: urls['1'] ?? '', worker: worker.pid });
}

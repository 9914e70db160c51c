import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Settings } from '../installation.ts';
import type { Taken } from './work-process.ts';

const PROCESS = fileURLToPath(new URL('work-process.ts', import.meta.url));

export interface WorkerProcess {
	/** What it has taken since it was asked before. */
	take(): Promise<Taken>;
	stop(): Promise<void>;
}

/** A worker in a process of its own, so that nothing else is measured as its work. */
export async function startWorkerProcess(settings: Settings, signal: AbortSignal): Promise<WorkerProcess> {
	// As in production: libraries without their checks for developers.
	const env = { ...process.env, NODE_ENV: 'production' };
	const child = fork(PROCESS, { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'], signal });
	const ended = once(child, 'exit');
	const ask = async (message: Settings | 'take'): Promise<unknown> => {
		const answer = once(child, 'message');
		child.send(message);
		const [said] = await Promise.race([answer, ended.then(() => [null])]);
		if (said === null) throw new Error('The worker of the benchmark ended before it had done its job.');
		return said;
	};
	await ask(settings);
	return {
		take: async () => (await ask('take')) as Taken,
		async stop() {
			if (child.connected) child.disconnect();
			await ended;
		},
	};
}

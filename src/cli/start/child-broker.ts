import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Logger } from '../../api/index.ts';
import { childEnvironment } from '../../config/index.ts';
import { SetupError } from '../../errors.ts';
import type { DatabaseAccess } from '../../wiring/index.ts';
import { currentIo } from '../io.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

/** Milliseconds that the broker has to start, and to end when it is asked to. */
const STARTING = 30_000;
const ENDING = 8_000;
/** Milliseconds between two restarts: at first, and at most. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 5_000;
/** Milliseconds of running after which the pause is the first one again. */
const SETTLED = 10_000;

interface ChildBrokerOptions {
	readonly logger: Logger;
	/** Where the broker's log lines go. */
	readonly log: { write(lines: string): void };
	/** Aborts the first start. */
	readonly signal: AbortSignal;
}

/**
 * Runs the broker as a child process on an open database, with the broker's login and no other secret but the root key. Restarts the broker
 * whenever it ends by itself. The broker ends when this process is gone.
 * @throws SetupError if the first start fails
 */
export async function startChildBroker(
	{ broker, direct }: Pick<DatabaseAccess, 'broker' | 'direct'>,
	{ logger, log, signal: given }: ChildBrokerOptions,
): Promise<{ stop(): Promise<void> }> {
	const own = { FIRMSEAL_BROKER_DATABASE_URL: broker, FIRMSEAL_DIRECT_DATABASE_URL: direct };
	const env = childEnvironment(own, ['FIRMSEAL_ROOT_KEY']);
	const stopping = new AbortController();
	const { signal } = stopping;
	const { clock } = currentIo();
	let said = '';
	const start = () => {
		const child = launch(env);
		child.stderr?.setEncoding('utf8').on('data', (lines: string) => {
			said = /^firmseal: .+/m.exec(lines)?.[0] ?? said;
			log.write(lines);
		});
		return child;
	};
	let child = start();
	if (!(await isReady(child, given))) {
		await end(child);
		given.throwIfAborted();
		throw new SetupError(`The broker does not start. Its message: ${said || 'none.'}`);
	}

	async function keepUp(): Promise<void> {
		let pause = FIRST_PAUSE;
		while (!signal.aborted) {
			const since = clock.now();
			await ended(child);
			if (signal.aborted) return;
			logger.error({ plane: 'broker' }, 'the broker ended unexpectedly and is being restarted');
			pause = clock.now() - since > SETTLED ? FIRST_PAUSE : Math.min(LONGEST_PAUSE, pause * 2);
			await clock.sleep(pause, signal);
			if (!signal.aborted) child = start();
		}
	}

	const kept = keepUp();
	return {
		async stop() {
			stopping.abort();
			await end(child);
			await kept;
		},
	};
}

/** In its own process group, because Ctrl-C is for this process, which then ends the broker. The channel shows the broker that this process is gone. */
const launch = (env: NodeJS.ProcessEnv): ChildProcess =>
	spawn(process.execPath, [MAIN, 'broker'], {
		env,
		detached: true,
		stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
		// Emitted if the process could not be started. It then has no id.
	}).on('error', () => {});

/** A process without an id has never started. */
const isOver = ({ pid, exitCode, signalCode }: ChildProcess) =>
	pid === undefined || exitCode !== null || signalCode !== null;

async function ended(child: ChildProcess): Promise<void> {
	if (!isOver(child)) await once(child, 'exit').catch(() => {});
}

/** The broker writes nothing to standard output before it is ready. */
async function isReady(child: ChildProcess, given: AbortSignal): Promise<boolean> {
	const late = new AbortController();
	const isLate = AbortSignal.any([late.signal, given]);
	const said = child.stdout ? once(child.stdout, 'data').then(() => true) : Promise.resolve(false);
	const ready = await Promise.race([
		said.catch(() => false),
		ended(child).then(() => false),
		currentIo()
			.clock.sleep(STARTING, isLate)
			.then(() => false),
	]);
	late.abort();
	return ready;
}

async function end(child: ChildProcess): Promise<void> {
	if (isOver(child)) return;
	const over = ended(child);
	child.kill('SIGTERM');
	const timer = setTimeout(() => child.kill('SIGKILL'), ENDING);
	await over;
	clearTimeout(timer);
}

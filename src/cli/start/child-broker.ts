import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Logger } from '../../api/index.ts';
import { childEnvironment } from '../../config/index.ts';
import { SetupError } from '../../errors.ts';
import type { DatabaseAccess } from '../../wiring/index.ts';
import { currentIo } from '../io.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

/** Milliseconds: that it has to say that it runs, and to end when it is asked to; between two starts, first and longest. */
const STARTING = 30_000;
const ENDING = 8_000;
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 5_000;
/** One that has run so long has started well. */
const SETTLED = 10_000;

interface ChildBrokerOptions {
	readonly logger: Logger;
	/** Where its own log lines go. */
	readonly log: { write(lines: string): void };
	/** Gives up a first start that is under way. */
	readonly signal: AbortSignal;
}

/**
 * Runs the broker as a process of its own on a database that is open, with the broker's sign-in and no other secret but the root key; starts
 * it again whenever it ends by itself. It ends by itself too when this process is gone.
 * @throws SetupError when it doesn't start the first time.
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
		throw new SetupError(`The broker does not start. It says: ${said || 'nothing.'}`);
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

/** In a process group of its own: Ctrl-C is for this process, which ends it. By the channel it notices when this process is gone. */
const launch = (env: NodeJS.ProcessEnv): ChildProcess =>
	spawn(process.execPath, [MAIN, 'broker'], {
		env,
		detached: true,
		stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
		// One that could not be made says so by this event, and has no id.
	}).on('error', () => {});

/** Without an id it has never begun. */
const isOver = ({ pid, exitCode, signalCode }: ChildProcess) =>
	pid === undefined || exitCode !== null || signalCode !== null;

async function ended(child: ChildProcess): Promise<void> {
	if (!isOver(child)) await once(child, 'exit').catch(() => {});
}

/** Its answer is the only thing that it writes there. */
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

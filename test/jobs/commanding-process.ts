// Runs the program's commands on request, until the parent process disconnects.
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { runCommand } from '../../src/cli/run-command.ts';
import { systemClock } from '../../src/clock/clock.ts';

export interface CommandRequest {
	readonly id: number;
	readonly env: Readonly<Record<string, string>>;
	readonly args: readonly string[];
}

/** A command that waits. The parent process decides when it has waited long enough. */
export interface Waiting {
	readonly id: number;
	readonly milliseconds: number;
}

const waiting = new Map<number, () => void>();
process.on('message', (message: CommandRequest | Pick<Waiting, 'id'>) => {
	if ('args' in message) void run(message);
	else waiting.get(message.id)?.();
});

async function run({ id, env, args }: CommandRequest): Promise<void> {
	const [stdin, stdout, stderr] = [new PassThrough().end(), new PassThrough(), new PassThrough()];
	const said = Promise.all([text(stdout), text(stderr)]);
	const untilStopped = () => new Promise<never>(() => {});
	const sleep = (milliseconds: number) =>
		new Promise<void>((resolve) => {
			waiting.set(id, resolve);
			process.send?.({ id, milliseconds } satisfies Waiting);
		});
	const clock = { ...systemClock, sleep };
	const code = await runCommand(args, env, { stdin, stdout, stderr, log: stderr, untilStopped, clock });
	for (const stream of [stdout, stderr]) stream.end();
	const [ofStdout, ofStderr] = await said;
	process.send?.({ id, code, stdout: ofStdout, stderr: ofStderr });
}

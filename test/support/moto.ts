import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Debian's program: another one on the PATH may not start. Null if it is not installed. */
export const MOTO: string | null = ['/usr/bin/moto_server'].find((file) => existsSync(file)) ?? null;
/** Milliseconds. */
const LONGEST_START = 90_000;

/** A running emulator of AWS: KMS, S3 and STS at one address. */
export interface Moto {
	/** Without a trailing slash. */
	readonly url: string;
	/** Pauses or resumes the server. */
	signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
	stop(): Promise<void>;
}

/** Starts moto with an empty state in memory, or returns null if it is not installed. */
export async function startMoto(): Promise<Moto | null> {
	if (!MOTO) return null;
	const until = performance.now() + LONGEST_START;
	const log = join(mkdtempSync(join(tmpdir(), 'firmseal-moto-')), 'log');
	const output = openSync(log, 'w');
	// A process group of its own, since the server starts processes. Its log has its address and each request.
	const child = spawn(MOTO, ['-H', '127.0.0.1', '-p', '0'], {
		stdio: ['ignore', 'ignore', output],
		detached: true,
	});
	closeSync(output);
	const isOver = () => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
	const signal = (name: NodeJS.Signals) => {
		if (child.pid !== undefined && !isOver()) process.kill(-child.pid, name);
	};
	const stop = async () => {
		signal('SIGKILL');
		if (!isOver()) await once(child, 'exit');
	};
	child.once('error', () => {});
	for (;;) {
		const said = readFileSync(log, 'utf8');
		const [, url] = /Running on (\S+)/.exec(said) ?? [];
		if (url) return { url, signal, stop };
		if (isOver() || performance.now() > until) {
			await stop();
			throw new Error(`${MOTO} did not start: ${said}`);
		}
		await delay(50);
	}
}

export const MOTO_REGION = 'eu-central-1';

/** Roles of an unused account. The emulator separates accounts, like the cloud. */
export function newMotoAccount() {
	const account = String(randomInt(1e11, 1e12));
	const role = (name: string) => `arn:aws:iam::${account}:role/firmseal-${name}`;
	const roles = {
		firm: role('firm'),
		operator: role('operator'),
		broker: role('broker'),
		worker: role('worker'),
		signer: role('signer'),
	};
	return { account, roles };
}

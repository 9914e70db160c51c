import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Debian's; one of the same name elsewhere on the PATH may be of an installation that doesn't start. null: it is not installed. */
export const MOTO: string | null = ['/usr/bin/moto_server'].find((file) => existsSync(file)) ?? null;
/** Milliseconds. */
const LONGEST_START = 90_000;

/** A running emulator of AWS: KMS, S3 and STS at one address. */
export interface Moto {
	/** Without a trailing slash. */
	readonly url: string;
	/** Lets it stand still, or go on. */
	signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
	stop(): Promise<void>;
}

/** null: it is not installed. State lives in its memory: a new one is empty. */
export async function startMoto(): Promise<Moto | null> {
	if (!MOTO) return null;
	const until = performance.now() + LONGEST_START;
	const log = join(mkdtempSync(join(tmpdir(), 'firmseal-moto-')), 'log');
	const output = openSync(log, 'w');
	// A group of its own, since its server makes processes too. It says in its log where it listens, and each request.
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

/** Roles of an account that nobody else has used: the emulator keeps accounts apart, as the cloud does. */
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

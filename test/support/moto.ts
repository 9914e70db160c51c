import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { findFreePort } from './servers.ts';

/** Debian's; one of the same name elsewhere on the PATH may be of an installation that doesn't start. */
const MOTO = '/usr/bin/moto_server';

const LONGEST_START = 60_000;

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
	if (!existsSync(MOTO)) return null;
	const port = await findFreePort();
	// A group of its own, since its server makes processes too.
	const child = spawn(MOTO, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore', detached: true });
	let over = false;
	const ended = new Promise<void>((resolve) => {
		child.once('error', () => resolve());
		child.once('exit', () => resolve());
	}).then(() => {
		over = true;
	});
	const signal = (name: NodeJS.Signals) => {
		if (!over && child.pid !== undefined) process.kill(-child.pid, name);
	};
	const stop = async () => {
		for (const each of ['SIGTERM', 'SIGKILL'] as const) {
			if (over || child.pid === undefined) return;
			signal(each);
			await Promise.race([ended, delay(3_000)]);
		}
	};
	const url = `http://127.0.0.1:${port}`;
	const until = performance.now() + LONGEST_START;
	while (!(await answers(url))) {
		if (over || performance.now() > until) {
			await stop();
			throw new Error(`${MOTO} did not start.`);
		}
		await delay(100);
	}
	return { url, signal, stop };
}

async function answers(url: string): Promise<boolean> {
	try {
		return (await fetch(`${url}/moto-api/data.json`, { signal: AbortSignal.timeout(2_000) })).ok;
	} catch {
		return false;
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

import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** Debian's; one of the same name elsewhere on the PATH may be of an installation that doesn't start. */
const MOTO = '/usr/bin/moto_server';

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
	// A group of its own, since its server makes processes too.
	const child = spawn(MOTO, ['-H', '127.0.0.1', '-p', '0'], { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
	const isOver = () => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
	const signal = (name: NodeJS.Signals) => {
		if (child.pid !== undefined && !isOver()) process.kill(-child.pid, name);
	};
	const stop = async () => {
		signal('SIGKILL');
		if (!isOver()) await once(child, 'exit');
	};
	// What it says of each request is read too: otherwise it would wait for a reader some day.
	const url = await new Promise<string>((resolve, reject) => {
		child.once('error', reject);
		createInterface(child.stderr)
			.on('line', (line) => {
				const [, found] = /Running on (\S+)/.exec(line) ?? [];
				if (found) resolve(found);
			})
			.once('close', () => reject(new Error(`${MOTO} did not start.`)));
	});
	return { url, signal, stop };
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

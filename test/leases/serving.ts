import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Person, TestInstallation } from '../support/installation.ts';
import { bare } from '../system/program.ts';

const SCRIPT = fileURLToPath(new URL('./serving-process.ts', import.meta.url));

/** A separate process that serves the operator's plane. */
export interface Serving {
	readonly url: string;
	readonly child: ChildProcess;
	/** When its keyring unwrapped content keys, in nanoseconds of the monotonic clock. */
	readonly unwraps: bigint[];
	/** Resolves when all its reports so far have arrived. */
	told(): Promise<void>;
	end(): Promise<void>;
}

export async function serveElsewhere(
	{ env, keepLog }: Pick<TestInstallation, 'env' | 'keepLog'>,
	overrides: Readonly<Record<string, string>> = {},
): Promise<Serving> {
	await keepLog();
	const child = fork(SCRIPT, {
		env: { ...bare(), ...env, FIRMSEAL_PLANE: 'operator', ...overrides },
		stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
	});
	const unwraps: bigint[] = [];
	const { promise, resolve, reject } = Promise.withResolvers<string>();
	child.on('message', (told: { url?: string; unwrapped?: string }) => {
		if (told.url) resolve(told.url);
		if (told.unwrapped) unwraps.push(BigInt(told.unwrapped));
	});
	child.once('exit', () => reject(new Error('The serving process ended.')));
	return {
		url: await promise,
		child,
		unwraps,
		async told() {
			const { promise: said, resolve: hear } = Promise.withResolvers<void>();
			const listen = (told: { said?: true }) => told.said && hear();
			child.on('message', listen).send('say');
			await said;
			child.off('message', listen);
		},
		async end() {
			if (child.exitCode !== null || child.signalCode !== null) return;
			// Pending reports arrive before the channel closes.
			const gone = Promise.all([once(child, 'exit'), once(child, 'disconnect')]);
			child.send('stop');
			const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
			await gone;
			clearTimeout(timer);
		},
	};
}

/** An answer as it arrived at the socket. */
export interface Arrived {
	readonly status: number;
	/** Its X-Request-Id, which is in the log. */
	readonly request: string;
	readonly text: string;
	/** When bytes of the body arrived, in nanoseconds of the monotonic clock. */
	readonly times: readonly bigint[];
	/** Whether the connection was closed before the answer was complete. */
	readonly isCut: boolean;
}

export const newAgent = (sockets: number) => new Agent({ keepAlive: true, maxSockets: sockets });

/** Sends a GraphQL request and notes when each piece of the answer arrives. */
export function send(
	agent: Agent,
	url: string,
	{ token, lease, query }: { readonly token: Person; readonly lease: string | null; readonly query: string },
): Promise<Arrived> {
	const body = JSON.stringify({ query });
	return new Promise((resolve, reject) => {
		const times: bigint[] = [];
		const parts: Buffer[] = [];
		const sent = request(`${url}/graphql`, {
			method: 'POST',
			agent,
			headers: {
				'content-type': 'application/json',
				'content-length': Buffer.byteLength(body),
				authorization: `Bearer ${token}`,
				...(lease && { 'x-firmseal-lease': lease }),
			},
		});
		sent.on('response', (answer) => {
			const done = (isCut: boolean) =>
				resolve({
					status: answer.statusCode ?? 0,
					request: String(answer.headers['x-request-id']),
					text: Buffer.concat(parts).toString(),
					times,
					isCut,
				});
			answer.on('data', (part: Buffer) => {
				times.push(process.hrtime.bigint());
				parts.push(part);
			});
			answer.once('end', () => done(false));
			answer.once('error', () => done(true));
		});
		sent.on('error', reject);
		sent.end(body);
	});
}

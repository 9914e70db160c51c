import { EventEmitter, once } from 'node:events';
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Person } from '../support/person.ts';

/** Ten notes, with titles and bodies. */
const LIST = JSON.stringify({ query: '{ notes(first: 10) { nodes { id title body } } }' });

interface Outcome {
	readonly status: number;
	readonly retryAfter: string | undefined;
}

export interface Load {
	/** The number of answers by HTTP status. */
	readonly statuses: ReadonlyMap<number, number>;
	/** The number of refusals without a valid Retry-After. */
	readonly withoutRetryAfter: () => number;
	/** Waits until `count` requests have been answered. */
	answers(count: number): Promise<unknown>;
	/** Sends no more requests, and waits for those in flight. @throws the first error of a request */
	stop(): Promise<void>;
}

const send = (agent: Agent, url: string, token: Person): Promise<Outcome> =>
	new Promise((resolve, reject) => {
		const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
		const sent = request(`${url}/graphql`, { agent, method: 'POST', headers });
		sent.once('error', reject).once('response', (answer) => {
			answer
				.once('error', reject)
				.once('end', () => resolve({ status: answer.statusCode ?? 0, retryAfter: answer.headers['retry-after'] }));
			answer.resume();
		});
		sent.end(LIST);
	});

/** Starts clients that read a list again and again, each over its own connection. After a refusal they retry much sooner than Retry-After. */
export function startLoad(url: string, tokens: readonly Person[], connections: number): Load {
	const statuses = new Map<number, number>();
	const answered = new EventEmitter();
	let count = 0;
	let withoutRetryAfter = 0;
	let isStopped = false;
	const read = async (token: Person) => {
		const agent = new Agent({ keepAlive: true, maxSockets: 1 });
		while (!isStopped) {
			const { status, retryAfter } = await send(agent, url, token);
			statuses.set(status, (statuses.get(status) ?? 0) + 1);
			answered.emit(`${++count}`);
			if (status === 200) continue;
			if (!/^[1-9]\d?$/.test(retryAfter ?? '')) withoutRetryAfter += 1;
			await delay(100);
		}
		agent.destroy();
	};
	const done = Promise.all(Array.from({ length: connections }, (_, n) => read(tokens[n % tokens.length] as Person)));
	// stop() rejects with the error.
	done.catch(() => {});
	return {
		statuses,
		withoutRetryAfter: () => withoutRetryAfter,
		answers: (wanted) => Promise.race([done, count < wanted && once(answered, `${wanted}`)]),
		async stop() {
			isStopped = true;
			await done;
		},
	};
}

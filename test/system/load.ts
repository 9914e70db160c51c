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

/** What came of the requests of one load. */
export interface Load {
	/** How many answers of each status. */
	readonly statuses: ReadonlyMap<number, number>;
	/** Refusals that did not say when to come again. */
	readonly untold: () => number;
	/** Waits until so many requests have been answered. */
	answers(count: number): Promise<unknown>;
	/** Sends no more, and waits for what was sent. */
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

/**
 * Clients that read a list each over a connection of its own, one after the other; after a refusal they come again much sooner than they
 * are told to.
 */
export function startLoad(url: string, tokens: readonly Person[], connections: number): Load {
	const statuses = new Map<number, number>();
	const answered = new EventEmitter();
	let count = 0;
	let untold = 0;
	let isStopped = false;
	const read = async (token: Person) => {
		const agent = new Agent({ keepAlive: true, maxSockets: 1 });
		while (!isStopped) {
			const { status, retryAfter } = await send(agent, url, token);
			statuses.set(status, (statuses.get(status) ?? 0) + 1);
			answered.emit(`${++count}`);
			if (status === 200) continue;
			if (!/^[1-9]\d?$/.test(retryAfter ?? '')) untold += 1;
			await delay(100);
		}
		agent.destroy();
	};
	const done = Promise.all(Array.from({ length: connections }, (_, n) => read(tokens[n % tokens.length] as Person)));
	// An error is told by stop().
	done.catch(() => {});
	return {
		statuses,
		untold: () => untold,
		answers: (wanted) => Promise.race([done, count < wanted && once(answered, `${wanted}`)]),
		async stop() {
			isStopped = true;
			await done;
		},
	};
}

import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Person } from '../support/person.ts';

/** Ten notes, with titles and bodies. */
const LIST = JSON.stringify({ query: '{ notes(first: 10) { nodes { id title body } } }' });

interface Outcome {
	readonly status: number;
	readonly retryAfter: string | undefined;
	readonly milliseconds: number;
}

/** What came of the requests of one load. */
export interface Load {
	/** How many answers of each status. */
	readonly statuses: ReadonlyMap<number, number>;
	/** Refusals that did not say when to come again. */
	readonly untold: () => number;
	/** Of answers with 200, the time below which this part of them was. Milliseconds. */
	timeOf(part: number): number;
	/** Sends no more, and waits for what was sent. */
	stop(): Promise<void>;
}

const send = (agent: Agent, url: string, token: string): Promise<Outcome> => {
	const start = performance.now();
	return new Promise((resolve, reject) => {
		const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
		const sent = request(`${url}/graphql`, { agent, method: 'POST', headers });
		sent.once('error', reject).once('response', (answer) => {
			answer.once('error', reject).once('end', () =>
				resolve({
					status: answer.statusCode ?? 0,
					retryAfter: answer.headers['retry-after'],
					milliseconds: performance.now() - start,
				}),
			);
			answer.resume();
		});
		sent.end(LIST);
	});
};

/**
 * Clients that read a list each over a connection of its own, one after the other with `pause` milliseconds between; after a refusal they
 * come again much sooner than they are told to.
 */
export function startLoad(url: string, tokens: readonly Person[], connections: number, pause = 0): Load {
	const statuses = new Map<number, number>();
	const times: number[] = [];
	let untold = 0;
	let isStopped = false;
	const read = async (token: string) => {
		const agent = new Agent({ keepAlive: true, maxSockets: 1 });
		while (!isStopped) {
			const { status, retryAfter, milliseconds } = await send(agent, url, token);
			statuses.set(status, (statuses.get(status) ?? 0) + 1);
			if (status === 200) times.push(milliseconds);
			else if (!/^[1-9]\d?$/.test(retryAfter ?? '')) untold += 1;
			await delay(status === 200 ? pause : 100);
		}
		agent.destroy();
	};
	const done = Promise.all(Array.from({ length: connections }, (_, n) => read(tokens[n % tokens.length] as string)));
	// An error is told by stop().
	done.catch(() => {});
	return {
		statuses,
		untold: () => untold,
		timeOf: (part) => times.toSorted((a, b) => a - b)[Math.floor((times.length - 1) * part)] ?? Number.NaN,
		async stop() {
			isStopped = true;
			await done;
		},
	};
}

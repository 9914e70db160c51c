import { type Child, startChild } from './child.ts';
import { type CompareOptions, type Comparison, compare, type Latency } from './comparison.ts';
import type { Headers } from './query.ts';
import { measureRounds, quantileOf, type RoundsOptions, type TimedSide, type Times } from './rounds.ts';

/** A process that sends requests. */
export type Client = Child<typeof import('./ask.ts')>;

export const startClient = (signal: AbortSignal): Client => startChild(new URL('ask.ts', import.meta.url), { signal });

/** A number of answers to one request of one person. */
export interface Load {
	readonly url: string;
	readonly headers: Headers;
	readonly body: string;
	readonly connections: number;
	readonly requests: number;
}

/** @throws Error for an answer without status 200 or data, or with an error */
export async function answer(client: Client, { headers, body, requests, url, connections }: Load) {
	const crowd = { url, people: [headers], bodies: [body], connections, length: { requests } };
	const { wrong, latencies, perSecond } = await client.call('ask', crowd);
	if (wrong !== null) throw new Error(`A server answered wrongly: ${wrong}`);
	return { latencies, microseconds: 1e6 / perSecond };
}

export interface Answers<Name extends string> {
	readonly times: Times<Name>;
	/** Over all requests of all rounds. */
	readonly latency: Readonly<Record<Name, Latency>>;
}

/** Measures the loads in rounds, after each has run for `warmUp` milliseconds, and at least once. */
export async function measureAnswers<Name extends string>(
	client: Client,
	loads: Readonly<Record<Name, Load>>,
	{ warmUp = 0, ...options }: RoundsOptions & { readonly warmUp?: number },
): Promise<Answers<Name>> {
	const names = Object.keys(loads) as Name[];
	const byName = <Value>(make: (name: Name) => Value) =>
		Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, Value>;
	for (const name of names) {
		const end = performance.now() + warmUp;
		do await answer(client, loads[name]);
		while (performance.now() < end);
	}
	const latencies = byName((): number[] => []);
	const sides = byName(
		(name): TimedSide =>
			async () => {
				const answered = await answer(client, loads[name]);
				latencies[name].push(...answered.latencies);
				return answered.microseconds;
			},
	);
	const times = await measureRounds(sides, options);
	const latency = byName((name) => ({ p50: quantileOf(latencies[name], 0.5), p99: quantileOf(latencies[name], 0.99) }));
	return { times, latency };
}

export const compareAnswers = <Name extends string>(
	what: string,
	{ times, latency }: Answers<Name>,
	options: CompareOptions<Name>,
): Comparison => ({
	...compare(what, times, options),
	latency: { base: latency[options.base], compared: latency[options.compared] },
});

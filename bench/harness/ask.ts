// Sends requests to a server with autocannon. Runs in the process that client.ts starts.
import type { EventEmitter } from 'node:events';
import type { Headers } from './query.ts';
import { quantileOf } from './rounds.ts';

/** People who send requests to one server, whatever it answers. */
export interface Crowd {
	/** The base URL of the server. */
	readonly url: string;
	/** Headers of each person. A connection belongs to some of the people, who send in turn. */
	readonly people: readonly Headers[];
	/** Each connection sends these in turn. */
	readonly bodies: readonly string[];
	/** Opened for this call. */
	readonly connections: number;
	readonly length: { readonly seconds: number } | { readonly requests: number };
	/** Requests per second of the whole crowd. Without it, a connection sends the next request after each answer. */
	readonly perSecond?: number;
}

export interface CrowdResult {
	/** Number of answers by status. */
	readonly statuses: readonly (readonly [status: number, count: number])[];
	/** Requests without an answer. */
	readonly lost: number;
	/** Answers other than 200 without a Retry-After header. */
	readonly withoutRetryAfter: number;
	/** The start of the first answer without data or with an error, or why there was no answer. */
	readonly wrong: string | null;
	/** Answers with status 200, from the first request to the last answer. */
	readonly perSecond: number;
	/** Milliseconds from each request to the end of its answer with status 200. */
	readonly latencies: readonly number[];
	readonly p50: number;
	readonly p99: number;
}

interface Connection extends EventEmitter {
	setRequests(requests: readonly object[]): void;
}

/** Not a literal: TypeScript would resolve the package, which `npm ci` of the project does not install. */
const PACKAGE: string = 'autocannon';
const { default: autocannon } = await import(PACKAGE);

/** Seconds. */
const TIMEOUT = 30;
/** Milliseconds between two checks whether all answers have arrived. */
const CHECK_PERIOD = 10;

export async function ask({ url, people, bodies, connections, length, perSecond }: Crowd): Promise<CrowdResult> {
	const latencies: number[] = [];
	const statuses = new Map<number, number>();
	let withoutRetryAfter = 0;
	let wrong: string | null = null;
	let opened = 0;
	let [start, end] = [0, 0];
	const requestsOf = (connection: number) =>
		people
			.filter((_, index) => index % connections === connection % Math.min(connections, people.length))
			.map((headers, index) => ({
				method: 'POST',
				path: '/graphql',
				headers: { 'content-type': 'application/json', ...headers },
				body: bodies[(connection + index) % bodies.length],
			}));
	const asking = autocannon({
		url,
		connections,
		...('requests' in length ? { amount: length.requests, sampleInt: CHECK_PERIOD } : { duration: length.seconds }),
		...(perSecond !== undefined && { overallRate: perSecond, ignoreCoordinatedOmission: true }),
		timeout: TIMEOUT,
		setupClient(connection: Connection) {
			start ||= performance.now();
			connection.setRequests(requestsOf(opened++));
			connection.on('headers', ({ statusCode, headers }: { statusCode: number; headers: readonly string[] }) => {
				const hasRetryAfter = headers.some((name, at) => at % 2 === 0 && /^retry-after$/i.test(name));
				if (statusCode !== 200 && !hasRetryAfter) withoutRetryAfter += 1;
			});
		},
		// An answer puts errors before data.
		verifyBody: (answer: string) => answer.startsWith('{"data":{'),
	});
	asking.on('response', (_client: Connection, status: number, _bytes: number, milliseconds: number) => {
		end = performance.now();
		statuses.set(status, (statuses.get(status) ?? 0) + 1);
		if (status === 200) latencies.push(milliseconds);
		else wrong ??= `status ${status}`;
	});
	asking.on('reqMismatch', (answer: string) => {
		wrong ??= answer.slice(0, 200);
	});
	asking.on('reqError', (error: Error) => {
		wrong ??= error.message;
	});
	const { errors } = await asking;
	return {
		statuses: [...statuses],
		lost: errors,
		withoutRetryAfter,
		wrong,
		perSecond: latencies.length / ((end - start) / 1000),
		latencies,
		p50: quantileOf(latencies, 0.5),
		p99: quantileOf(latencies, 0.99),
	};
}

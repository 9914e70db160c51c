// Asks a server as many people do, with autocannon, and counts what they were told. Started by crowd.ts.
import type { EventEmitter } from 'node:events';
import { autocannon, TIMEOUT } from '../load/autocannon.ts';
import { answerMessages } from '../load/load-process.ts';
import { bearer } from '../load/query.ts';
import { quantileOf } from '../rounds.ts';
import type { Crowd, CrowdResult } from './crowd.ts';

interface Client extends EventEmitter {
	setRequests(requests: readonly object[]): void;
}
answerMessages(ask);

async function ask({ url, bodies, tokens, connections, length, perSecond }: Crowd): Promise<CrowdResult> {
	const latencies: number[] = [];
	const statuses = new Map<number, number>();
	let untold = 0;
	let next = 0;
	const base = { method: 'POST', path: '/graphql' };
	// Whoever has a connection asks over it again and again, in turn with the others who have it.
	const requestsOf = (connection: number) =>
		tokens
			.filter((_, index) => tokens.length < connections || index % connections === connection)
			.map((token, index) => ({
				...base,
				headers: { 'content-type': 'application/json', ...bearer(token) },
				body: bodies[(connection + index) % bodies.length],
			}));
	const asking = autocannon({
		url,
		connections,
		...('requests' in length ? { amount: length.requests } : { duration: length.seconds }),
		...(perSecond !== undefined && { overallRate: perSecond, ignoreCoordinatedOmission: true }),
		timeout: TIMEOUT,
		setupClient(client: Client) {
			const connection = next++;
			const own = requestsOf(connection);
			client.setRequests(tokens.length < connections ? [own[connection % own.length] as object] : own);
			client.on('headers', ({ statusCode, headers }: { statusCode: number; headers: readonly string[] }) => {
				if (statusCode !== 200 && !headers.some((name, at) => at % 2 === 0 && /^retry-after$/i.test(name))) untold += 1;
			});
		},
	});
	asking.on('response', (_client, status: number, _bytes, milliseconds: number) => {
		statuses.set(status, (statuses.get(status) ?? 0) + 1);
		if (status === 200) latencies.push(milliseconds);
	});
	const { errors, duration } = await asking;
	return {
		statuses: [...statuses],
		lost: errors,
		withoutRetryAfter: untold,
		perSecond: latencies.length / duration,
		p50: quantileOf(latencies, 0.5),
		p99: quantileOf(latencies, 0.99),
	};
}

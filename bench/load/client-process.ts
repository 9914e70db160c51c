// Asks servers with autocannon, and says how long that took. Started by client.ts.

import { autocannon, TIMEOUT } from './autocannon.ts';
import type { Answered, Load } from './client.ts';
import { answerMessages } from './load-process.ts';

/** Milliseconds until it notices that it is done. */
const LOOKING = 10;

answerMessages(ask);

async function ask({ url, headers, body, connections, requests }: Load): Promise<Answered> {
	const latencies: number[] = [];
	let wrong: string | null = null;
	let [start, end] = [0, 0];
	const asking = autocannon({
		url: `${url}/graphql`,
		method: 'POST',
		headers: { 'content-type': 'application/json', ...headers },
		body,
		connections,
		amount: requests,
		timeout: TIMEOUT,
		sampleInt: LOOKING,
		bailout: 1,
		setupClient: () => {
			start ||= performance.now();
		},
		// Errors come first in an answer, so that one without any begins with its data.
		verifyBody: (answer: string) => answer.startsWith('{"data":{'),
	});
	asking.on('response', (_client, status: number, _bytes, milliseconds: number) => {
		end = performance.now();
		latencies.push(milliseconds);
		if (status !== 200) wrong ??= `status ${status}`;
	});
	asking.on('reqMismatch', (answer: string) => {
		wrong ??= answer.slice(0, 200);
	});
	asking.on('reqError', (error: Error) => {
		wrong ??= error.message;
	});
	await asking;
	if (latencies.length !== requests) wrong ??= `${latencies.length} answers of ${requests}`;
	if (wrong !== null) throw new Error(`A server did not answer as it should: ${wrong}`);
	return { microseconds: ((end - start) * 1000) / requests, latencies };
}

import { readFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:http2';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate } from '../api/http/certificate.ts';
import type { TestApi } from '../support/installation.ts';
import { makeNote } from '../support/notes.ts';
import { steppedClock } from '../support/stepped-clock.ts';
import { until } from '../system/program.ts';
import { makeScene, type Scene } from './scene.ts';

const { certFile, keyFile } = makeCertificate();
const REVOKE = 'mutation { revokeBreakGlass(leaseId: "01980000-0000-7000-8000-0000000000ff") { lease { id } } }';

let scene: Scene;
let tls: TestApi;
/** A note of the firm. Thirteen copies of its body are 10 MiB of JSON. */
let note: string;
beforeAll(async () => {
	// With a stepped clock, no answer times out.
	const options = { clock: steppedClock() };
	scene = await makeScene({}, options);
	tls = await scene.installation.serve({ FIRMSEAL_TLS_CERT: certFile, FIRMSEAL_TLS_KEY: keyFile }, options);
	note = await makeNote(scene.api.ask, scene.harbour.member, { body: '\u0001'.repeat(131_000) });
});
afterAll(() => scene?.installation.close());

interface Answer {
	readonly status: number;
	readonly retryAfter: string | undefined;
	/** Reads the body. */
	text(): Promise<string>;
	/** Closes the connection without reading the body. */
	leave(): void;
}

const headersFor = (token: string) => ({ 'content-type': 'application/json', authorization: `Bearer ${token}` });
const bodyOf = (times: number) =>
	`{ note(id: "${note}") { ${Array.from({ length: times }, (_, n) => `a${n}: body`).join(' ')} } }`;

/** Reads short bodies at once: an HTTP/2 client discards the unread data of a closed stream. */
function reading(status: number, body: Readable): Pick<Answer, 'status' | 'text'> {
	const short = status === 200 ? null : text(body);
	return { status, text: () => short ?? text(body) };
}

/** Sends a query, and reads only the head of the answer. */
function overHttp1(token: string, query: string): Promise<Answer> {
	const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
	const url = `${scene.api.url}/graphql`;
	const asked = request(url, { method: 'POST', headers: headersFor(token), agent: false }, resolve);
	asked.on('error', reject).end(JSON.stringify({ query }));
	return promise.then((answer) => ({
		...reading(answer.statusCode ?? 0, answer),
		retryAfter: answer.headers['retry-after'],
		leave: () => void answer.on('error', () => {}).destroy(),
	}));
}

const left: (() => void)[] = [];
afterAll(() => {
	for (const leave of left) leave();
});

/** Uses one connection per request: unread data fills the window of all streams of a connection. */
function overHttp2(token: string, query: string): Promise<Answer> {
	const session = connect(tls.url, { ca: readFileSync(certFile) }).on('error', () => {});
	const { promise, resolve, reject } = Promise.withResolvers<Answer>();
	const stream = session.request({ ':method': 'POST', ':path': '/graphql', ...headersFor(token) });
	const leave = () => session.destroy();
	left.push(leave);
	stream.on('response', (head) =>
		resolve({ ...reading(Number(head[':status']), stream), retryAfter: head['retry-after'], leave }),
	);
	stream.on('error', reject).end(JSON.stringify({ query }));
	return promise;
}

describe.each([
	['HTTP/1.1', overHttp1],
	['HTTP/2', overHttp2],
])('long responses over %s that are not read', (_, send) => {
	const codesOf = async (answer: Answer) =>
		JSON.parse(await answer.text()).errors.map(({ extensions }: { extensions: object }) => extensions);

	it('are limited to an account’s share of the memory, while revocations and short requests are answered', async () => {
		const { member } = scene.harbour;
		const answers = await Promise.all(Array.from({ length: 12 }, () => send(`${member}`, bodyOf(13))));
		const [given, refused] = [200, 429].map((status) => answers.filter((answer) => answer.status === status));
		expect([given?.length, refused?.length]).toEqual([3, 9]);
		for (const answer of refused ?? []) {
			expect(await codesOf(answer)).toEqual([{ code: 'RATE_LIMITED' }]);
			expect(answer.retryAfter).toBe('5');
		}
		for (const { owner } of [scene.north, scene.harbour])
			expect(await codesOf(await send(`${owner}`, REVOKE))).toEqual([{ code: 'NOT_FOUND' }]);
		expect(JSON.parse(await (await send(`${member}`, bodyOf(1))).text()).data.note.a0).toHaveLength(131_000);
		for (const { leave } of given ?? []) leave();
	});

	it('leave memory for other people of the firm, up to the firm’s share', async () => {
		const { member, owner } = scene.harbour;
		const held: Answer[] = [];
		await until(async () => {
			const answer = await send(`${member}`, bodyOf(13));
			if (answer.status === 200) held.push(answer);
			return held.length === 3;
		});
		for (let n = 0; n < 3; n++) held.push(await send(`${owner}`, bodyOf(13)));
		expect(held.map(({ status }) => status)).toEqual(Array(6).fill(200));
		const refused = await send(`${owner}`, bodyOf(4));
		expect([refused.status, await codesOf(refused)]).toEqual([429, [{ code: 'RATE_LIMITED' }]]);
		const [first, second, ...rest] = held;
		expect(JSON.parse(await (first as Answer).text()).data.note.a12).toHaveLength(131_000);
		(second as Answer).leave();
		await until(async () => {
			const answer = await send(`${member}`, bodyOf(13));
			if (answer.status === 200) rest.push(answer);
			return rest.length === 6;
		});
		for (const { leave } of rest) leave();
	});
});

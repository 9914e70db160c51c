import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request as requestHttp } from 'node:http';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { request as requestHttps } from 'node:https';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { makeCertificate } from '../api/http/certificate.ts';
import { makeNote } from '../support/notes.ts';
import type { Person } from '../support/person.ts';
import { steppedClock } from '../support/stepped-clock.ts';
import { type HttpStage, makeHttpStage } from './http-stage.ts';
import { until } from './stage.ts';

/** The number of requests that an operator may have in progress. */
const REQUESTS = 16;
const READS = 5;
const { certFile, keyFile } = makeCertificate();

let stage: HttpStage;
let large: string;
let small: string;
beforeAll(async () => {
	stage = await makeHttpStage();
	const { installation, api, north } = stage.scene;
	await installation.startBroker();
	await installation.allowProcesses('operator', 3);
	// Each of these characters takes six in JSON.
	large = await makeNote(api.ask, north.member, { body: '\u0001'.repeat(131_000) });
	small = await makeNote(api.ask, north.member, { body: 'small' });
}, 120_000);
afterAll(() => stage?.scene.installation.close());

async function active(operator: Person): Promise<string> {
	const { id } = await stage.leases.approved({ ...stage.people, operator }, stage.scene.north.id);
	await stage.leases.step(operator, 'activate', id);
	await until(async () => (await stage.stateOf(id)) === 'ACTIVE');
	return id;
}
const headersOf = (operator: Person, lease: string, body: string) => ({
	'content-type': 'application/json',
	'content-length': String(body.length),
	authorization: `Bearer ${operator}`,
	'x-firmseal-lease': lease,
});

/** Sends a request on a new connection, and reads only the beginning of the answer. */
type AskUnread = (url: string, headers: Record<string, string>, body: string, onHead: (head: string) => void) => void;

const overHttp2: AskUnread = (url, headers, body, onHead) => {
	const session: ClientHttp2Session = connectHttp2(url, {
		ca: readFileSync(certFile),
		settings: { initialWindowSize: 0 },
	});
	onTestFinished(() => session.destroy());
	const stream = session.on('error', () => {}).request({ ':method': 'POST', ':path': '/graphql', ...headers });
	stream.on('error', () => {}).on('response', (head) => onHead(`${head[':status']} ${head['retry-after'] ?? ''}`));
	stream.end(body);
};
const overHttp1: AskUnread = (url, headers, body, onHead) => {
	const { hostname, port } = new URL(url);
	const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
	const onread = {
		buffer: Buffer.alloc(4096),
		callback(length: number, buffer: Uint8Array) {
			const head = Buffer.from(buffer.subarray(0, length)).toString();
			onHead(`${head.slice(9, 12)} ${/^retry-after: (\d+)/im.exec(head)?.[1] ?? ''}`);
			return false;
		},
	};
	const socket = connect({ port: Number(port), host: hostname, onread }).on('error', () => {});
	onTestFinished(() => void socket.destroy());
	socket.write(`POST /graphql HTTP/1.1\r\nhost: localhost\r\n${lines.join('')}\r\n${body}`);
};

/** Sends a request and reads the whole answer. */
async function ask(url: string, path: string, headers: Record<string, string> = {}, body = '') {
	const request = url.startsWith('https') ? requestHttps : requestHttp;
	const method = body === '' ? 'GET' : 'POST';
	const sent = request(new URL(path, url), { method, headers, ca: readFileSync(certFile), agent: false });
	sent.end(body);
	const [answer] = await once(sent, 'response');
	let text = '';
	for await (const part of answer) text += part;
	return { status: answer.statusCode as number, text };
}
const working = async (url: string) =>
	Number(/^firmseal_requests\{state="working"\} (\d+)$/m.exec((await ask(url, '/metrics')).text)?.[1]);

const entriesOf = async (lease: string) => (await stage.scene.entries()).filter((entry) => entry.lease === lease);
const usedOf = async (lease: string) => {
	const [row] = await stage.scene.admin`select used from lease_budgets where lease_id = ${lease}`;
	return Number(row?.used ?? 0);
};
const holders = async () => {
	const rows = await stage.scene.admin`select from pg_stat_activity where usename = 'firmseal_operator_login'
		and state = 'idle in transaction' and datname = current_database()`;
	return rows.length;
};

it.each([
	['HTTP/2', overHttp2, { FIRMSEAL_TLS_CERT: certFile, FIRMSEAL_TLS_KEY: keyFile }, 1],
	['HTTP/1.1', overHttp1, {}, 20],
] as const)(
	'an operator who does not read responses under a lease keeps no other from reading under theirs, over %s',
	async (_, askUnread, settings, values) => {
		await stage.endAll();
		const { operator } = stage.people;
		const { installation } = stage.scene;
		const other = await installation.addOperator('OPERATOR');
		const [theirs, lease] = [await active(operator), await active(other)];
		const clock = steppedClock();
		// The wait for proofs uses the same clock.
		const { url, stop } = await installation.serve({ ...settings, FIRMSEAL_OPERATOR_PROOF: 'off' }, { clock });
		onTestFinished(() => stop());
		const fields = Array.from({ length: values }, (_, n) => `n${n}: note(id: "${large}") { body }`);
		const body = JSON.stringify({ query: `{ ${fields.join(' ')} }` });
		const heads: string[] = [];
		for (let n = 0; n < REQUESTS; n++)
			askUnread(url, headersOf(operator, theirs, body), body, (head) => heads.push(head));
		await until(async () => (await holders()) >= 3 && (await working(url)) >= REQUESTS);

		const asked = JSON.stringify({ query: `{ note(id: "${small}") { body } }` });
		const told: unknown[] = [];
		for (let n = 0; n < READS; n++) told.push(await ask(url, '/graphql', headersOf(other, lease, asked), asked));
		const text = '{"data":{"note":{"body":"small"}}}\n';
		expect(told).toEqual(Array.from({ length: READS }, () => ({ status: 200, text })));
		expect(await usedOf(lease)).toBe(READS);
		const entries = await entriesOf(lease);
		expect(entries.filter(({ action }) => action === 'content.open')).toHaveLength(READS);
		expect(entries.filter(({ decision }) => decision !== 'ALLOWED')).toEqual([]);

		// A person who sends too many requests is refused before anything is taken or read.
		await clock.advance(8_000);
		await until(() => heads.some((head) => head.startsWith('429')));
		expect(new Set(heads)).toEqual(new Set(['200 ', '429 5']));
		const ofTheirs = await entriesOf(theirs);
		expect(ofTheirs.filter(({ decision }) => decision !== 'ALLOWED')).toEqual([]);
		const uses = ofTheirs.filter(({ action }) => action === 'lease.use');
		expect(await usedOf(theirs)).toBe(uses.length * values);
		expect(uses.length).toBeLessThan(REQUESTS);
	},
);

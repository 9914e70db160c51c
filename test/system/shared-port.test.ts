import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidToBase64url } from '../../src/audit/index.ts';
import { type Person, publishLog, type TestFirm, type TestInstallation } from '../support/installation.ts';
import { activeLease } from '../support/leases.ts';
import { embedded } from '../support/own-servers.ts';
import { makePopulated } from '../support/populated.ts';
import { endAll, firmseal, firmsealJson, MAIN, type RunningApi, startApi, until } from './program.ts';
import { findMissing, startWriters } from './writers.ts';

const REMOVE = 'mutation ($id: ID!) { removeMember(input: { userId: $id }) { user { id } } }';
const REVOKE = 'mutation ($id: ID!) { revokeBreakGlass(leaseId: $id) { lease { state } } }';
const CREATE = 'mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id } } }';
const READ = 'query ($id: ID!) { note(id: $id) { title } }';

interface Reply {
	readonly status: number;
	readonly requestId: string;
	// biome-ignore lint/suspicious/noExplicitAny: tests read answers of any shape
	readonly body: any;
}

/** One connection, which reaches one of the processes that share the port. */
interface Line {
	ask(token: Person, query: string, variables?: object, headers?: Readonly<Record<string, string>>): Promise<Reply>;
	close(): void;
}

function openLine(url: string): Line {
	const agent = new Agent({ keepAlive: true, maxSockets: 1 });
	return {
		ask: (token, query, variables = {}, headers = {}) =>
			new Promise((resolve, reject) => {
				const sent = request(`${url}/graphql`, {
					agent,
					method: 'POST',
					headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
				});
				sent.once('error', reject).once('response', (answer) => {
					let text = '';
					answer.setEncoding('utf8').on('data', (part: string) => {
						text += part;
					});
					answer.once('end', () =>
						resolve({
							status: answer.statusCode ?? 0,
							requestId: String(answer.headers['x-request-id']),
							body: JSON.parse(text),
						}),
					);
				});
				sent.end(JSON.stringify({ query, variables }));
			}),
		close: () => agent.destroy(),
	};
}

describe.runIf(process.platform === 'linux')('two processes on one database behind one port', () => {
	let installation: TestInstallation;
	let north: TestFirm;
	let operator: Person;
	let approver: Person;
	let env: Readonly<Record<string, string>>;
	let apis: readonly [RunningApi, RunningApi];
	/** A connection to the first process and one to the second. */
	let lines: readonly [Line, Line];
	const opened: Line[] = [];

	beforeAll(async () => {
		({ installation, north, operator, approver } = await makePopulated(embedded));
		// Responses to operators wait until the log is published.
		await installation.keepLog();
		await installation.startBroker();
		// Reserves the port until both processes share it.
		const holder = createServer().listen({ host: '127.0.0.1', port: 0, reusePort: true });
		await once(holder, 'listening');
		const { port } = holder.address() as AddressInfo;
		env = { ...installation.env, FIRMSEAL_PORT: String(port), FIRMSEAL_SHARE_PORT: 'on' };
		apis = [await startApi(env, [MAIN, 'serve']), await startApi(env, [MAIN, 'serve'])];
		holder.close();
		lines = [await lineTo(apis[0]), await lineTo(apis[1])];
	});
	afterAll(async () => {
		for (const line of opened) line.close();
		await endAll();
		await installation?.close();
	});

	/** The kernel chooses the process of a connection, so this opens connections until this process's log shows a request of one. */
	async function lineTo({ url, output }: RunningApi): Promise<Line> {
		for (let tries = 0; tries < 100; tries++) {
			const line = openLine(url);
			opened.push(line);
			const { requestId } = await line.ask(north.owner, '{ viewer { id } }');
			const isTold = () => apis.map((api) => api.output.stderr.includes(requestId));
			await until(() => isTold().includes(true));
			if (output.stderr.includes(requestId)) return line;
		}
		throw new Error('A process that shares the port received none of a hundred connections.');
	}

	async function writeNote(line: Line): Promise<string> {
		const id = uuidv7();
		const { body } = await line.ask(north.owner, CREATE, { input: { id, title: 'A title', body: '' } });
		expect(body).toEqual({ data: { createNote: { note: { id } } } });
		return id;
	}

	it('one process reads what the other has written', async () => {
		const [first, second] = lines;
		const id = await writeNote(first);
		expect((await second.ask(north.member, READ, { id })).body).toEqual({ data: { note: { title: 'A title' } } });
	});

	it('a third process that does not share the port reports that it is in use', async () => {
		const { code, stderr } = await firmseal({ ...env, FIRMSEAL_SHARE_PORT: 'off' }, 'serve');
		expect(code).toBe(1);
		expect(stderr).toContain(`Port ${env.FIRMSEAL_PORT} on 127.0.0.1 is in use`);
	});

	it('a member who is removed through one process is refused by the other at the next request', async () => {
		const [first, second] = lines;
		for (let round = 0; round < 5; round++) {
			const email = `leaver-${round}@north.example`;
			const { id: userId, person: leaver } = await installation.addMember(north.owner, { email });
			const id = await writeNote(first);
			// Both processes know this member now, and have cached the firm's keys.
			for (const line of lines) expect((await line.ask(leaver, READ, { id })).body.data.note.title).toBe('A title');
			const [here, there] = round % 2 ? [first, second] : [second, first];
			const removed = await here.ask(north.owner, REMOVE, { id: userId });
			expect(removed.body.errors).toBeUndefined();
			const after = await there.ask(leaver, READ, { id });
			expect([after.status, after.body.errors[0].extensions.code, after.body.data]).toEqual([
				403,
				'FORBIDDEN',
				undefined,
			]);
		}
	});

	it('a lease that is revoked through one process opens nothing through the other', async () => {
		const [first, second] = lines;
		const id = await writeNote(first);
		for (const [here, there] of [
			[first, second],
			[second, first],
		] as const) {
			const lease = await activeLease({ ask: apis[0].ask, firm: north, operator, approver });
			const under = { 'x-firmseal-lease': lease.id };
			for (const line of lines)
				expect((await line.ask(operator, READ, { id }, under)).body.data.note.title).toBe('A title');
			const revoked = await here.ask(north.owner, REVOKE, { id: lease.id });
			expect(revoked.body.data.revokeBreakGlass.lease.state).toBe('REVOKED');
			const after = await there.ask(operator, READ, { id }, under);
			expect([after.status, after.body.errors[0].extensions.code]).toEqual([403, 'LEASE_NOT_ACTIVE']);
			expect(JSON.stringify(after.body)).not.toContain('A title');
		}
	});

	it('every write that both processes acknowledge under load exists and is in a log that verifies', async () => {
		// fetch opens several connections, so both processes receive requests.
		const writers = startWriters(apis[0].ask, north.member, 16);
		const seen = apis.map(({ output }) => output.stderr.length);
		await until(() => writers.acknowledged.length >= 300);
		await writers.stop();
		expect([writers.refused, writers.lost()]).toEqual([[], 0]);
		for (const [index, { output }] of apis.entries())
			expect(output.stderr.slice(seen[index])).toContain('"route":"/graphql"');
		expect(await findMissing(apis[1].ask, north.member, writers.acknowledged)).toEqual([]);
		await publishLog(installation);
		const rows = await installation.admin<{ leaf: { action: string; records: string[] } }[]>`
			select leaf::json as leaf from audit_entries where leaf like '%content.create%'`;
		const created = new Set(rows.flatMap(({ leaf }) => leaf.records));
		expect(writers.acknowledged.filter((id) => !created.has(uuidToBase64url(id)))).toEqual([]);
		const verified = await firmsealJson(installation.env, 'audit', 'verify');
		expect([verified.code, verified.ok, verified.result.findings]).toEqual([0, true, []]);
	});

	it('one process continues alone if the other stops', async () => {
		const [first, second] = apis;
		first.kill('SIGTERM');
		expect(await first.ended).toMatchObject({ code: 0 });
		for (let times = 0; times < 20; times++) {
			const line = openLine(second.url);
			expect((await line.ask(north.owner, '{ viewer { id } }')).status).toBe(200);
			line.close();
		}
	});
});

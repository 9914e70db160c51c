import { readFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate } from '../api/http/certificate.ts';
import { leasesOver } from '../leases/by-api.ts';
import { type EventListener, listenTo, type StreamMessage } from '../support/event-listener.ts';
import { makeInstallation, type TestApi, type TestFirm, type TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import type { Person } from '../support/person.ts';
import { steppedClock } from '../support/stepped-clock.ts';

const CREATE = (type: string) =>
	`mutation ($input: Create${type}Input!) { create${type}(input: $input) { ${type.toLowerCase()} { id } } }`;
const SHARE = 'mutation ($input: ShareWithClientInput!) { shareWithClient(input: $input) { client { id } } }';
const UNSHARE = 'mutation ($input: UnshareWithClientInput!) { unshareWithClient(input: $input) { client { id } } }';
const UPDATE_NOTE = 'mutation ($input: UpdateNoteInput!) { updateNote(input: $input) { note { id } } }';
const INVITE = 'mutation ($input: InviteMemberInput!) { inviteMember(input: $input) { invitation { id } } }';
const ROTATE = 'mutation ($input: RotateFirmKeyInput!) { rotateFirmKey(input: $input) { jobId } }';
const SECRET = 'what no event may hold';
const PEOPLE = ['owner', 'member', 'client', 'operator', 'approver', 'auditor', 'stranger'] as const;

type Who = (typeof PEOPLE)[number];

const { certFile, keyFile } = makeCertificate();

let installation: TestInstallation;
let firm: TestFirm;
let other: TestFirm;
let people: Readonly<Record<Who, Person>>;
/** Changes are made at the first server, and heard at the second. */
let writer: TestApi;
let api: TestApi;
const clock = steppedClock();

beforeAll(async () => {
	installation = await makeInstallation(embedded);
	firm = await installation.addFirm('north');
	other = await installation.addFirm('south');
	const [operator, approver, auditor] = [
		await installation.addOperator('OPERATOR'),
		await installation.addOperator('APPROVER'),
		await installation.addOperator('AUDITOR'),
	];
	const { owner, member, client } = firm;
	people = { owner, member, client, operator, approver, auditor, stranger: other.owner };
	await installation.allowProcesses('firm', 2);
	await installation.allowProcesses('operator', 2);
	[writer, api] = await Promise.all([installation.serve(), installation.serve({}, { clock })]);
});
afterAll(() => installation?.close());

const open: EventListener[] = [];
afterEach(() => {
	for (const stream of open.splice(0)) stream.close();
});

/** Opens a stream, and takes its greeting, and what happened before that the server has not read yet. */
async function listen(token: Person): Promise<EventListener> {
	const stream = await listenTo(api.url, token);
	if (stream.status !== 200) throw new Error(`${stream.status} ${stream.text()}`);
	expect(await stream.next()).toEqual({ event: 'resync', data: {} });
	await clock.advance(15_000);
	await stream.untilBeat();
	open.push(stream);
	return stream;
}

async function listenAll(tokens: readonly Person[]): Promise<EventListener[]> {
	const streams: EventListener[] = [];
	for (const token of tokens) streams.push(await listen(token));
	// The streams that were opened first got the heartbeats of the later ones.
	for (const [at, stream] of streams.entries())
		for (let beats = at + 1; beats < streams.length; beats += 1) await stream.untilBeat();
	return streams;
}

async function ask(token: Person, query: string, input: object) {
	const { data, text } = await writer.ask(token, query, { input });
	if (!data) throw new Error(text);
	return data;
}

const createNote = async (token: Person) =>
	(await ask(token, CREATE('Note'), { title: SECRET, body: SECRET })).createNote.note.id as string;

/** The number of open streams of firms' people, by the metrics. */
async function countStreams(): Promise<number> {
	const metrics = await (await fetch(`${api.url}/metrics`)).text();
	return Number(/^firmseal_event_streams\{plane="firm"\} (\d+)$/m.exec(metrics)?.[1]);
}

const codeIn = (problem: unknown) => (problem as { code: string }).code;

const namesOf = (messages: readonly StreamMessage[]) =>
	messages.map(({ event, data }) => `${event} ${data.type ?? ''} ${data.id}`).sort();

describe('GET /events', () => {
	it('answers a stream that no cache or proxy keeps, and first has the client read everything', async () => {
		const stream = await listenTo(api.url, firm.owner);
		open.push(stream);
		expect(stream.status).toBe(200);
		expect(stream.headers.get('content-type')).toBe('text/event-stream');
		expect(stream.headers.get('cache-control')).toBe('no-store');
		expect(stream.headers.get('x-accel-buffering')).toBe('no');
		expect(await stream.next()).toEqual({ event: 'resync', data: {} });
		expect(stream.text()).toMatch(/^retry: \d{4}\n\nid: 1\nevent: resync\ndata: \{\}\n\n$/);
	});

	it('refuses a request without a token, and other methods', async () => {
		const refused = await fetch(`${api.url}/events`);
		expect([refused.status, codeIn(await refused.json())]).toEqual([401, 'UNAUTHENTICATED']);
		const posted = await fetch(`${api.url}/events`, { method: 'POST' });
		expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET']);
	});

	it('tells of a change by another process after one step, and not again', async () => {
		const stream = await listen(firm.member);
		const id = await createNote(firm.member);
		await clock.advance(1_000);
		const data = { kind: 'RECORD', type: 'Note', id, firmId: firm.id };
		expect(await stream.next()).toEqual({ event: 'RECORD', data });
		await clock.advance(15_000);
		expect(await stream.untilBeat()).toEqual([]);
	});

	it('misses no change that commits after a later one', async () => {
		const stream = await listen(firm.owner);
		const [begun, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
		const late = installation.admin.begin(async (tx) => {
			await tx`update access_policies set updated_at = clock_timestamp() where firm_id = ${firm.id}`;
			begun.resolve();
			await over.promise;
		});
		await begun.promise;
		const id = await createNote(firm.member);
		await clock.advance(1_000);
		expect((await stream.next()).data.id).toBe(id);
		over.resolve();
		await late;
		await clock.advance(1_000);
		expect((await stream.next()).data).toEqual({ kind: 'MEMBER', id: firm.id, firmId: firm.id });
	});

	it('tells each role what it may find by the API, and nothing of content or names', async () => {
		const streams = await listenAll(PEOPLE.map((who) => people[who]));
		const note = await createNote(firm.member);
		const document = (await ask(firm.member, CREATE('Document'), { name: 'secret name.txt', mimeType: 'text/plain' }))
			.createDocument.document.id as string;
		const unshared = (await ask(firm.member, CREATE('Document'), { name: 'secret name.pdf', mimeType: 'text/plain' }))
			.createDocument.document.id as string;
		await ask(firm.member, SHARE, { clientId: firm.clientId, subject: { documentId: document } });
		const lease = (await leasesOver(writer.ask).requested(people.operator, firm.id)).id;
		const invited = { email: 'secret.address@north.example', name: 'Secret Name', role: 'MEMBER' };
		const invitation = (await ask(firm.owner, INVITE, invited)).inviteMember.invitation.id as string;
		const job = (await ask(firm.owner, ROTATE, { class: 'NOTE' })).rotateFirmKey.jobId as string;
		const [alert] = await installation.admin`
			insert into alerts (id, rule, severity, firm_id, subject, count, last_at)
			values (gen_random_uuid(), 'BULK_READ', 'ALERT', ${firm.id}, 'x', 1, now()) returning id`;
		const notices = await installation.admin`select id, audience from notices where firm_id = ${firm.id}`;
		const forOwners = notices.filter(({ audience }) => audience === 'OWNERS').map(({ id }) => `NOTICE  ${id}`);
		const forMembers = notices.filter(({ audience }) => audience !== 'OWNERS').map(({ id }) => `NOTICE  ${id}`);
		await clock.advance(15_000);
		const heard = await Promise.all(streams.map((stream) => stream.untilBeat()));
		const records = [`RECORD Note ${note}`, `RECORD Document ${document}`, `RECORD Document ${unshared}`];
		const shared = [`RECORD Client ${firm.clientId}`];
		const leases = [`LEASE  ${lease}`];
		const expected: Readonly<Record<Who, readonly string[]>> = {
			owner: [...records, ...shared, ...leases, `MEMBER  ${invitation}`, `JOB  ${job}`],
			member: [...records, ...shared],
			client: [`RECORD Document ${document}`, ...shared],
			operator: [...records, ...shared, ...leases, `JOB  ${job}`, `ALERT  ${alert?.id}`],
			approver: [...leases, `JOB  ${job}`, `ALERT  ${alert?.id}`],
			auditor: [...leases, `JOB  ${job}`, `ALERT  ${alert?.id}`],
			stranger: [],
		};
		const withoutNotices = (messages: readonly string[]) => messages.filter((name) => !name.startsWith('NOTICE'));
		for (const [at, who] of PEOPLE.entries()) {
			const names = namesOf(heard[at] ?? []);
			expect([who, withoutNotices(names)]).toEqual([who, [...expected[who]].sort()]);
			const ofNotices = names.filter((name) => name.startsWith('NOTICE'));
			const may = who === 'owner' ? [...forOwners, ...forMembers] : who === 'member' ? forMembers : [];
			expect(may).toEqual(expect.arrayContaining(ofNotices));
			expect([who, ofNotices.length > 0]).toEqual([who, who === 'owner']);
			expect(streams[at]?.text()).not.toMatch(/secret|no event may hold|north|north\.example/i);
		}
	});

	it('tells a portal user that a share has ended, and no more of the record', async () => {
		const document = (await ask(firm.member, CREATE('Document'), { name: 'x', mimeType: 'text/plain' })).createDocument
			.document.id as string;
		await ask(firm.member, SHARE, { clientId: firm.clientId, subject: { documentId: document } });
		const stream = await listen(firm.client);
		await ask(firm.member, UNSHARE, { clientId: firm.clientId, subject: { documentId: document } });
		await clock.advance(15_000);
		expect(namesOf(await stream.untilBeat())).toEqual([`RECORD Client ${firm.clientId}`]);
	});

	it('ends within two seconds when the right ends', async () => {
		const { person, id } = await installation.addMember(firm.owner, { email: 'leaving@north.example' });
		const stream = await listen(person);
		await installation.admin`update memberships set removed_at = now() where user_id = ${id}`;
		await createNote(firm.member);
		await clock.advance(1_000);
		await clock.advance(500);
		expect(await stream.untilEnd()).toEqual([{ event: 'end', data: { reason: 'FORBIDDEN' } }]);
		const operator = await installation.addOperator('OPERATOR');
		const watching = await listen(operator);
		await installation.admin`update operators set disabled_at = now() where user_id =
			(select id from users order by created_at desc limit 1)`;
		await clock.advance(1_000);
		await clock.advance(500);
		expect(await watching.untilEnd()).toEqual([{ event: 'end', data: { reason: 'FORBIDDEN' } }]);
	});

	it('ends all streams of a firm that is suspended', async () => {
		const stream = await listen(other.member);
		await installation.admin`update firms set status = 'SUSPENDED' where id = ${other.id}`;
		await clock.advance(1_500);
		expect((await stream.untilEnd()).at(-1)).toEqual({ event: 'end', data: { reason: 'FORBIDDEN' } });
		await installation.admin`update firms set status = 'ACTIVE' where id = ${other.id}`;
	});

	it('opens four streams of an account, and a further one when one has ended', async () => {
		const four = await listenAll([1, 2, 3, 4].map(() => other.member));
		const fifth = await fetch(`${api.url}/events`, { headers: { authorization: `Bearer ${other.member}` } });
		expect([fifth.status, codeIn(await fifth.json())]).toEqual([429, 'RATE_LIMITED']);
		expect(Number(fifth.headers.get('retry-after'))).toBeGreaterThan(0);
		await expect.poll(countStreams).toBe(4);
		four[0]?.close();
		await expect.poll(countStreams).toBe(3);
		expect((await listen(other.member)).status).toBe(200);
	});

	it('tells the client to read everything again after many changes at once', async () => {
		const stream = await listen(other.owner);
		const note = await createNote(other.owner);
		await installation.admin`insert into notes (firm_id, id, author_id, title, body)
			select n.firm_id, gen_random_uuid(), n.author_id, n.title, n.body from notes n, generate_series(1, 150) where n.id = ${note}`;
		await clock.advance(5_000);
		expect(await stream.next()).toMatchObject({ event: 'RECORD', data: { id: note } });
		expect(await stream.next()).toEqual({ event: 'resync', data: {} });
	});

	it('believes no position that a client names, and repeats nothing', async () => {
		await createNote(firm.member);
		// It takes what the server has not read yet.
		await listen(firm.owner);
		for (const last of ['0', '-1', '1', '9'.repeat(2_000), '0/0', "1'; select 1"]) {
			const stream = await listenTo(api.url, firm.owner, { 'last-event-id': last });
			expect(await stream.next()).toEqual({ event: 'resync', data: {} });
			await clock.advance(15_000);
			expect([last, await stream.untilBeat()]).toEqual([last, []]);
			stream.close();
			await expect.poll(countStreams).toBe(1);
		}
	});

	it('tells of nothing that did not change', async () => {
		const note = await createNote(other.owner);
		const stream = await listen(other.owner);
		await installation.admin`update notes set title = title where id = ${note}`;
		await clock.advance(1_000);
		await ask(other.owner, UPDATE_NOTE, { id: note, expectedRevision: 1, title: 'other' });
		await clock.advance(15_000);
		expect(namesOf(await stream.untilBeat())).toEqual([`RECORD Note ${note}`]);
	});

	it('speaks HTTP/2', async () => {
		const own = await installation.serve(
			{ FIRMSEAL_TLS_CERT: certFile, FIRMSEAL_TLS_KEY: keyFile, FIRMSEAL_PLANE: 'firm' },
			{ clock },
		);
		const session = connect(own.url, { ca: readFileSync(certFile) });
		const stream = session.request({ ':path': '/events', authorization: `Bearer ${firm.owner}` }).setEncoding('utf8');
		const parts = stream[Symbol.asyncIterator]();
		let text = '';
		const untilIncludes = async (word: string) => {
			while (!text.includes(word)) text += (await parts.next()).value;
		};
		await untilIncludes('resync');
		const id = await createNote(firm.member);
		await clock.advance(1_000);
		await untilIncludes(id);
		await Promise.all([untilIncludes('DRAINING'), own.stop()]);
		session.close();
	});

	it('ends when the server stops, so that the client connects again', async () => {
		const own = await installation.serve({}, { clock: steppedClock() });
		const stream = await listenTo(own.url, firm.owner);
		await stream.next();
		await own.stop();
		expect(await stream.untilEnd()).toEqual([{ event: 'end', data: { reason: 'DRAINING' } }]);
	});
});

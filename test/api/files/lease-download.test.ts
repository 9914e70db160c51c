import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type ClientRequest, request } from 'node:http';
import { connect as connectHttp2, constants } from 'node:http2';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openKeyring } from '../../../src/wiring/index.ts';
import type { Person } from '../../attacks/scene.ts';
import { type HttpStage, makeHttpStage } from '../../leases/http-stage.ts';
import { until } from '../../leases/stage.ts';
import { untilBlocked } from '../../support/blocked.ts';
import { contentOf, type FileClient, filesAt, makeDocument, someBytes } from '../../support/files.ts';
import { leaveOpen } from '../../support/open-transaction.ts';
import { makeCertificate } from '../http/certificate.ts';

const { certFile, keyFile } = makeCertificate();
let stage: HttpStage;
let files: FileClient;
let document: string;
let other: string;
let large: string;
const bytes = someBytes(100_000);
const SIZE = 40_000_000;

beforeAll(async () => {
	stage = await makeHttpStage();
	await stage.scene.installation.startBroker();
	const { api, north } = stage.scene;
	files = filesAt(api.url);
	document = await makeDocument(api.ask, north.member);
	other = await makeDocument(api.ask, north.member);
	large = await makeDocument(api.ask, north.member);
	await files.put(north.member, document, bytes);
	await files.put(north.member, other, 'of the second document');
	await files.put(north.member, large, someBytes(SIZE));
}, 120_000);
afterAll(() => stage?.scene.installation.close());

async function active(special: object = {}): Promise<string> {
	await stage.endAll();
	const { id } = await stage.approved({ classes: ['DOCUMENT'], ...special });
	await stage.leases.step(stage.people.operator, 'activate', id);
	await until(async () => (await stage.stateOf(id)) === 'ACTIVE');
	return id;
}
const under = (lease: string, path = contentOf(document), headers: Record<string, string> = {}) =>
	files.get(stage.people.operator, path, { 'x-firmseal-lease': lease, ...headers });
const usedOf = async (lease: string) => {
	const [row] = await stage.scene.admin`select used from lease_budgets where lease_id = ${lease}`;
	return Number(row?.used);
};
const actionsOf = async (lease: string) =>
	(await stage.scene.entries()).filter((entry) => entry.lease === lease).map(({ action }) => action);
const sentOf = async (lease: string) =>
	(await stage.scene.entries()).filter((entry) => entry.lease === lease && entry.action === 'content.send');
const versionOf = async (id: string): Promise<string> => {
	const [row] = await stage.scene.admin`select version_id from documents where id = ${id}`;
	return row?.version_id;
};

describe('an operator with an active lease on documents', () => {
	it('downloads a file, with the intent logged before and the bytes sent logged after', async () => {
		const lease = await active();
		const answer = await under(lease);
		expect([answer.status, answer.bytes.equals(bytes)]).toEqual([200, true]);
		await expect.poll(async () => (await actionsOf(lease)).at(-1)).toBe('content.send');
		const actions = await actionsOf(lease);
		expect(actions.indexOf('lease.use')).toBeLessThan(actions.indexOf('key.unwrap'));
		expect(actions.indexOf('content.open')).toBeLessThan(actions.indexOf('content.send'));
		expect(await usedOf(lease)).toBe(1);
		expect((await under(lease, contentOf(document, 1))).bytes.equals(bytes)).toBe(true);
		expect((await under(lease, contentOf(document), { range: 'bytes=0-9' })).bytes.equals(bytes.subarray(0, 10))).toBe(
			true,
		);
		expect(await usedOf(lease)).toBe(3);
	});

	it('appears in the firm’s report of what was opened', async () => {
		const lease = await active();
		await under(lease);
		const { data, errors } = await stage.scene.api.ask(
			stage.people.owner,
			`{ breakGlassLease(id: "${lease}") { openings { nodes { coordinates recordIds } } } }`,
		);
		expect(errors).toEqual([]);
		expect(data.breakGlassLease.openings.nodes).toEqual([{ coordinates: ['Document.content'], recordIds: [document] }]);
	});

	it.each([
		['another class', { classes: ['NOTE'] }],
		['another coordinate', { coordinates: ['Document.description'] }],
		['only the versions', { coordinates: ['DocumentVersion.content'] }],
	])('gets nothing outside the lease’s scope: %s', async (_, special) => {
		const lease = await active(special);
		const answer = await under(lease);
		expect([answer.status, answer.json.code]).toEqual([403, 'LEASE_SCOPE']);
		expect(await usedOf(lease)).toBe(0);
		expect(await actionsOf(lease)).not.toContain('key.unwrap');
	});

	it('gets exactly the records that the lease names', async () => {
		const lease = await active({ recordIds: [document], coordinates: ['Document.content'] });
		expect((await under(lease)).status).toBe(200);
		expect((await under(lease, contentOf(other))).json.code).toBe('LEASE_SCOPE');
		// The version is another record.
		expect((await under(lease, contentOf(document, 1))).json.code).toBe('LEASE_SCOPE');
		const ofVersion = await active({ recordIds: [await versionOf(document)] });
		expect((await under(ofVersion, contentOf(document, 1))).status).toBe(200);
		expect((await under(ofVersion)).json.code).toBe('LEASE_SCOPE');
	});

	it('gets a file after the log has lagged for more than a second', async () => {
		const lease = await active();
		const release = await leaveOpen(stage.scene.admin);
		const answer = under(lease);
		// Its right is renewed meanwhile. A stepped clock would wait for that.
		await delay(1_500);
		await release();
		expect((await answer).status).toBe(200);
		expect(await stage.stateOf(lease)).toBe('ACTIVE');
	});

	it('gets AUDIT_UNAVAILABLE if the log does not catch up', async () => {
		const lease = await active();
		await leaveOpen(stage.scene.admin);
		const answer = await under(lease);
		expect([answer.status, answer.json?.code]).toEqual([503, 'AUDIT_UNAVAILABLE']);
		expect(await stage.stateOf(lease)).toBe('ACTIVE');
	});

	it('gets as many files as the budget allows, and no more with many requests at once', async () => {
		const lease = await active({ readBudget: 3 });
		const answers = await Promise.all(Array.from({ length: 30 }, () => under(lease, contentOf(other))));
		expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(3);
		for (const { status, json, bytes: got } of answers)
			if (status !== 200) {
				expect(['LEASE_SCOPE', 'LEASE_NOT_ACTIVE', 'RATE_LIMITED']).toContain(json.code);
				expect(got.toString()).not.toContain('of the second');
			}
		while ((await usedOf(lease)) < 3) expect((await under(lease, contentOf(other))).status).toBe(200);
		expect(['LEASE_SCOPE', 'LEASE_NOT_ACTIVE']).toContain((await under(lease, contentOf(other))).json.code);
		expect(await usedOf(lease)).toBe(3);
	});

	it('cannot keep an exhausted lease open by further requests', async () => {
		const lease = await active({ readBudget: 1 });
		expect((await under(lease, contentOf(other))).status).toBe(200);
		const asking = setInterval(() => void under(lease, contentOf(other)), 1_500);
		try {
			await until(async () => (await stage.stateOf(lease)) === 'EXHAUSTED');
		} finally {
			clearInterval(asking);
		}
	});

	it('gets nothing with a lease that has ended, is another operator’s or does not exist', async () => {
		const lease = await active();
		await stage.leases.step(stage.people.owner, 'revoke', lease);
		expect((await under(lease)).json.code).toBe('LEASE_NOT_ACTIVE');
		expect((await under('01980000-0000-7000-8000-0000000000ff')).json.code).toBe('LEASE_NOT_ACTIVE');
		expect((await under('x')).json.code).toBe('BAD_USER_INPUT');
		const colleague = await stage.scene.installation.addOperator('OPERATOR');
		const mine = await active();
		const answer = await files.get(colleague, contentOf(document), { 'x-firmseal-lease': mine });
		expect(answer.json.code).toBe('LEASE_NOT_ACTIVE');
		expect(await usedOf(mine)).toBe(0);
		const member = await files.get(stage.scene.north.member, contentOf(document), { 'x-firmseal-lease': mine });
		expect(member.json.code).toBe('BAD_USER_INPUT');
	});

	it('gets a conflict, not a damage report, if the file is replaced meanwhile', async () => {
		const lease = await active();
		const { admin, api, installation, north } = stage.scene;
		const lines = api.lines.length;
		const moving = await makeDocument(api.ask, north.member);
		await files.put(north.member, moving, 'the first');
		const asked = await admin.begin(async (sql) => {
			await sql`select 1 from lease_budgets where lease_id = ${lease} for update`;
			const answer = under(lease, contentOf(moving));
			await untilBlocked(admin, new URL(installation.env.FIRMSEAL_ADMIN_DATABASE_URL as string).username);
			expect((await files.put(north.member, moving, 'another, longer')).status).toBe(201);
			return { answer };
		});
		const { status, json } = await asked.answer;
		expect([status, json.code]).toEqual([409, 'CONFLICT']);
		expect(api.lines.slice(lines).join('')).not.toContain('stored values could not be opened');
		expect((await under(lease, contentOf(moving))).bytes.toString()).toBe('another, longer');
	});

	it('cannot upload', async () => {
		const lease = await active();
		const answer = await files.put(stage.people.operator, document, 'x', { 'x-firmseal-lease': lease });
		expect([answer.status, answer.json.code]).toEqual([403, 'FORBIDDEN']);
	});
});

interface Slow {
	received: number;
	readonly closed: Promise<void>;
	readonly sent: ClientRequest;
	isWhole: boolean;
	/** Stops reading at the next bytes. */
	hold(): void;
	readOn(): void;
}

/** Downloads a few megabytes a second. */
function slowly(lease: string, pause: number): Slow {
	let held: PromiseWithResolvers<void> | null = null;
	const slow = {
		received: 0,
		isWhole: false,
		hold() {
			held = Promise.withResolvers();
		},
		readOn: () => held?.resolve(),
	} as Slow & { closed: Promise<void>; sent: ClientRequest };
	const url = new URL(contentOf(large), stage.scene.api.url);
	slow.sent = request(url, {
		headers: { authorization: `Bearer ${stage.people.operator}`, 'x-firmseal-lease': lease },
		agent: false,
	});
	slow.closed = new Promise((resolve) => {
		slow.sent.on('error', () => resolve());
		slow.sent.on('response', (answer) => {
			answer.on('data', (part: Buffer) => {
				slow.received += part.length;
				answer.pause();
				void delay(pause)
					.then(() => held?.promise)
					.then(() => answer.resume());
			});
			answer.on('end', () => {
				slow.isWhole = true;
			});
			answer.on('error', () => {});
			answer.on('close', () => resolve());
		});
	});
	slow.sent.end();
	return slow;
}

describe('a download that outlasts the longest hold on a lease', { timeout: 120_000 }, () => {
	/** Waits until the lease is renewed until more than that many seconds from now, by the database's clock. */
	async function renewedAfter(seconds: number): Promise<void> {
		const { admin } = stage.scene;
		const [{ now } = {}] = await admin`select clock_timestamp()::text as now`;
		const holders = () => admin`
			select 1 from pg_stat_activity where usename = 'firmseal_operator_login' and datname = current_database()
				and state = 'idle in transaction' and xact_start > ${now}::timestamptz + ${seconds} * interval '1 second'`;
		await expect.poll(holders, { timeout: 60_000 }).not.toEqual([]);
	}

	it('continues for many seconds, even if its reader pauses for longer than the deadline', async () => {
		const lease = await active();
		const slow = slowly(lease, 8);
		await expect.poll(() => slow.received).toBeGreaterThan(1_000_000);
		slow.hold();
		// A lease may be held for five seconds.
		await renewedAfter(6);
		slow.readOn();
		await slow.closed;
		expect(slow).toMatchObject({ isWhole: true, received: SIZE });
		expect(await usedOf(lease)).toBe(1);
		await expect.poll(async () => (await actionsOf(lease)).at(-1)).toBe('content.send');
	});

	it('is cut off by a revoke', async () => {
		const lease = await active();
		const slow = slowly(lease, 15);
		await expect.poll(() => slow.received).toBeGreaterThan(1_000_000);
		await stage.leases.step(stage.people.owner, 'revoke', lease);
		await slow.closed;
		expect(slow.isWhole).toBe(false);
		await expect.poll(() => sentOf(lease)).toMatchObject([{ decision: 'FAILED', reason: 'LEASE_NOT_ACTIVE' }]);
	});

	it('is cut off by a revoke if its reader has paused, with nothing left in the socket', async () => {
		const lease = await active();
		const slow = slowly(lease, 1);
		await expect.poll(() => slow.received).toBeGreaterThan(100_000);
		slow.hold();
		await renewedAfter(1);
		await stage.leases.step(stage.people.owner, 'revoke', lease);
		await expect.poll(() => sentOf(lease)).toMatchObject([{ decision: 'FAILED', reason: 'LEASE_NOT_ACTIVE' }]);
		const before = slow.received;
		slow.readOn();
		await slow.closed;
		expect(slow.isWhole).toBe(false);
		// Bytes that the reader's own system had taken before.
		expect(slow.received - before).toBeLessThan(8_000_000);
	});

	/** A running download under a lease, on a connection that also carries another person's upload. */
	async function besideAnother() {
		const { installation, north } = stage.scene;
		const { url } = await installation.serve({ FIRMSEAL_TLS_CERT: certFile, FIRMSEAL_TLS_KEY: keyFile });
		const session = connectHttp2(url, { ca: readFileSync(certFile) });
		onTestFinished(() => session.destroy());
		const lease = await active();
		const begin = (method: string, path: string, token: Person, headers = {}) =>
			session
				.request({ ':method': method, ':path': path, authorization: `Bearer ${token}`, ...headers })
				.on('error', () => {});
		const upload = begin('PUT', contentOf(other), north.member);
		upload.write('of another');
		const download = begin('GET', contentOf(large), stage.people.operator, { 'x-firmseal-lease': lease });
		await once(download, 'readable');
		return { session, lease, upload, download };
	}

	it('ends alone over HTTP/2 if its reader cancels it', async () => {
		const { session, lease, upload, download } = await besideAnother();
		download.close(constants.NGHTTP2_CANCEL);
		await expect.poll(() => sentOf(lease)).toMatchObject([{ decision: 'FAILED' }]);
		// If the server had reset the connection, no answer to a ping would arrive.
		await promisify(session.ping.bind(session))();
		expect([session.destroyed, upload.destroyed]).toEqual([false, false]);
	});

	it('is cut off by a revoke with its whole HTTP/2 connection, even if others use it', async () => {
		const { session, lease } = await besideAnother();
		const ended = new Promise((resolve) => session.once('error', resolve));
		await stage.leases.step(stage.people.owner, 'revoke', lease);
		expect(await ended).toMatchObject({ code: 'ECONNRESET' });
		await expect.poll(() => sentOf(lease)).toMatchObject([{ decision: 'FAILED', reason: 'LEASE_NOT_ACTIVE' }]);
	});

	it('is cut off if the operator is disabled', async () => {
		const lease = await active();
		const { admin } = stage.scene;
		const slow = slowly(lease, 15);
		await expect.poll(() => slow.received).toBeGreaterThan(1_000_000);
		const [{ user_id: operator } = {}] = await admin`
			update operators set disabled_at = now()
			where user_id = (select requested_by from leases where id = ${lease}) returning user_id`;
		try {
			await slow.closed;
			expect(slow.isWhole).toBe(false);
			await expect.poll(() => sentOf(lease)).toMatchObject([{ decision: 'FAILED' }]);
		} finally {
			await admin`update operators set disabled_at = null where user_id = ${operator}`;
		}
	});

	it('is cut off if the firm’s key is refused: the broker notices and ends the lease', async () => {
		const lease = await active();
		const slow = slowly(lease, 15);
		await expect.poll(() => slow.received).toBeGreaterThan(1_000_000);
		const keyring = await openKeyring(stage.scene.installation.config, 'worker');
		await keyring.disableKey(stage.firm.id);
		try {
			await slow.closed;
			expect(slow.isWhole).toBe(false);
			await expect.poll(() => sentOf(lease)).toMatchObject([{ decision: 'FAILED', reason: 'LEASE_NOT_ACTIVE' }]);
			await expect.poll(() => stage.stateOf(lease)).toBe('REVOKED');
		} finally {
			await keyring.enableKey(stage.firm.id);
		}
	});

	it('is cut off if the lease expires', async () => {
		const lease = await active({ minutes: 1 });
		const slow = slowly(lease, 20);
		await expect.poll(() => slow.received).toBeGreaterThan(1_000_000);
		await stage.unguarded(
			'leases',
			(sql) => sql`update leases set expires_at = clock_timestamp() + interval '1 s' where id = ${lease}`,
		);
		await slow.closed;
		expect(slow.isWhole).toBe(false);
	});
});

import { Webhook } from 'standardwebhooks';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/api/index.ts';
import { readConfig } from '../../src/config/config.ts';
import { startWorker } from '../../src/processes/worker.ts';
import { claimsOf } from '../support/claims.ts';
import type { TestFirm, TestInstallation, TestWorker } from '../support/installation.ts';
import { notifyOwners } from '../support/notices.ts';
import { embedded } from '../support/own-servers.ts';
import { makePopulated } from '../support/populated.ts';
import { openReceiver, type Receiver } from '../support/receiver.ts';

const SECRET = 'only-for-tests-and-long-enough-as-a-secret';
const REASON = 'A reason that only the people concerned may read.';

describe('the worker', () => {
	let installation: TestInstallation;
	let north: TestFirm;
	let receiver: Receiver;
	const workers: TestWorker[] = [];

	beforeAll(async () => {
		({ installation, north } = await makePopulated(embedded));
		await installation.allowProcesses('worker', 4);
	});
	beforeEach(async () => {
		receiver = await openReceiver();
	});
	afterEach(async () => {
		await Promise.all(workers.splice(0).map((worker) => worker.stop()));
		await receiver.close();
		await installation.admin`update webhook_deliveries set delivered_at = now() where delivered_at is null`;
	});
	afterAll(() => installation?.close());

	async function start(settings: Readonly<Record<string, string>> = webhookSettings()): Promise<TestWorker> {
		const worker = await installation.startWorker(settings);
		workers.push(worker);
		return worker;
	}
	const webhookSettings = () => ({ FIRMSEAL_WEBHOOK_URL: receiver.url, FIRMSEAL_WEBHOOK_SECRET: SECRET });
	const notify = (count = 1, more = {}) => notifyOwners(installation.admin, north.id, count, more);
	const rowOf = async (id: string | undefined) => {
		const [row] = await installation.admin`select * from webhook_deliveries where message_id = ${id ?? null}`;
		return row;
	};
	const settled = (ids: readonly string[]) =>
		installation.workUntil(async () => (await Promise.all(ids.map(rowOf))).every((row) => row?.delivered_at));

	it('maintains the clock’s high-water mark without a webhook, logs its start, and queues no notice', async () => {
		const highWaterMark = async () =>
			(await installation.admin`select max(at)::timestamptz as at from clock_high_water_marks`)[0]?.at.getTime();
		const worker = await start({});
		expect(worker.sendsNotices).toBe(false);
		await worker.advance();
		for (let second = 0; second < 3; second++) {
			const before = await highWaterMark();
			await worker.advance(999);
			expect(await highWaterMark()).toBe(before);
			await worker.advance(1);
			expect(await highWaterMark()).toBeGreaterThan(before);
		}
		const [id] = await notify();
		expect(await rowOf(id)).toBeUndefined();
		const [entry] =
			await installation.admin`select leaf::json as leaf from audit_entries where leaf like '%process.start%' order by appended_at desc limit 1`;
		expect(entry?.leaf).toMatchObject({ action: 'process.start', plane: 'worker', actor: { kind: 'system' } });
		await worker.stop();
		const last = await highWaterMark();
		await worker.advance();
		expect(await highWaterMark()).toBe(last);
	});

	it('sends the notices that come after its first start with a webhook, and no earlier ones', async () => {
		const [history] = await notify();
		expect((await start()).sendsNotices).toBe(true);
		const ids = await notify(3);
		await settled(ids);
		expect(receiver.received.map(({ id }) => id).sort()).toEqual([...ids].sort());
		expect(await rowOf(history)).toBeUndefined();
	});

	it('sends a signed notice with ids, kind and time, and with no text that people wrote', async () => {
		await start();
		const email = 'new.member@north.example';
		const { id: user } = await installation.addMember(north.owner, { email, name: 'Nadia New' });
		const lease = uuidv7();
		await requestBySql(lease);
		await installation.workUntil(() => receiver.received.length === 3);
		const verifier = new Webhook(SECRET, { format: 'raw' });
		const bodies = receiver.received.map(
			({ body, headers }) => verifier.verify(body, headers as Record<string, string>) as Body,
		);
		const notices =
			await installation.admin`select * from notices where id in ${installation.admin(receiver.received.map(({ id }) => id))}`;
		for (const [index, { id }] of receiver.received.entries()) {
			const row = notices.find((each) => each.id === id);
			const at = row?.created_at.toISOString();
			expect(bodies[index]).toEqual({
				type: 'notice',
				timestamp: at,
				data: {
					id,
					kind: row?.kind,
					firmId: north.id,
					leaseId: row?.lease_id,
					createdAt: at,
					// null because the invitation is accepted already, and its owner delivers it.
					...(row?.kind === 'MEMBER_INVITED' && { invitation: null }),
				},
			});
		}
		expect(bodies.map(({ data: { kind, leaseId } }) => [kind, leaseId]).sort()).toEqual([
			['LEASE_REQUESTED', lease],
			['MEMBER_ADDED', null],
			['MEMBER_INVITED', null],
		]);
		const everything = JSON.stringify(receiver.received);
		for (const text of [email, 'Nadia', REASON, 'TICKET-1', user]) expect(everything).not.toContain(text);
	});

	it('sends the link of each proven and open invitation, unless its owner delivers it, and logs no link', async () => {
		const worker = await start();
		const api = await installation.serve();
		const { admin } = installation;
		const [was] = await admin`select notices_before_folding from request_limits`;
		// Every invitation after the first is counted in the notice of the first.
		await admin`update request_limits set notices_before_folding = 1`;
		await admin`update notices set created_at = created_at - interval '2 hours'`;
		const invite = async (name: string, send?: boolean) => {
			const input = {
				email: `${name}@north.example`,
				name: 'Invited',
				role: 'MEMBER',
				...(send !== undefined && { send }),
			};
			const query =
				'mutation ($input: InviteMemberInput!) { inviteMember(input: $input) { invitation { id expiresAt } path } }';
			return (await api.ask(north.owner, query, { input })).data.inviteMember;
		};
		const ended = await invite('ended');
		const bind = 'mutation ($input: SetFirmSignInInput!) { setFirmSignIn(input: $input) { firm { id } } }';
		await api.ask(north.owner, bind, { input: { issuers: [], domains: ['north.example'] } });
		const [sent, shown, forged, another] = [
			await invite('sent'),
			await invite('shown', false),
			await invite('forged'),
			await invite('another', true),
		];
		await admin`update invitations set email = 'thief@x.example' where id = ${forged.invitation.id}`;
		const forgotten = await invite('forgotten');
		await admin`delete from invitations where id = ${forgotten.invitation.id}`;
		const outcome = async () =>
			(await admin`select outcome from webhook_deliveries where message_id = ${forgotten.invitation.id}`)[0]?.outcome;
		const invited = () => receiver.received.filter(({ body }) => body.includes('MEMBER_INVITED'));
		await installation.workUntil(async () => invited().length === 5 && (await outcome()) !== null);
		expect(await outcome()).toBe('GONE');
		const rows = await admin`select repeats from notices where kind = 'MEMBER_INVITED' and firm_id = ${north.id}
			and created_at > now() - interval '1 hour'`;
		expect(rows).toEqual([{ repeats: 5 }]);
		await admin`update request_limits set notices_before_folding = ${was?.notices_before_folding}`;
		const invitations = invited().map(({ body }) => JSON.parse(body).data.invitation);
		const of = (email: string, { invitation: { id, expiresAt }, path }: Awaited<ReturnType<typeof invite>>) => ({
			id,
			email,
			path,
			expiresAt,
		});
		expect(invitations.filter((each) => each !== null)).toEqual(
			expect.arrayContaining([of('sent@north.example', sent), of('another@north.example', another)]),
		);
		expect(invitations.filter((each) => each === null)).toHaveLength(3);
		const logged = [...worker.lines, ...api.lines].join('');
		for (const { path } of [ended, shown, sent, forged, another, forgotten])
			expect(logged).not.toContain(path.split('=')[1]);
	});

	it('shows an owner the state of a delivery, and hides it from a member', async () => {
		receiver.answer(500);
		await start();
		const api = await installation.serve();
		const query =
			'{ notices(first: 1) { nodes { id leaseId delivery { attempts deliveredAt nextAttemptAt outcome } } } }';
		const lease = uuidv7();
		const [id] = await notify(1, { lease_id: lease });
		const shown = async () => (await api.ask(north.owner, query)).data.notices.nodes[0];
		await installation.workUntil(async () => (await shown()).delivery.outcome === '500');
		expect(await shown()).toEqual({
			id,
			leaseId: lease,
			delivery: {
				attempts: expect.any(Number),
				deliveredAt: null,
				nextAttemptAt: expect.any(String),
				outcome: '500',
			},
		});
		receiver.answer(204);
		await settled([id ?? '']);
		const { delivery } = await shown();
		expect(delivery).toEqual({
			attempts: receiver.received.length,
			deliveredAt: expect.any(String),
			nextAttemptAt: null,
			outcome: '204',
		});
		const everybody = uuidv7();
		await installation.admin`insert into notices (id, firm_id, kind, audience) values (${everybody}, ${north.id}, 'OWNER_RECOVERY_CANCELLED', 'EVERYBODY')`;
		await settled([everybody]);
		const ofMember = await api.ask(
			north.member,
			'{ viewer { notices(first: 1) { nodes { id delivery { attempts } } } } }',
		);
		expect(ofMember.data.viewer.notices.nodes).toEqual([{ id: everybody, delivery: null }]);
		const before = await api.ask(north.owner, '{ notices(last: 1) { nodes { delivery { attempts } } } }');
		expect(before.data.notices.nodes).toEqual([{ delivery: null }]);
	});

	it('retries a refused notice: after a 500, a redirect, a broken connection', async () => {
		const elsewhere = await openReceiver();
		const answers = [500, 302, 0];
		receiver.answer((_, response) => {
			const status = answers.shift() ?? 204;
			if (status === 0) response.destroy();
			else response.writeHead(status, { location: elsewhere.url }).end();
		});
		const { lines } = await start();
		const [id = ''] = await notify();
		await settled([id]);
		expect(receiver.received.map((each) => each.id)).toEqual([id, id, id, id]);
		expect(elsewhere.received).toEqual([]);
		expect(await rowOf(id)).toMatchObject({ attempts: 4, outcome: '204' });
		const failures = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg?.includes('could not deliver'));
		expect(failures.map(({ level, code, count }) => [level, code, count])).toEqual([
			[50, '500', 1],
			[50, '302', 1],
			[50, 'ECONNRESET', 1],
		]);
		await elsewhere.close();
	});

	it('continues after a restart during an outage of the receiver', async () => {
		const { port } = receiver;
		await receiver.close();
		const first = await start();
		const [id = ''] = await notify();
		await first.advance();
		expect((await rowOf(id))?.outcome).toBe('ECONNREFUSED');
		await first.stop();
		const { attempts } = (await rowOf(id)) ?? {};
		receiver = await openReceiver(port);
		await start();
		await settled([id]);
		expect((await rowOf(id))?.attempts).toBeGreaterThan(attempts);
		expect(receiver.received.map((each) => each.id)).toEqual([id]);
	});

	it('sends each notice once, even with several workers', async () => {
		receiver.answer((_, response) => void setTimeout(() => response.writeHead(200).end('{"ok":true}'), 20));
		await Promise.all([start(), start(), start()]);
		const ids = await notify(100);
		await settled(ids);
		expect(receiver.received.map(({ id }) => id).sort()).toEqual([...ids].sort());
		expect(receiver.mostAtATime()).toBe(1);
	});

	it('stops during a hanging delivery, and a later worker sends the notice again', async () => {
		const came = new Promise((resolve) => receiver.answer(resolve));
		const worker = await start();
		const [id = ''] = await notify();
		const sending = worker.advance();
		await came;
		const stopped = worker.stop();
		await worker.advance(2_000);
		await Promise.all([sending, stopped]);
		expect(await rowOf(id)).toMatchObject({ outcome: 'STOPPED', attempts: 1, delivered_at: null });
		receiver.answer(204);
		await start();
		await settled([id]);
	});

	it('sends at once if the next attempt is later than any wait, as after a clock that ran fast', async () => {
		const worker = await start();
		receiver.answer(500);
		const [id = ''] = await notify();
		await worker.advance();
		expect((await rowOf(id))?.outcome).toBe('500');
		await installation.admin`update webhook_deliveries set next_at = now() + interval '59 minutes' where message_id = ${id}`;
		receiver.answer(204);
		await worker.advance();
		expect((await rowOf(id))?.delivered_at).toBeNull();
		await installation.admin`update webhook_deliveries set next_at = now() + interval '10 days' where message_id = ${id}`;
		await settled([id]);
	});

	it('writes neither secret nor address of the webhook to the log', async () => {
		receiver.answer(500);
		const { lines, advance } = await start();
		const [id = ''] = await notify();
		await advance();
		expect((await rowOf(id))?.outcome).toBe('500');
		expect(lines.length).toBeGreaterThan(1);
		for (const text of [SECRET, '/hooks/', String(receiver.port)]) expect(lines.join('')).not.toContain(text);
	});

	it('continues after a short outage of the database', async () => {
		await start();
		await installation.admin`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'firmseal' and datname = current_database()`;
		const ids = await notify(2);
		await settled(ids);
	});

	it('does not start on a database that is not prepared', async () => {
		const { admin, database, env } = installation;
		const name = `t_${uuidv7().replaceAll('-', '')}`;
		await admin`create database ${admin(name)}`;
		const worker = Object.assign(new URL(database.worker), { pathname: `/${name}` }).href;
		const starting = startWorker(readConfig(env), { ...database, worker }, createLogger({ level: 'silent' }));
		await expect(starting).rejects.toMatchObject({
			name: 'SetupError',
			message: expect.stringContaining('run `firmseal init`'),
		});
		await admin`drop database ${admin(name)} with (force)`;
	});

	/** Requests a lease by SQL, past the program. The trigger creates its notice. */
	async function requestBySql(lease: string): Promise<void> {
		const operator = await installation.addOperator('OPERATOR');
		const { sub } = claimsOf(operator);
		await installation.admin.begin(async (tx) => {
			const hash = Buffer.alloc(32);
			await tx`insert into leases ${tx({
				id: lease,
				firm_id: north.id,
				requested_by: sub,
				purpose: 'INCIDENT',
				classes: ['NOTE'],
				minutes: 30,
				reason_hash: hash,
				ticket_hash: hash,
				request_hash: hash,
				request_mac: Buffer.alloc(36),
			})}`;
			await tx`insert into lease_texts (lease_id, firm_id, reason, ticket) values (${lease}, ${north.id}, ${REASON}, 'TICKET-1')`;
		});
	}
});

interface Body {
	readonly data: { readonly kind: string; readonly leaseId: string | null };
}

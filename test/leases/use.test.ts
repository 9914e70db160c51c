import { v4 as uuidv4, v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SUPERUSER } from '../../src/database/index.ts';
import { untilAdmitted } from '../support/ask.ts';
import { untilBlocked } from '../support/blocked.ts';
import { idOf } from '../support/claims.ts';
import type { TestApi, TestFirm } from '../support/installation.ts';
import { makeNote } from '../support/notes.ts';
import { leaveOpen } from '../support/open-transaction.ts';
import { backdate, type LeaseStage, makeLeaseStage, until } from './stage.ts';

const NOTE = 'query ($id: ID!) { note(id: $id) { id createdAt title body } }';
const NOTES = 'query ($firm: ID!, $first: Int) { notes(firmId: $firm, first: $first) { nodes { id title body } } }';

let stage: LeaseStage;
let api: TestApi;
let harbour: TestFirm;
const ids: string[] = [];
let theirs: string;

const under = (lease: string, query: string, variables: Record<string, unknown> = {}, token = stage.tokens.requester) =>
	api.ask(token, query, variables, { 'x-firmseal-lease': lease });

const usedOf = async (lease: string) => {
	const [row] = await stage.installation.admin`select used from lease_budgets where lease_id = ${lease}`;
	return Number(row?.used);
};

beforeAll(async () => {
	stage = await makeLeaseStage();
	harbour = stage.harbour;
	api = await stage.installation.serve();
	await stage.installation.startBroker();
	const { member } = stage.firm;
	for (let n = 1; n <= 3; n++)
		ids.push(await makeNote(api.ask, member, { title: `title ${n}`, body: n === 3 ? null : `body ${n}` }));
	theirs = await makeNote(api.ask, harbour.member, { title: 'their title', body: 'their body' });
});
afterAll(() => stage?.close());

describe('an operator with an active lease', () => {
	it('reads content in its scope, logged with the lease before and after', async () => {
		const lease = await stage.active();
		const told = await under(lease, NOTES, { firm: stage.firm.id });
		expect(told.errors).toEqual([]);
		expect(told.data.notes.nodes.map(({ title, body }: Record<string, string>) => [title, body])).toEqual(
			expect.arrayContaining([
				['title 1', 'body 1'],
				['title 2', 'body 2'],
				['title 3', null],
			]),
		);
		expect(told.sealed).toEqual([]);
		const entries = await stage.entries(lease);
		const actions = entries.map(({ action }) => action);
		expect(actions.indexOf('lease.use')).toBeGreaterThan(-1);
		expect(actions.indexOf('content.open')).toBeGreaterThan(actions.indexOf('lease.use'));
		expect(actions).toContain('key.unwrap');
		expect(await usedOf(lease)).toBe(5);
		const [signed] = await stage.installation.admin`select audit_is_published(array_agg(id)) as yes from audit_entries
			where position(${lease} in leaf) > 0 and leaf::jsonb ->> 'action' = 'lease.use'`;
		expect(signed?.yes).toBe(true);
		const byLease = `{ auditEntries(filter: { leaseId: "${lease}" }, orderBy: OLDEST_FIRST) { totalCount nodes { leaseId action } } }`;
		const { auditEntries } = (await api.ask(stage.tokens.owner, byLease)).data;
		expect(auditEntries.nodes.map(({ action }: { action: string }) => action)).toEqual(actions);
		expect(auditEntries).toMatchObject({ totalCount: actions.length, nodes: actions.map(() => ({ leaseId: lease })) });
		expect((await api.ask(harbour.owner, byLease)).data.auditEntries).toEqual({ totalCount: 0, nodes: [] });
	});

	it('reads nothing without the lease, as before', async () => {
		await stage.active();
		const told = await api.ask(stage.tokens.requester, NOTE, { id: ids[0] });
		expect(told.data.note).toMatchObject({ title: null, body: null });
		expect(told.sealed.map(({ reason }) => reason)).toEqual(['NO_LEASE', 'NO_LEASE']);
	});

	it('sees why content outside of it stays closed: class, coordinate, record, firm', async () => {
		const lease = await stage.active({ coordinates: ['Note.title'], records: [ids[0] as string] });
		const told = await under(lease, NOTES, { firm: stage.firm.id });
		const first = told.data.notes.nodes.find(({ id }: { id: string }) => id === ids[0]);
		expect(first).toMatchObject({ title: 'title 1', body: null });
		expect(told.text).not.toContain('title 2');
		expect(told.sealed).toEqual(
			expect.arrayContaining([
				{ coordinate: 'Note.body', reason: 'COORDINATE', count: 3 },
				{ coordinate: 'Note.title', reason: 'RECORD', count: 2 },
			]),
		);
		const foreign = await under(lease, NOTE, { id: theirs });
		expect(foreign.data.note).toMatchObject({ title: null, body: null });
		expect(foreign.sealed.map(({ reason }) => reason).sort()).toEqual(['COORDINATE', 'NO_LEASE']);
		const invoices = await under(lease, `{ viewer { id } invoices(firmId: "${stage.firm.id}") { nodes { memo } } }`);
		expect(invoices.errors).toEqual([]);
	});

	it('writes nothing', async () => {
		const lease = await stage.active();
		const told = await under(
			lease,
			'mutation ($input: UpdateNoteInput!) { updateNote(input: $input) { note { id } } }',
			{
				input: { id: ids[0], expectedRevision: 1, title: 'x' },
			},
		);
		expect(told.errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
	});

	it('counts every value that is not null, repeats included, and answers nothing of a request that would pass the budget', async () => {
		const lease = await stage.active({ readBudget: 3 });
		const twice = `query ($id: ID!) { a: note(id: $id) { title } b: note(id: $id) { title } }`;
		expect((await under(lease, twice, { id: ids[0] })).data.b.title).toBe('title 1');
		expect(await usedOf(lease)).toBe(2);
		const over = await under(lease, NOTE, { id: ids[0] });
		expect([over.status, over.data, over.errors[0]?.extensions.code]).toEqual([403, null, 'LEASE_SCOPE']);
		expect(await usedOf(lease)).toBe(2);
		expect((await under(lease, 'query ($id: ID!) { note(id: $id) { title } }', { id: ids[1] })).data.note.title).toBe(
			'title 2',
		);
		await until(async () => (await stage.stateOf(lease)) === 'EXHAUSTED');
		const after = await under(lease, NOTE, { id: ids[0] });
		expect([after.status, after.errors[0]?.extensions.code]).toEqual([403, 'LEASE_NOT_ACTIVE']);
	});

	/** Whether a request under the lease waits for the log: it has taken from the budget and is marked as not answered yet. */
	const waits = (lease: string, values: number) =>
		until(async () => {
			const [row] = await stage.installation
				.admin`select kept_at from lease_budgets where lease_id = ${lease} and used = ${values}`;
			return row?.kept_at != null;
		});

	it('gets an error about the log, and not about the lease, if the proof does not come in time', async () => {
		const lease = await stage.active();
		const letGo = await leaveOpen(stage.installation.admin);
		try {
			const told = await under(lease, NOTE, { id: ids[0] });
			expect([told.status, told.data, told.errors[0]?.extensions.code]).toEqual([503, null, 'AUDIT_UNAVAILABLE']);
			expect(told.text).not.toContain('title 1');
		} finally {
			await letGo();
		}
		expect(await stage.stateOf(lease)).toBe('ACTIVE');
		expect((await under(lease, NOTE, { id: ids[0] })).data.note.title).toBe('title 1');
	});

	it('delays no revocation while a response waits for the log, and is refused if the lease ends meanwhile', async () => {
		const { admin } = stage.installation;
		const query = 'query ($id: ID!) { note(id: $id) { title } }';
		for (const isEnded of [false, true]) {
			const lease = await stage.active();
			const letGo = await leaveOpen(stage.installation.admin);
			const answer = under(lease, query, { id: ids[0] });
			try {
				await waits(lease, 1);
				await until(async () => {
					const writing = await admin`select from pg_stat_activity
						where datname = current_database() and usename = 'firmseal_operator_login' and backend_xid is not null`;
					return writing.length === 0;
				});
				if (isEnded)
					await admin`insert into lease_ends (lease_id, firm_id) select id, firm_id from leases where id = ${lease}`;
			} finally {
				await letGo();
			}
			const told = await answer;
			if (isEnded) expect([told.data, told.errors[0]?.extensions.code]).toEqual([null, 'LEASE_NOT_ACTIVE']);
			else expect(told.data.note.title).toBe('title 1');
		}
	});

	it('and another who use up a budget together both get a response, whichever is first, and then it ends', async () => {
		const query = 'query ($id: ID!) { note(id: $id) { title } }';
		const lease = await stage.active({ readBudget: 2 });
		const letGo = await leaveOpen(stage.installation.admin);
		const answers = [under(lease, query, { id: ids[0] })];
		try {
			await waits(lease, 1);
			answers.push(under(lease, query, { id: ids[1] }));
			await waits(lease, 2);
		} finally {
			await letGo();
		}
		const titles = (await Promise.all(answers)).map(({ data }) => data.note.title);
		expect(titles).toEqual(['title 1', 'title 2']);
		await until(async () => (await stage.stateOf(lease)) === 'EXHAUSTED');
	});

	it('with a hundred requests for a budget of one value gets exactly one response', async () => {
		const lease = await stage.active({ readBudget: 1 });
		// Does not wait for the proof of its entry, which may be late on a slow machine.
		const { ask } = await stage.installation.serve({ FIRMSEAL_OPERATOR_PROOF: 'off' });
		const read = () =>
			ask(stage.tokens.requester, `{ note(id: "${ids[0]}") { title } }`, {}, { 'x-firmseal-lease': lease });
		const told = await Promise.all(Array.from({ length: 100 }, () => untilAdmitted(read)));
		const codes = new Set(told.flatMap(({ errors }) => errors.map(({ extensions }) => extensions.code)));
		for (const code of codes) expect(['LEASE_SCOPE', 'LEASE_NOT_ACTIVE']).toContain(code);
		expect(told.filter(({ text }) => text.includes('title 1'))).toHaveLength(1);
		expect(await usedOf(lease)).toBe(1);
	});
});

describe('a lease that ends while a page is read', () => {
	/** A read that has reached a table, which another session locks until the lease is marked as ending. */
	async function endsBefore(table: string, lease: string) {
		const { admin } = stage.installation;
		const lock = await admin.reserve();
		await lock.unsafe(`begin; lock table ${table} in access exclusive mode`);
		try {
			const answer = under(lease, NOTES, { firm: stage.firm.id });
			await untilBlocked(admin, SUPERUSER);
			const ending = stage.revoke(lease);
			await until(async () => (await admin`select from lease_ends where lease_id = ${lease}`).length > 0);
			await lock`rollback`;
			await ending;
			return await answer;
		} finally {
			await lock`rollback`;
			lock.release();
		}
	}

	it('is LEASE_NOT_ACTIVE, and no error claims a damaged value or a refused key', async () => {
		const lease = await stage.active();
		// The caller's keys are cached by then.
		await under(lease, '{ viewer { id } }');
		const told = await endsBefore('data_keys', lease);
		expect([told.status, told.data, told.errors.map(({ extensions }) => extensions.code)]).toEqual([
			403,
			null,
			['LEASE_NOT_ACTIVE'],
		]);
		const entries = await stage.entries(lease);
		expect(entries.filter(({ decision }) => decision !== 'ALLOWED')).toMatchObject([
			{ action: 'request.deny', reason: 'LEASE_NOT_ACTIVE' },
		]);
		// Counted before opening, then withheld: the intent is recorded, and nothing was opened.
		expect(await usedOf(lease)).toBe(5);
		expect(entries.map(({ action }) => action)).not.toContain('content.open');
	});
});

describe('an unusable lease', () => {
	const refused = async (lease: string, token = stage.tokens.requester) => {
		const told = await under(lease, NOTE, { id: ids[0] }, token);
		expect(told.text).not.toContain('title 1');
		return [told.status, told.errors[0]?.extensions.code, told.data ?? null];
	};
	const INACTIVE = [403, 'LEASE_NOT_ACTIVE', null];

	it('requested, approved, revoked, expired, unknown: the whole request is LEASE_NOT_ACTIVE', async () => {
		expect(await refused(await stage.ask())).toEqual(INACTIVE);
		expect(await refused(await stage.approved())).toEqual(INACTIVE);
		const revoked = await stage.active();
		await stage.revoke(revoked);
		expect(await refused(revoked)).toEqual(INACTIVE);
		const expired = await stage.active();
		await backdate(stage.installation, expired, '31 minutes');
		expect(await refused(expired)).toEqual(INACTIVE);
		expect(await refused(uuidv7())).toEqual(INACTIVE);
	});

	it('of another operator, or named by an approver or an auditor', async () => {
		const lease = await stage.active();
		const other = await stage.installation.addOperator('OPERATOR');
		const auditor = await stage.installation.addOperator('AUDITOR');
		for (const token of [other, auditor, stage.tokens.approver]) expect(await refused(lease, token)).toEqual(INACTIVE);
	});

	it('that exists, but has ended or is another’s: its firm finds the attempt among those on the lease', async () => {
		const lease = await stage.active();
		const other = await stage.installation.addOperator('OPERATOR');
		const denials = async () => (await stage.entries(lease)).filter(({ action }) => action === 'request.deny');
		const ofThis = { reason: 'LEASE_NOT_ACTIVE', lease, firm: stage.firm.id };
		await refused(lease, other);
		expect(await denials()).toMatchObject([{ ...ofThis, actor: { user: idOf(other) } }]);
		await stage.revoke(lease);
		await refused(lease);
		expect(await denials()).toMatchObject([ofThis, { ...ofThis, actor: { user: stage.people.requester } }]);
	});

	it('inserted or changed in SQL: refused, reported, and logged', async () => {
		const { admin } = stage.installation;
		const lease = await stage.active();
		await admin.begin(async (sql) => {
			await sql`alter table leases disable trigger guard`;
			await sql`update leases set expires_at = expires_at + interval '1 day' where id = ${lease}`;
			await sql`alter table leases enable always trigger guard`;
		});
		expect(await refused(lease)).toEqual(INACTIVE);
		expect((await stage.entries(lease)).at(-1)).toMatchObject({ action: 'rights.refuse', records: expect.any(Array) });
		expect(api.lines.join('')).toContain('a lease could not be proven');
	});

	it('in a malformed header, or sent by a member: BAD_USER_INPUT with what to do', async () => {
		for (const header of ['', 'x', uuidv4(), uuidv7().toUpperCase(), `${uuidv7()}, ${uuidv7()}`]) {
			const told = await under(header, NOTE, { id: ids[0] });
			expect([told.status, told.errors[0]?.extensions.code]).toEqual([400, 'BAD_USER_INPUT']);
			expect(told.errors[0]?.message).toBe('X-Firmseal-Lease must be the id of one lease, a UUIDv7 in lower case.');
		}
		const lease = await stage.active();
		for (const token of [stage.firm.member, stage.firm.owner, stage.firm.client]) {
			const told = await under(lease, NOTE, { id: ids[0] }, token);
			expect([told.status, told.errors[0]?.extensions.code]).toEqual([400, 'BAD_USER_INPUT']);
			expect(told.errors[0]?.message).toContain('without X-Firmseal-Lease');
		}
	});

	it('while the firm is suspended', async () => {
		const { admin } = stage.installation;
		const lease = await stage.active();
		await admin`update firms set status = 'SUSPENDED' where id = ${stage.firm.id}`;
		try {
			expect(await refused(lease)).toEqual(INACTIVE);
		} finally {
			await admin`update firms set status = 'ACTIVE' where id = ${stage.firm.id}`;
		}
	});

	it('while the database’s clock is behind a time already seen', async () => {
		const { admin } = stage.installation;
		const lease = await stage.active();
		await admin`update clock_high_water_marks set at = clock_timestamp() + interval '5 seconds'`;
		try {
			expect(await refused(lease)).toEqual(INACTIVE);
		} finally {
			await admin`update clock_high_water_marks set at = clock_timestamp()`;
		}
		expect((await under(lease, NOTE, { id: ids[0] })).data.note.title).toBe('title 1');
	});
});

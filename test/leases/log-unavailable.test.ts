import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { enableDeliveries } from '../../src/database/index.ts';
import { openPlaneOf } from '../../src/wiring/index.ts';
import { storedRows } from '../attacks/bad-input/stored-rows.ts';
import type { Answer, Person } from '../support/ask.ts';
import type { LeaseAnswer, Step } from './by-api.ts';
import { codes, type HttpStage, idOf, makeHttpStage } from './http-stage.ts';

let stage: HttpStage;
let third: Person;
beforeAll(async () => {
	stage = await makeHttpStage();
	const { installation } = stage.scene;
	third = await installation.addOperator('APPROVER');
	// As a worker with a webhook starts: notices are queued for it, so this test sees them there too.
	const worker = openPlaneOf(installation.database, 'firmseal_worker', 1);
	await worker.write(null, enableDeliveries);
	await worker.close();
});
afterEach(() => stage?.endAll());
afterAll(() => stage?.scene.installation.close());

/** Ways to make the log fail, each with a function that repairs it. */
const FAULTS: readonly [name: string, breaks: (action: string) => Promise<unknown>, mends: () => Promise<unknown>][] = [
	[
		'accepts nothing',
		() =>
			stage.scene
				.admin`revoke insert (id, firm_id, boot, sequence, leaf) on audit_entries from firmseal_firm, firmseal_operator`,
		() =>
			stage.scene
				.admin`grant insert (id, firm_id, boot, sequence, leaf) on audit_entries to firmseal_firm, firmseal_operator`,
	],
	[
		// Shows that the step got as far as this entry, and that the entry failed.
		'refuses only the entry of the step',
		(action) =>
			stage.scene.admin.unsafe(`create function refuse_step() returns trigger language plpgsql as $$ begin
				if new.leaf::jsonb ->> 'action' = '${action}' then raise exception 'disk full'; end if; return new; end $$;
				create trigger refuse_step before insert on audit_entries for each row execute function refuse_step()`),
		() => stage.scene.admin.unsafe('drop trigger refuse_step on audit_entries; drop function refuse_step()'),
	],
];
type Fault = (typeof FAULTS)[number];

type Who = 'operator' | 'owner' | 'approver' | 'third';
const tokenOf = (person: Who) => (person === 'third' ? third : stage.people[person]);
const step = (by: Who, name: Step, { id }: LeaseAnswer) => stage.leases.step(tokenOf(by), name, id);

/** A lease that this person has approved. */
async function agreedBy(person: Who): Promise<LeaseAnswer> {
	const lease = await stage.requested();
	expect(codes(await stage.leases.approve(tokenOf(person), lease))).toEqual([]);
	return lease;
}

async function cancelled(): Promise<LeaseAnswer> {
	const lease = await stage.requested();
	expect(codes(await step('operator', 'cancel', lease))).toEqual([]);
	return lease;
}

/** Stops the broker, which would otherwise change rows while the test compares them. */
async function withBroker<T>(work: () => Promise<T>): Promise<T> {
	const broker = await stage.scene.installation.startBroker();
	try {
		return await work();
	} finally {
		await broker.stop();
	}
}

async function active(): Promise<LeaseAnswer> {
	const lease = await stage.approved();
	expect(codes(await withBroker(() => step('operator', 'activate', lease)))).toEqual([]);
	expect(await stage.stateOf(lease.id)).toBe('ACTIVE');
	return lease;
}

/** All stored rows, and the number of audit entries for this transition. */
async function look({ id }: LeaseAnswer, action: string) {
	const [entries] = await stage.scene.admin`
		select count(*)::int from audit_entries where leaf::jsonb ->> 'lease' = ${id} and leaf::jsonb ->> 'action' = ${action}`;
	return { rows: await storedRows(stage.scene.admin), entries: entries?.count as number };
}
type Look = Awaited<ReturnType<typeof look>>;

/** Tables whose rows have changed, ignoring the progress of the database's clock. */
const changed = (before: Look, after: Look): string[] =>
	Object.keys(after.rows)
		.filter((table) => table !== 'clock_high_water_marks' && after.rows[table] !== before.rows[table])
		.sort();

async function whileBroken<T>([, breaks, mends]: Fault, action: string, work: () => Promise<T>): Promise<T> {
	await breaks(action);
	try {
		return await work();
	} finally {
		await mends();
	}
}

async function expectUnrecorded(fault: Fault, action: string, take: () => Promise<Answer>): Promise<void> {
	const answer = await whileBroken(fault, action, take);
	expect([answer.status, codes(answer)]).toEqual([503, ['AUDIT_UNAVAILABLE']]);
	expect(Object.values(answer.data ?? {}).filter(Boolean)).toEqual([]);
}

/** Tables that a transition of a lease changes. */
const MOVE = ['events', 'lease_events', 'leases', 'notices', 'webhook_deliveries'];

interface Case {
	readonly name: string;
	readonly action: string;
	readonly make: () => Promise<LeaseAnswer>;
	readonly take: (lease: LeaseAnswer) => Promise<Answer>;
	/** The result once it can be recorded: the state, and the changed tables. */
	readonly to: string;
	readonly changes: readonly string[];
}

const yes = (name: string, by: Who, make: Case['make'], isLast: boolean): Case => ({
	name,
	action: 'lease.approve',
	make,
	take: (lease) => stage.leases.approve(tokenOf(by), lease),
	to: isLast ? 'APPROVED' : 'REQUESTED',
	changes: ['lease_approvals', ...(isLast ? MOVE : ['events'])],
});

const CASES: readonly Case[] = [
	yes('an owner’s yes', 'owner', () => stage.requested(), false),
	yes('an approver’s yes', 'approver', () => stage.requested(), false),
	yes('an owner’s yes, the last that is needed', 'owner', () => agreedBy('approver'), true),
	yes('an approver’s yes, the last that is needed', 'approver', () => agreedBy('owner'), true),
	...(['owner', 'approver'] as const).flatMap((by): Case[] => [
		{
			name: `the denial by the ${by}`,
			action: 'lease.deny',
			make: () => stage.requested(),
			take: (lease) => step(by, 'deny', lease),
			to: 'DENIED',
			changes: MOVE,
		},
		{
			name: `the revocation by the ${by} of an APPROVED lease`,
			action: 'lease.revoke',
			make: () => stage.approved(),
			take: (lease) => step(by, 'revoke', lease),
			to: 'REVOKED',
			changes: MOVE,
		},
	]),
	...(['owner', 'third'] as const).map((by) => ({
		name: `a review by ${by === 'owner' ? 'the owner' : 'a third person of the platform'}`,
		action: 'lease.review',
		make: cancelled,
		take: (lease: LeaseAnswer) => step(by, 'review', lease),
		to: 'CANCELLED',
		changes: ['events', 'leases', 'notices', 'webhook_deliveries'],
	})),
	{
		name: 'cancelling',
		action: 'lease.cancel',
		make: () => stage.requested(),
		take: (lease) => step('operator', 'cancel', lease),
		to: 'CANCELLED',
		changes: MOVE,
	},
	{
		name: 'activating',
		action: 'lease.activate',
		make: () => stage.approved(),
		take: (lease) => step('operator', 'activate', lease),
		to: 'ACTIVE',
		changes: MOVE,
	},
];

describe.each(FAULTS)('while the log %s', (...fault) => {
	it.each(CASES)('$name is rolled back as a whole, and succeeds once it can be logged', async (one) => {
		const { action, make, take, to, changes } = one;
		const lease = await make();
		const before = await look(lease, action);
		await expectUnrecorded(fault, action, () => take(lease));
		expect(await look(lease, action)).toEqual(before);

		const done = await (action === 'lease.activate' ? withBroker(() => take(lease)) : take(lease));
		expect(codes(done)).toEqual([]);
		const after = await look(lease, action);
		expect([await stage.stateOf(lease.id), after.entries]).toEqual([to, before.entries + 1]);
		expect(changed(before, after)).toEqual([...changes].sort());
	});

	it.each([
		['operator', 'release', 'RELEASED'],
		['owner', 'revoke', 'REVOKED'],
		['approver', 'revoke', 'REVOKED'],
	] as const)('when the %s would %s, only the end mark stays: nothing opens any more', async (by, name, to) => {
		const note = await stage.scene.write({ title: 'the title' });
		const lease = await active();
		const action = `lease.${name}`;
		const read = () =>
			stage.scene.api.ask(
				stage.people.operator,
				'query ($note: ID!) { note(id: $note) { title } }',
				{ note },
				{ 'x-firmseal-lease': lease.id },
			);
		const marks = () => stage.scene.admin`select 1 from lease_ends where lease_id = ${lease.id}`;
		expect((await read()).data.note.title).toBe('the title');
		const before = await look(lease, action);
		expect(await marks()).toHaveLength(0);

		await expectUnrecorded(fault, action, () => step(by, name, lease));
		const marked = await look(lease, action);
		expect(changed(before, marked)).toEqual(['events', 'lease_ends']);
		expect([await stage.stateOf(lease.id), marked.entries, (await marks()).length]).toEqual(['ACTIVE', 0, 1]);
		const refused = await read();
		expect(codes(refused)).toEqual(['LEASE_NOT_ACTIVE']);
		expect(refused.text).not.toContain('the title');

		expect(codes(await step(by, name, lease))).toEqual([]);
		const after = await look(lease, action);
		expect([await stage.stateOf(lease.id), after.entries]).toEqual([to, 1]);
		expect(changed(marked, after)).toEqual(MOVE);
		const events = await stage.scene.admin`
			select to_state, acted_by from lease_events where lease_id = ${lease.id} and from_state = 'ACTIVE'`;
		expect([...events]).toEqual([{ to_state: to, acted_by: idOf(tokenOf(by)) }]);
	});
});

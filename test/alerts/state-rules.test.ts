import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { watchStates } from '../../src/alerts/index.ts';
import { systemEntry, thresholdsWith } from '../../src/audit/index.ts';
import { makeDue, notifyOwners } from '../support/notices.ts';
import { makeRefusing } from '../support/refusing-table.ts';
import { type AlertStage, makeAlertStage, userOf } from './stage.ts';

let stage: AlertStage;
let firm: string;
let auditor: string;
let asker: string;

beforeAll(async () => {
	stage = await makeAlertStage();
	({ id: firm } = await stage.installation.addFirm('acme'));
	auditor = userOf(await stage.installation.addOperator('AUDITOR'));
	asker = userOf(await stage.installation.addOperator('OPERATOR'));
});
beforeEach(async () => {
	expect(await stage.states()).toEqual([]);
});
afterAll(() => stage?.close());

const aDayLater = () => stage.admin`update alert_states set reported_at = reported_at - interval '25 hours'`;
const lastAlert = async () => (await stage.alerts()).at(-1);

const leaseWith = (columns: object) => stage.leaseWith({ firm_id: firm, requested_by: asker, ...columns });
const remove = (lease: string) => stage.unguarded('leases', (sql) => sql`delete from leases where id = ${lease}`);
const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000);
const ended = (hours: number) => ({
	state: 'RELEASED',
	requested_at: ago(hours + 1),
	activated_at: ago(hours + 0.5),
	expires_at: ago(hours - 0.5),
	activation_mac: Buffer.alloc(36),
	ended_at: ago(hours),
	cleared_at: ago(hours),
});

describe('a lease', () => {
	it('without a review for three days is reported each day until someone reviews it', async () => {
		const young = await leaseWith(ended(71));
		expect(await stage.states()).toEqual([]);
		const lease = await leaseWith(ended(73));
		expect(await stage.states({ when: 'OFTEN' })).toEqual([]);
		expect(await stage.states()).toEqual(['LEASE_UNREVIEWED']);
		expect(await lastAlert()).toMatchObject({
			subject: lease,
			lease_id: lease,
			firm_id: firm,
			actor_id: asker,
			count: 1,
		});
		await stage.acknowledgeAll(auditor);
		expect(await stage.states()).toEqual([]);
		await aDayLater();
		expect(await stage.states()).toEqual(['LEASE_UNREVIEWED']);
		await aDayLater();
		expect(await stage.states()).toEqual([]);
		expect(await lastAlert()).toMatchObject({ subject: lease, count: 2 });
		await remove(lease);
		await remove(young);
	});

	it('with grants not confirmed removed two minutes after its end is reported', async () => {
		const young = await leaseWith({ ...ended(1), ended_at: ago(110 / 3_600), cleared_at: null });
		const other = await leaseWith({ ...ended(1), state: 'DENIED', cleared_at: null });
		expect(await stage.states({ when: 'OFTEN' })).toEqual([]);
		const lease = await leaseWith({ ...ended(1), ended_at: ago(130 / 3_600), cleared_at: null });
		expect(await stage.states({ when: 'OFTEN' })).toEqual(['ORPHAN_GRANT']);
		expect(await lastAlert()).toMatchObject({ subject: lease });
		for (const each of [young, other, lease]) await remove(each);
	});

	it('with 80 per cent of its budget used is reported once', async () => {
		const leases = await Promise.all(['a', 'b', 'c'].map(() => leaseWith(ended(1))));
		const [under, over, without] = leases as [string, string, string];
		const budget = (lease: string, used: number, of: number | null) =>
			stage.unguarded(
				'lease_budgets',
				(sql) =>
					sql`insert into lease_budgets ${sql({ lease_id: lease, firm_id: firm, used, budget: of, used_at: new Date() })}`,
			);
		await budget(under, 79, 100);
		await budget(without, 1_000_000, null);
		expect(await stage.states({ when: 'OFTEN' })).toEqual([]);
		await budget(over, 80, 100);
		expect(await stage.states({ when: 'OFTEN' })).toEqual(['BULK_READ_BUDGET']);
		expect(await lastAlert()).toMatchObject({ subject: over, actor_id: asker });
		await stage.acknowledgeAll(auditor);
		await aDayLater();
		expect(await stage.states({ when: 'OFTEN' })).toEqual([]);
		await stage.admin`delete from lease_budgets`;
		for (const each of leases) await remove(each);
	});

	it.each([
		['other classes', { classes: ['NOTE', 'BILLING'] }],
		['more minutes', { minutes: 31 }],
		['a larger budget', { read_budget: 11 }],
		['no budget limit', { read_budget: null }],
		['another coordinate', { coordinates: ['Note.title', 'Note.body'] }],
		['all coordinates', { coordinates: null }],
		['all records', { record_ids: null }],
	])('that was denied and is requested again with %s is reported', async (_what, wider) => {
		const wish = { coordinates: ['Note.title'], record_ids: [firm], read_budget: 10, requested_at: ago(3) };
		const denied = await leaseWith({ ...wish, state: 'DENIED', ended_at: ago(2) });
		const same = await leaseWith({ ...wish, requested_at: ago(1) });
		const narrower = await leaseWith({ ...wish, read_budget: 9, minutes: 5, requested_at: ago(1) });
		const before = await leaseWith({ ...wish, ...wider, requested_at: ago(2.5) });
		expect(await stage.states({ when: 'OFTEN' })).toEqual([]);
		const lease = await leaseWith({ ...wish, ...wider, requested_at: ago(1) });
		expect(await stage.states({ when: 'OFTEN' })).toEqual(['REFILED_WIDER']);
		expect(await lastAlert()).toMatchObject({ subject: lease, actor_id: asker });
		for (const each of [denied, same, narrower, before, lease]) await remove(each);
	});
});

describe('the log', () => {
	it('with gaps is reported once for each run of a process, and again if there are more', async () => {
		const boot = uuidv7();
		await stage.admin`insert into audit_gaps (role, boot, first, last) values ('firmseal_firm', ${boot}, 4, 6)`;
		expect(await stage.states({ when: 'OFTEN' })).toEqual(['LOG_GAP']);
		expect(await lastAlert()).toMatchObject({ subject: `firmseal_firm:${boot}`, count: 3, severity: 'PAGE' });
		await stage.acknowledgeAll(auditor);
		await aDayLater();
		expect(await stage.states({ when: 'OFTEN' })).toEqual([]);
		await stage.admin`insert into audit_gaps (role, boot, first, last) values ('firmseal_firm', ${boot}, 9, 9)`;
		expect(await stage.states({ when: 'OFTEN' })).toEqual(['LOG_GAP']);
	});

	it('with a gap beyond any count is reported like another, and hides nothing else', async () => {
		const boot = uuidv7();
		await stage.admin`insert into audit_gaps (role, boot, first, last) values ('firmseal_firm', ${boot}, 1, 9007199254740990)`;
		expect(await stage.states({ when: 'OFTEN' })).toEqual(['LOG_GAP']);
		expect(await lastAlert()).toMatchObject({ subject: `firmseal_firm:${boot}`, count: 2_147_483_647 });
		expect(await stage.states({ when: 'OFTEN' })).toEqual([]);
	});

	it('is reported for all runs with gaps, however many at once', async () => {
		const [first, last] = [uuidv7(), uuidv7()];
		const gap = (boot: string) =>
			stage.admin`insert into audit_gaps (role, boot, first, last) values ('firmseal_firm', ${boot}, 1, 2)`;
		await gap(first);
		for (let many = 0; many < 120; many++) await gap(uuidv7());
		await gap(last);
		const told = [...(await stage.states({ when: 'OFTEN' })), ...(await stage.states({ when: 'OFTEN' }))];
		expect(told).toEqual(Array.from({ length: 122 }, () => 'LOG_GAP'));
		expect(await stage.states({ when: 'OFTEN' })).toEqual([]);
		const rows = await stage.admin`select subject from alerts where rule = 'LOG_GAP'`;
		for (const boot of [first, last]) expect(rows).toContainEqual({ subject: `firmseal_firm:${boot}` });
	});

	it.each([
		['is refused', '42501', '42501'],
		['has no space', '53400', 'AUDIT_UNAVAILABLE'],
	])('is reported though another rule %s', async (_, sqlstate, code) => {
		const boot = uuidv7();
		await stage.admin`insert into audit_gaps (role, boot, first, last) values ('firmseal_firm', ${boot}, 1, 2)`;
		const putBack = await makeRefusing(stage.admin, 'lease_budgets', sqlstate);
		try {
			const at = { when: 'SELDOM', isDue: true, sharedLogin: true } as const;
			const { opened, failures } = await watchStates(stage.parts(thresholdsWith()), at);
			expect(opened.map(({ rule }) => rule)).toContain('LOG_GAP');
			expect(failures).toEqual([expect.objectContaining({ code })]);
		} finally {
			await putBack();
		}
		await stage.states();
	});

	it('is reported while the operator’s login locks the row of an alert', async () => {
		const [boot, other] = [uuidv7(), uuidv7()];
		const gap = (of: string, first: number) =>
			stage.admin`insert into audit_gaps (role, boot, first, last) values ('firmseal_firm', ${of}, ${first}, ${first})`;
		await gap(boot, 4);
		expect(await stage.states({ when: 'OFTEN' })).toEqual(['LOG_GAP']);
		await stage.installation.signIn('operator').begin(async (sql) => {
			await sql`set local role firmseal_operator`;
			await sql`select from alerts where acknowledged_at is null for update`;
			await gap(boot, 9);
			await gap(other, 4);
			expect(await stage.states({ when: 'OFTEN' })).toEqual(['LOG_GAP', 'LOG_GAP']);
			await sql`update alerts set acknowledged_by = ${auditor} where acknowledged_at is null and subject = ${`firmseal_firm:${boot}`}`;
		});
		const open =
			await stage.admin`select subject, count from alerts where acknowledged_at is null and rule = 'LOG_GAP'`;
		expect(open.map(({ subject }) => subject)).toEqual(
			expect.arrayContaining([
				expect.stringMatching(new RegExp(`^firmseal_firm:${boot}:held:`)),
				`firmseal_firm:${other}`,
			]),
		);
	});

	it('is late if an entry has waited too long to become a leaf, whatever is signed meanwhile', async () => {
		const thresholds = thresholdsWith({ LATE_SECONDS: 60 });
		const take = () => stage.admin`update audit_state set after_transaction = pg_current_xact_id()`;
		await take();
		await stage.admin`insert into audit_root_checkpoints (size, note) values (9, 'note')`;
		await stage.appendAgo(59, systemEntry('worker', { action: 'process.start' }));
		expect(await stage.states({ when: 'OFTEN' }, thresholds)).toEqual([]);
		await stage.appendAgo(61, systemEntry('worker', { action: 'process.start' }));
		await take();
		expect(await stage.states({ when: 'OFTEN' }, thresholds)).toEqual([]);
		await stage.appendAgo(61, systemEntry('worker', { action: 'process.start' }));
		expect(await stage.states({ when: 'OFTEN' }, thresholds)).toEqual(['LOG_LATE']);
		await take();
		expect(await stage.states({ when: 'OFTEN' }, thresholds)).toEqual([]);
		await stage.unguarded('audit_root_checkpoints', (sql) => sql`delete from audit_root_checkpoints`);
		await stage.acknowledgeAll(auditor);
	});

	it('is a page if its entries are not checked for five minutes, and none if there are no entries to check', async () => {
		await stage.look();
		const passes = () => stage.admin`update alert_watch set looked_at = looked_at - interval '301 seconds'`;
		await passes();
		expect(await stage.states({ when: 'OFTEN' })).toEqual([]);
		await stage.append(systemEntry('worker', { action: 'process.start' }));
		expect(await stage.states({ when: 'OFTEN', isDue: false })).toEqual([]);
		expect(await stage.states({ when: 'OFTEN' })).toEqual(['ALERTS_LATE']);
		expect(await lastAlert()).toMatchObject({ subject: 'installation', severity: 'PAGE' });
		await stage.look();
		expect(await stage.states({ when: 'OFTEN' })).toEqual([]);
		// A check without entries is recorded too, so that the next entry is not late at once.
		await passes();
		await stage.look();
		await stage.append(systemEntry('worker', { action: 'process.start' }));
		expect(await stage.states({ when: 'OFTEN' })).toEqual([]);
		await stage.look();
	});

	it('without a new checkpoint is late after an earlier one, and not right after a start', async () => {
		const thresholds = thresholdsWith({ LATE_SECONDS: 60 });
		const publish = (seconds: number, size: number) =>
			stage.admin`insert into audit_root_checkpoints (size, note, created_at) values (${size}, 'note', clock_timestamp() - ${seconds} * interval '1 second')`;
		await stage.admin`update audit_state set after_transaction = pg_current_xact_id()`;
		await publish(59, 1);
		expect(await stage.states({ when: 'OFTEN' }, thresholds)).toEqual([]);
		await stage.unguarded(
			'audit_root_checkpoints',
			(sql) => sql`update audit_root_checkpoints set created_at = created_at - interval '2 seconds'`,
		);
		expect(await stage.states({ when: 'OFTEN', isDue: false }, thresholds)).toEqual([]);
		expect(await stage.states({ when: 'OFTEN' }, thresholds)).toEqual(['LOG_LATE']);
		expect(await stage.states({ when: 'OFTEN', isDue: false }, thresholds)).toEqual([]);
		await publish(0, 2);
		expect(await stage.states({ when: 'OFTEN' }, thresholds)).toEqual([]);
		await stage.acknowledgeAll(auditor);
		await stage.unguarded(
			'audit_root_checkpoints',
			(sql) => sql`update audit_root_checkpoints set created_at = created_at - interval '70 seconds'`,
		);
		expect(await stage.states({ when: 'OFTEN' }, thresholds)).toEqual(['LOG_LATE']);
	});
});

describe('the database', () => {
	it('with drifted privileges or triggers is reported by area, and each drift again', async () => {
		await stage.admin`grant delete on notes to firmseal_worker`;
		expect(await stage.states({ when: 'OFTEN' })).toEqual([]);
		expect(await stage.states()).toEqual(['DATABASE_DRIFT']);
		expect(await lastAlert()).toMatchObject({ subject: 'privileges', severity: 'PAGE' });
		await stage.acknowledgeAll(auditor);
		expect(await stage.states()).toEqual([]);
		await stage.admin`grant select on notes to firmseal_worker`;
		expect(await stage.states()).toEqual(['DATABASE_DRIFT']);
		await stage.admin`revoke select, delete on notes from firmseal_worker`;
		await stage.admin`alter table alerts disable trigger guard`;
		expect(await stage.states()).toEqual(['DATABASE_DRIFT']);
		expect(await lastAlert()).toMatchObject({ subject: 'triggers' });
		await stage.admin`alter table alerts enable always trigger guard`;
	});

	it('with a clock behind a time already seen is reported', async () => {
		const [{ at }] = (await stage.admin`select at from clock_high_water_marks`) as unknown as [{ at: Date }];
		await stage.admin`update clock_high_water_marks set at = clock_timestamp() + interval '1 minute'`;
		expect(await stage.states({ when: 'OFTEN' })).toEqual(['CLOCK_BACK']);
		await stage.admin`update clock_high_water_marks set at = ${at}`;
		expect(await stage.states({ when: 'OFTEN' })).toEqual([]);
	});
});

describe('the webhook', () => {
	it('that accepts nothing in six attempts is reported once, even though that is a message too', async () => {
		await stage.admin`insert into webhook_deliveries (message_id, next_at, delivered_at) values ('00000000-0000-0000-0000-000000000000', now(), now())`;
		const told = await notifyOwners(stage.admin, firm);
		await makeDue(stage.admin, told);
		await stage.admin`update webhook_deliveries set attempts = 5`;
		expect(await stage.states({ when: 'OFTEN' })).toEqual([]);
		await stage.admin`update webhook_deliveries set attempts = 6`;
		expect(await stage.states({ when: 'OFTEN' })).toEqual(['DELIVERY_FAILED']);
		const [queued] =
			await stage.admin`select count(*)::int as count from webhook_deliveries d join alerts a on a.id = d.message_id`;
		expect(queued).toEqual({ count: 1 });
		await stage.admin`update webhook_deliveries set attempts = 9`;
		expect(await stage.states({ when: 'OFTEN' })).toEqual([]);
		await stage.admin`update webhook_deliveries set delivered_at = now()`;
		expect(await stage.states({ when: 'OFTEN' })).toEqual([]);
		expect(await stage.admin`select 1 from alert_states where rule = 'DELIVERY_FAILED'`).toHaveLength(0);
	});
});

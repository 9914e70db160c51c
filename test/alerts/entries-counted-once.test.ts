import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAlerts, watchEntries } from '../../src/alerts/index.ts';
import { thresholdsWith } from '../../src/audit/index.ts';
import { auditUnavailableError } from '../../src/audit-log/append-queue.ts';
import { leafText } from '../support/leaf-text.ts';
import { scale } from '../support/scale.ts';
import { changesPolicy, ids, isRefused, isWithheld, times, uses } from './entries.ts';
import { type AlertStage, makeAlertStage, userOf } from './stage.ts';

let stage: AlertStage;
const usual = thresholdsWith();

beforeAll(async () => {
	stage = await makeAlertStage();
	await stage.look();
});
afterAll(() => stage?.close());

const tallied = async (subject: string) => {
	const [row] =
		await stage.admin`select coalesce(sum(amount), 0)::int as sum from alert_tallies where subject = ${subject}`;
	return row?.sum as number;
};

describe('each entry is counted once', () => {
	it('if a check ends midway: nothing of it remains, and the next one does it all', async () => {
		const user = uuidv7();
		await stage.append(...times(20, () => isRefused(user)));
		const failing = { append: () => Promise.reject(auditUnavailableError()) };
		await expect(watchEntries({ ...stage.parts(usual), audit: failing })).rejects.toMatchObject({
			code: 'AUDIT_UNAVAILABLE',
		});
		expect(await tallied(user)).toBe(0);
		expect(await stage.admin`select 1 from alerts where subject = ${user}`).toHaveLength(0);
		expect(await stage.look()).toEqual(['MANY_DENIALS']);
		expect(await tallied(user)).toBe(20);
	});

	it('if the database ends the session midway', async () => {
		const user = uuidv7();
		await stage.append(...times(20, () => isRefused(user)));
		const killing = {
			async append() {
				await stage.admin`select pg_terminate_backend(l.pid) from pg_locks l where l.relation = 'alert_watch'::regclass`;
				return [];
			},
		};
		await expect(watchEntries({ ...stage.parts(usual), audit: killing })).rejects.toThrow();
		expect(await tallied(user)).toBe(0);
		expect(await stage.look()).toEqual(['MANY_DENIALS']);
		expect(await tallied(user)).toBe(20);
	});

	it('by several concurrent checks, while entries arrive', async () => {
		const users = ids(8);
		let writing = true;
		const looking = times(3, async () => {
			const opened: string[] = [];
			while (writing) opened.push(...(await stage.look()));
			return opened;
		});
		for (let round = 0; round < 25; round += 1) await stage.append(...users.map((user) => isRefused(user)));
		writing = false;
		const opened = [...(await Promise.all(looking)).flat(), ...(await stage.look())];
		expect(opened).toEqual(users.map(() => 'MANY_DENIALS'));
		for (const user of users) expect(await tallied(user)).toBe(25);
		const alerts = await stage.admin`select count from alerts where subject in ${stage.admin(users)}`;
		expect(alerts.map(({ count }) => count)).toEqual(users.map(() => 25));
	});

	it('if there are many more than one check handles', async () => {
		// The alert that was opened last is an entry too.
		await stage.look();
		const user = uuidv7();
		await stage.append(...times(2_500, () => isRefused(user)));
		const first = await watchEntries(stage.parts(usual));
		expect(first.more).toBe(true);
		expect(await tallied(user)).toBe(1_000);
		await stage.append(isRefused(user));
		await stage.look();
		await stage.look();
		expect(await tallied(user)).toBe(2_501);
	});
});

describe('no one can prevent a check of an entry', () => {
	it('with a transaction left open', async () => {
		const held = stage.installation.signIn('operator');
		const connection = await held.reserve();
		await connection`begin`;
		await connection`select pg_current_xact_id()`;
		const [before, during] = ids(2) as [string, string];
		await stage.append(changesPolicy(uuidv7(), before));
		expect(await stage.look()).toEqual(['POLICY_CHANGED']);
		await stage.append(changesPolicy(uuidv7(), during));
		expect(await stage.look()).toEqual(['POLICY_CHANGED']);
		expect(await stage.look()).toEqual([]);
		await connection`rollback`;
		connection.release();
		expect(await stage.look()).toEqual([]);
	});

	it('and a late commit is checked afterwards', async () => {
		const firm = uuidv7();
		const late = stage.planes.firm.write(firm, async (tx) => {
			const { id, leaf, boot, sequence } = leafOf(firm);
			await tx.execute(
				`insert into audit_entries (id, firm_id, boot, sequence, leaf) values ('${id}', '${firm}', '${boot}', ${sequence}, '${leaf}')`,
			);
			await stage.append(isRefusedByOperator());
			expect(await stage.look()).toEqual([]);
			expect(await stage.look()).toEqual([]);
		});
		await late;
		expect(await stage.look()).toEqual(['POLICY_CHANGED']);
		expect(await stage.look()).toEqual([]);
	});

	it('with a restore elsewhere, where transaction numbers are lower', async () => {
		await stage.admin`update alert_watch set seen = '900000000:900000000:', until = '900000000:900000000:'`;
		await stage.look();
		await stage.append(changesPolicy(uuidv7(), uuidv7()));
		expect(await stage.look()).toEqual(['POLICY_CHANGED']);
	});

	it('with a malformed entry', async () => {
		await stage.planes.operator.write(null, async (tx) => {
			const { id, boot, sequence } = leafOf(null);
			const leaf = leafText({ id, boot, sequence, plane: 'operator', action: 'log.read', decision: 'PERHAPS' });
			await tx.execute(
				`insert into audit_entries (id, boot, sequence, leaf) values ('${id}', '${boot}', ${sequence}, '${leaf}')`,
			);
		});
		await stage.append(changesPolicy(uuidv7(), uuidv7()));
		expect(await stage.look()).toEqual(['POLICY_CHANGED']);
	});
});

describe('a plane’s login cannot prevent a check of an entry', () => {
	it('with more items than can be counted: a check reads limited bytes, and remembers a limited number of items', async () => {
		const [user, firm] = ids(2) as [string, string];
		const lease = uuidv7();
		for (let part = 0; part < scale(10, 1); part++)
			await stage.append(...times(50, () => uses(user, firm, ids(1_000), lease)));
		await stage.append(changesPolicy(uuidv7(), firm));
		const first = await watchEntries(stage.parts(usual));
		expect(first.opened).toMatchObject([{ rule: 'BULK_READ_OPERATOR', actor: user }]);
		expect(first.opened[0]?.count).toBeGreaterThan(40_000);
		expect(first.more).toBe(true);
		expect(await stage.look()).toEqual(['POLICY_CHANGED']);
		const buckets = await stage.admin`
			select count(*)::int as items from alert_tallies where subject = ${user} and rule = 'BULK_READ_OPERATOR' group by bucket`;
		for (const { items } of buckets) expect(items).toBe(usual.OPERATOR_RECORDS + 1);
		const [alert] = await stage.admin`select count from alerts where subject = ${user}`;
		expect(alert).toEqual({ count: scale(10, 1) * 50_000 });
	}, 120_000);

	it('with a lock on an alert’s row, or on the alert opened instead: nothing waits, and nothing is lost', async () => {
		const [user, firm, other] = ids(3) as [string, string, string];
		const auditor = userOf(await stage.installation.addOperator('AUDITOR'));
		const isRead = async () => {
			await stage.append(isWithheld(user, firm));
			return stage.look();
		};
		expect(await isRead()).toEqual(['CONTENT_WITHOUT_LEASE']);
		await stage.installation.signIn('operator').begin(async (sql) => {
			await sql`set local role firmseal_operator`;
			await sql`select from alerts where rule = 'CONTENT_WITHOUT_LEASE' for update`;
			expect(await isRead()).toEqual(['CONTENT_WITHOUT_LEASE']);
			expect(await isRead()).toEqual([]);
			await sql`update alerts set acknowledged_by = ${auditor} where rule = 'CONTENT_WITHOUT_LEASE' and actor_id = ${user}`;
			await stage.append(changesPolicy(uuidv7(), other));
			expect(await isRead()).toEqual(['CONTENT_WITHOUT_LEASE', 'POLICY_CHANGED']);
			expect(await isRead()).toEqual([]);
		});
		expect(await isRead()).toEqual(['CONTENT_WITHOUT_LEASE']);
		const alerts = await stage.admin`select count from alerts where actor_id = ${user} order by opened_at, id`;
		expect(alerts.map(({ count }) => count)).toEqual([1, 2, 2, 1]);
	});
});

describe('a plane’s login', () => {
	it('causes only one alert with unknown accounts and firms', async () => {
		await stage.acknowledgeAll(userOf(await stage.installation.addOperator('AUDITOR')));
		const user = uuidv7();
		const made = ids(30).map((one) => isWithheld(one, uuidv7()));
		await stage.logs.operator.append(made.slice(0, 20));
		expect(await stage.look()).toEqual(['CONTENT_WITHOUT_LEASE', 'MANY_DENIALS']);
		await stage.logs.operator.append(made.slice(20));
		await stage.logs.firm.append(ids(5).map((firm) => changesPolicy(user, firm)));
		await stage.append(isWithheld(user, uuidv7()));
		expect(await stage.look()).toEqual(['CONTENT_WITHOUT_LEASE', 'POLICY_CHANGED']);
		const alerts = await stage.admin`
			select rule, subject, count, actor_id, firm_id from alerts where subject like 'unknown:%' and acknowledged_at is null order by rule`;
		const none = { actor_id: null, firm_id: null };
		expect([...alerts]).toEqual([
			{ rule: 'CONTENT_WITHOUT_LEASE', subject: 'unknown:firmseal_operator', count: 30, ...none },
			{ rule: 'MANY_DENIALS', subject: 'unknown:firmseal_operator', count: 30, ...none },
			{ rule: 'POLICY_CHANGED', subject: 'unknown:firmseal_firm', count: 5, ...none },
		]);
	});
});

describe('the log role', () => {
	it('opens alerts of its own, logged, once while one is open', async () => {
		const fork = {
			rule: 'LOG_FORK',
			subject: 'installation',
			firm: null,
			actor: null,
			lease: null,
			count: 1,
			at: null,
		} as const;
		const tell = () => stage.planes.log.write(null, (tx) => openAlerts(tx, stage.logs.worker, [fork, fork]));
		expect(await tell()).toMatchObject([{ rule: 'LOG_FORK', severity: 'PAGE', count: 2 }]);
		expect(await tell()).toEqual([]);
		const alerts = await stage.admin`select count from alerts where rule = 'LOG_FORK'`;
		expect(alerts).toMatchObject([{ count: 4 }]);
		const entries = await stage.admin`select 1 from audit_entries where leaf like '%Alert.LOG_FORK%'`;
		expect(entries).toHaveLength(1);
		expect(await stage.look()).toEqual([]);
	});

	it('deletes tallies that no window covers, and no others', async () => {
		const user = uuidv7();
		await stage.appendAgo(91_000, uses(user, uuidv7(), ids(3)));
		await stage.append(uses(user, uuidv7(), ids(2)));
		await stage.look();
		expect(await tallied(user)).toBe(7);
		await stage.states();
		expect(await tallied(user)).toBe(3);
	});
});

function isRefusedByOperator() {
	return uses(uuidv7(), uuidv7(), ids(1));
}

function leafOf(firm: string | null) {
	const [id, boot] = ids(2) as [string, string];
	const actor = { kind: 'firm', roles: ['OWNER'], user: uuidv7() };
	const leaf = JSON.stringify({
		action: 'policy.change',
		actor,
		at: new Date().toISOString(),
		boot,
		coordinates: [],
		decision: 'ALLOWED',
		document: null,
		firm,
		id,
		keys: [],
		lease: null,
		plane: 'firm',
		reason: null,
		records: [],
		request: null,
		sequence: 1,
		v: 1,
	});
	return { id, boot, sequence: 1, leaf };
}

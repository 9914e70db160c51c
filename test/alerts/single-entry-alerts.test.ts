import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { thresholdsWith } from '../../src/audit/index.ts';
import {
	agrees,
	changesPolicy,
	doesNotOpen,
	ids,
	isRefused,
	isWithheld,
	opens,
	starts,
	times,
	ungrants,
	unwraps,
	uses,
} from './entries.ts';
import { type AlertStage, makeAlertStage, userOf } from './stage.ts';

let stage: AlertStage;
let auditor: string;
let asker: string;
/** Ids of this test alone, so that entries of other tests don't count. */
let user: string;
let firm: string;

beforeAll(async () => {
	stage = await makeAlertStage();
	auditor = userOf(await stage.installation.addOperator('AUDITOR'));
	asker = userOf(await stage.installation.addOperator('OPERATOR'));
	await stage.look();
});
beforeEach(async () => {
	user = uuidv7();
	firm = uuidv7();
	await stage.acknowledgeAll(auditor);
});
afterAll(() => stage?.close());

/** Inserts a lease that `asker` requested so many seconds ago. */
const leaseOf = (secondsAgo: number) =>
	stage.leaseWith({ firm_id: firm, requested_by: asker, requested_at: new Date(Date.now() - secondsAgo * 1_000) });

describe('with a single entry an alert is opened for', () => {
	it('a started lease, by its requester, whose entry it is not', async () => {
		const lease = await leaseOf(3_600);
		await stage.append(starts(firm, lease));
		expect(await stage.look()).toEqual(['LEASE_ACTIVATED']);
		expect((await stage.alerts()).at(-1)).toMatchObject({
			subject: lease,
			lease_id: lease,
			firm_id: firm,
			actor_id: asker,
			count: 1,
			severity: 'ALERT',
		});
	});

	it('content without a lease, and not for content outside a lease', async () => {
		await stage.append(isWithheld(user, firm, 'CLASS'));
		expect(await stage.look()).toEqual([]);
		await stage.append(isWithheld(user, firm));
		expect(await stage.look()).toEqual(['CONTENT_WITHOUT_LEASE']);
		expect((await stage.alerts()).at(-1)).toMatchObject({ subject: user, actor_id: user });
	});

	it('an approval within 30 seconds of the request, and not for a later one', async () => {
		const approver = uuidv7();
		await stage.append(agrees(approver, firm, await leaseOf(32)));
		expect(await stage.look()).toEqual([]);
		const lease = await leaseOf(20);
		await stage.append(agrees(approver, firm, lease));
		expect(await stage.look()).toEqual(['APPROVAL_HASTY']);
		expect((await stage.alerts()).at(-1)).toMatchObject({ actor_id: approver, lease_id: lease });
	});

	it('a refused key, and not for an unavailable key or one refused to an operator', async () => {
		await stage.append(unwraps(firm, 'AWAY'), unwraps(firm, 'REFUSED', 'operator'), unwraps(firm, null));
		expect(await stage.look()).toEqual([]);
		await stage.append(unwraps(firm, 'REFUSED'));
		expect(await stage.look()).toEqual(['KEY_CHANGED']);
	});

	it('a changed policy', async () => {
		await stage.append(changesPolicy(user, firm));
		expect(await stage.look()).toEqual(['POLICY_CHANGED']);
	});

	it('a removed grant of no lease, or of a lease without any left, and not for that of an ending lease', async () => {
		const lease = await leaseOf(3_600);
		await stage.append(ungrants(firm, lease));
		expect(await stage.look()).toEqual([]);
		await stage.append(ungrants(firm, uuidv7()));
		expect(await stage.look()).toEqual(['ORPHAN_GRANT']);
		const clear = (sql: typeof stage.admin) =>
			sql`update leases set cleared_at = clock_timestamp() where id = ${lease}`;
		await stage.unguarded('leases', clear);
		await stage.append(ungrants(firm, lease));
		expect(await stage.look()).toEqual(['ORPHAN_GRANT']);
	});
});

describe('a value that does not open', () => {
	it('is an alert, and five within a minute are a page', async () => {
		await stage.append(doesNotOpen(user, firm));
		expect(await stage.look()).toEqual(['ENVELOPE_INVALID']);
		await stage.append(doesNotOpen(user, firm, 3));
		expect(await stage.look()).toEqual([]);
		await stage.append(doesNotOpen(user, firm));
		expect(await stage.look()).toEqual(['ENVELOPE_INVALID_MANY']);
		const [single, many] = (await stage.alerts()).slice(-2);
		expect(single).toMatchObject({ rule: 'ENVELOPE_INVALID', subject: firm, count: 3 });
		expect(many).toMatchObject({ severity: 'PAGE', subject: firm, count: 5 });
	});

	it('five times within two minutes, or in two firms, is only an alert', async () => {
		await stage.appendAgo(61, doesNotOpen(user, firm, 4));
		await stage.append(doesNotOpen(user, firm, 4), doesNotOpen(user, uuidv7(), 4));
		expect(await stage.look()).toEqual(['ENVELOPE_INVALID', 'ENVELOPE_INVALID']);
	});
});

describe('bulk reads', () => {
	it('are more than 50 different records by one operator within 10 minutes', async () => {
		const records = ids(51);
		const lease = uuidv7();
		await stage.append(uses(user, firm, records.slice(0, 30), lease));
		await stage.append(uses(user, firm, records.slice(20, 50), lease), uses(user, firm, records.slice(0, 50), lease));
		expect(await stage.look()).toEqual([]);
		await stage.append(uses(user, firm, records.slice(50), lease));
		expect(await stage.look()).toEqual(['BULK_READ_OPERATOR']);
		expect((await stage.alerts()).at(-1)).toMatchObject({ subject: user, actor_id: user, count: 51 });
	});

	it('are not 50 records now, with others more than 10 minutes ago or by another operator', async () => {
		await stage.appendAgo(605, uses(user, firm, ids(40)));
		await stage.append(uses(user, firm, ids(50)), uses(uuidv7(), firm, ids(50)));
		expect(await stage.look()).toEqual([]);
	});

	it('are detected in a late check, anywhere in its period', async () => {
		await stage.appendAgo(3_000, uses(user, firm, ids(51)));
		await stage.append(uses(user, firm, ids(1)));
		expect(await stage.look()).toEqual(['BULK_READ_OPERATOR']);
	});

	it('are detected if the later half was checked first', async () => {
		await stage.append(uses(user, firm, ids(30)));
		expect(await stage.look()).toEqual([]);
		await stage.appendAgo(300, uses(user, firm, ids(30)));
		expect(await stage.look()).toEqual(['BULK_READ_OPERATOR']);
	});

	it('of a member are more than ten times the member’s median, taken as at least 500', async () => {
		const hour = 3_600;
		await stage.appendAgo(0, opens(user, firm, 5_000));
		expect(await stage.look()).toEqual([]);
		await stage.append(opens(user, firm, 1));
		expect(await stage.look()).toEqual(['BULK_READ_MEMBER']);
		expect((await stage.alerts()).at(-1)).toMatchObject({ subject: user, count: 5_001 });

		const busy = uuidv7();
		for (const hours of [3, 5, 7]) await stage.appendAgo(hours * hour, opens(busy, firm, 700));
		await stage.append(opens(busy, firm, 7_000));
		expect(await stage.look()).toEqual([]);
		await stage.append(opens(busy, firm, 1));
		expect(await stage.look()).toEqual(['BULK_READ_MEMBER']);
	}, 60_000);

	it('are three firms in a day by one operator', async () => {
		const firms = ids(3) as [string, string, string];
		await stage.appendAgo(80_000, uses(user, firms[0], ids(1)));
		await stage.append(...times(5, () => uses(user, firms[1], ids(1))));
		expect(await stage.look()).toEqual([]);
		await stage.append(uses(user, firms[2], ids(1)));
		expect(await stage.look()).toEqual(['MANY_FIRMS']);
		const other = uuidv7();
		await stage.appendAgo(86_700, uses(other, firms[0], ids(1)));
		await stage.append(uses(other, firms[1], ids(1)), uses(other, firms[2], ids(1)));
		expect(await stage.look()).toEqual([]);
	});
});

describe('approvals', () => {
	it('of one person’s leases by one approver are an alert at three in a week', async () => {
		const approver = uuidv7();
		const day = 86_400;
		const old = await leaseOf(60 * day);
		await stage.appendAgo(7 * day + 1_100, agrees(approver, firm, old));
		await stage.appendAgo(6 * day, agrees(approver, firm, await leaseOf(10 * day)));
		const second = agrees(approver, firm, await leaseOf(3_600));
		await stage.append(second, agrees(uuidv7(), firm, await leaseOf(3_600)), second);
		expect(await stage.look()).toEqual([]);
		await stage.append(agrees(approver, firm, await leaseOf(3_600)));
		expect(await stage.look()).toEqual(['APPROVAL_PAIR']);
		expect((await stage.alerts()).at(-1)).toMatchObject({ subject: `${asker}:${approver}`, actor_id: approver });
	});
});

describe('refusals and throttling', () => {
	it('are an alert at 20 refusals of one account within a minute', async () => {
		await stage.append(...times(19, () => isRefused(user)), ...times(19, () => isRefused(uuidv7())));
		expect(await stage.look()).toEqual([]);
		await stage.append(isRefused(user));
		expect(await stage.look()).toEqual(['MANY_DENIALS']);
	});

	it('are no alert at 19 within a minute and 19 before', async () => {
		await stage.appendAgo(61, ...times(19, () => isRefused(user)));
		await stage.append(...times(19, () => isRefused(user)));
		expect(await stage.look()).toEqual([]);
	});

	it('are an alert at more than one per cent of at least 100 calls to the key service', async () => {
		await stage.admin`delete from alert_tallies`;
		await stage.append(...times(97, () => unwraps(firm, null)), unwraps(firm, 'THROTTLED'), unwraps(firm, 'THROTTLED'));
		expect(await stage.look()).toEqual([]);
		await stage.append(...times(101, () => unwraps(firm, null)));
		expect(await stage.look()).toEqual([]);
		await stage.append(unwraps(firm, 'THROTTLED'));
		expect(await stage.look()).toEqual(['KEYRING_THROTTLED']);
		expect((await stage.alerts()).at(-1)).toMatchObject({ subject: 'installation', count: 3, firm_id: firm });
	});
});

describe('thresholds', () => {
	it('come from the settings', async () => {
		const thresholds = thresholdsWith({ OPERATOR_RECORDS: 3, DENIALS_PER_MINUTE: 2 });
		await stage.append(uses(user, firm, ids(3)), isRefused(user));
		expect(await stage.look(thresholds)).toEqual([]);
		await stage.append(uses(user, firm, ids(1)), isRefused(user));
		expect(await stage.look(thresholds)).toEqual(['BULK_READ_OPERATOR', 'MANY_DENIALS']);
	});
});

describe('an open alert', () => {
	it('adds new occurrences to its count, and no other is opened', async () => {
		const records = ids(60);
		await stage.append(uses(user, firm, records.slice(0, 55)));
		expect(await stage.look()).toEqual(['BULK_READ_OPERATOR']);
		await stage.append(uses(user, firm, records.slice(55)));
		expect(await stage.look()).toEqual([]);
		expect((await stage.alerts()).at(-1)).toMatchObject({ subject: user, count: 60 });
	});

	it('stays unchanged once acknowledged, and the next occurrence opens another', async () => {
		await stage.append(isWithheld(user, firm), isWithheld(user, firm));
		expect(await stage.look()).toEqual(['CONTENT_WITHOUT_LEASE']);
		await stage.acknowledgeAll(auditor);
		await stage.append(isWithheld(user, firm));
		expect(await stage.look()).toEqual(['CONTENT_WITHOUT_LEASE']);
		const ours = (await stage.alerts()).filter(({ subject }) => subject === user);
		expect(ours.map(({ count }) => count)).toEqual([2, 1]);
	});

	it('is logged: rule, alert and firm', async () => {
		await stage.append(changesPolicy(user, firm));
		await stage.look();
		const [alert] = await stage.admin`select id from alerts where subject = ${firm}`;
		const rows =
			await stage.admin`select leaf::json as leaf from audit_entries where firm_id = ${firm} and leaf like '%alert.open%'`;
		expect(rows.map(({ leaf }) => leaf)).toEqual([
			expect.objectContaining({
				action: 'alert.open',
				plane: 'worker',
				firm,
				coordinates: ['Alert.POLICY_CHANGED'],
				records: [Buffer.from(alert?.id.replaceAll('-', ''), 'hex').toString('base64url')],
			}),
		]);
	});
});

describe('quiet traffic', () => {
	it('opens no alert: a firm’s day of work, a regular lease, and the entries of alerts themselves', async () => {
		const members = ids(20);
		const lease = await leaseOf(7_200);
		await stage.append(
			...members.flatMap((member) => times(20, () => opens(member, firm, 50))),
			...members.map((member) => isRefused(member, firm)),
			...times(3, () => agrees(uuidv7(), firm, lease)),
			...times(10, () => uses(user, firm, ids(5), lease)),
			...times(50, () => unwraps(firm, null)),
			...ids(10).map((one) => isWithheld(one, firm, 'CLASS')),
		);
		expect(await stage.look()).toEqual([]);
		expect(await stage.look()).toEqual([]);
	});
});

import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, NO_PRIVILEGE } from '../database/two-firms.ts';
import { codes, type HttpStage, idOf, makeHttpStage } from '../leases/http-stage.ts';
import { leafText } from '../support/leaf-text.ts';
import type { Person } from '../support/person.ts';
import { changesPolicy, isWithheld, starts } from './entries.ts';
import { type AlertStage, makeAlertStage } from './stage.ts';

const RULE_BROKEN = '23000';
const ALERTS = `query ($filter: AlertFilter, $first: Int, $after: String, $orderBy: AlertOrder) {
	alerts(filter: $filter, first: $first, after: $after, orderBy: $orderBy) { totalCount pageInfo { endCursor hasNextPage } nodes {
		id rule severity summary firmId subject actorId leaseId count openedAt lastAt isAcknowledged acknowledgedById
		acknowledgedBy { id } acknowledgedAt } } }`;
const ACKNOWLEDGE = `mutation ($id: ID!) { acknowledgeAlert(input: { id: $id }) {
	alert { id isAcknowledged acknowledgedById acknowledgedBy { id name } acknowledgedAt } } }`;

let http: HttpStage;
let stage: AlertStage;
beforeAll(async () => {
	http = await makeHttpStage();
	stage = await makeAlertStage(http.scene.installation);
	await stage.look();
});
afterAll(() => stage?.close());

/** Opens an alert that this account has caused. Returns its id. */
async function causedBy(user: string, firm = uuidv7()): Promise<string> {
	await stage.append(isWithheld(user, firm));
	await stage.look();
	const [row] = await stage.admin`select id from alerts where subject = ${user} and acknowledged_at is null`;
	return row?.id;
}
const ask = (token: Person, query: string, variables: object) => http.scene.api.ask(token, query, { ...variables });
const acknowledge = (token: Person, id: string) => ask(token, ACKNOWLEDGE, { id });

describe('the list of alerts', () => {
	it('shows every detail of an alert to the platform’s people', async () => {
		const user = uuidv7();
		const firm = http.firm.id;
		const id = await causedBy(user, firm);
		const { data, errors } = await ask(http.scene.auditor, ALERTS, { filter: { firmId: firm } });
		expect(errors).toEqual([]);
		expect(data.alerts.nodes).toEqual([
			{
				id,
				rule: 'CONTENT_WITHOUT_LEASE',
				severity: 'ALERT',
				summary: 'A person of the platform asked for content without a lease that allows it.',
				firmId: firm,
				subject: user,
				actorId: user,
				leaseId: null,
				count: 1,
				openedAt: expect.any(String),
				lastAt: expect.any(String),
				isAcknowledged: false,
				acknowledgedById: null,
				acknowledgedBy: null,
				acknowledgedAt: null,
			},
		]);
		const found = await ask(http.scene.operator, 'query ($id: ID!) { node(id: $id) { __typename id } }', { id });
		expect(found.data.node).toEqual({ __typename: 'Alert', id });
		const ofFirm = await ask(http.firm.owner, 'query ($id: ID!) { node(id: $id) { __typename id } }', { id });
		expect(ofFirm.data.node).toBeNull();
	});

	it('is filtered, ordered and paged', async () => {
		const firm = uuidv7();
		const ids: string[] = [];
		for (const user of [uuidv7(), uuidv7(), uuidv7()]) ids.push(await causedBy(user, firm));
		await stage.append(changesPolicy(uuidv7(), firm));
		await stage.look();
		await acknowledge(http.scene.auditor, ids[1] as string);
		const list = async (filter: object, more: object = {}) =>
			(await ask(http.scene.approver, ALERTS, { filter: { firmId: firm, ...filter }, ...more })).data.alerts;
		const idsOf = ({ nodes }: { nodes: { id: string }[] }) => nodes.map(({ id }) => id);
		expect((await list({})).totalCount).toBe(4);
		expect(idsOf(await list({ isAcknowledged: true }))).toEqual([ids[1]]);
		expect(idsOf(await list({ rule: 'CONTENT_WITHOUT_LEASE', isAcknowledged: false }))).toEqual([ids[2], ids[0]]);
		expect((await list({ severity: 'PAGE' })).nodes).toEqual([]);
		const page = await list({ rule: 'CONTENT_WITHOUT_LEASE' }, { first: 2, orderBy: 'OPENED_AT_ASC' });
		expect(idsOf(page)).toEqual(ids.slice(0, 2));
		const rest = await list(
			{ rule: 'CONTENT_WITHOUT_LEASE' },
			{ first: 2, orderBy: 'OPENED_AT_ASC', after: page.pageInfo.endCursor },
		);
		expect(idsOf(rest)).toEqual(ids.slice(2));
	});
});

describe('the acknowledgement of an alert', () => {
	it('is made by another person of the platform, once, and logged', async () => {
		const id = await causedBy(idOf(http.scene.operator));
		const answer = await acknowledge(http.scene.auditor, id);
		const auditor = idOf(http.scene.auditor);
		expect(answer.errors).toEqual([]);
		expect(answer.data.acknowledgeAlert.alert).toEqual({
			id,
			isAcknowledged: true,
			acknowledgedById: auditor,
			acknowledgedBy: { id: auditor, name: 'Operator' },
			acknowledgedAt: expect.any(String),
		});
		expect(await http.scene.entriesOf(answer)).toMatchObject([
			{
				action: 'alert.acknowledge',
				coordinates: ['Alert.CONTENT_WITHOUT_LEASE'],
				records: [id],
				actor: { user: auditor },
			},
		]);
		expect(codes(await acknowledge(http.scene.approver, id))).toEqual(['CONFLICT']);
		const [row] = await stage.admin`select acknowledged_by from alerts where id = ${id}`;
		expect(row?.acknowledged_by).toBe(auditor);
	});

	it('succeeds for one of many who try at once', async () => {
		const id = await causedBy(uuidv7());
		const tokens = [http.scene.auditor, http.scene.approver, http.scene.operator];
		const answers = await Promise.all(tokens.map((token) => acknowledge(token, id)));
		expect(answers.flatMap(codes)).toEqual(['CONFLICT', 'CONFLICT']);
	});

	it('is refused for an unknown alert', async () => {
		expect(codes(await acknowledge(http.scene.auditor, uuidv7()))).toEqual(['NOT_FOUND']);
		expect(codes(await acknowledge(http.scene.auditor, 'x'))).toEqual(['BAD_USER_INPUT']);
	});

	it('is refused to the person who caused it, with any of their accounts, and that is logged', async () => {
		const id = await causedBy(idOf(http.scene.operator));
		const second = await http.scene.installation.addOperator('AUDITOR');
		await http.makeOnePerson(second, http.scene.operator);
		for (const token of [http.scene.operator, second]) {
			const answer = await acknowledge(token, id);
			expect(codes(answer)).toEqual(['FORBIDDEN']);
			expect(await http.scene.entriesOf(answer)).toMatchObject([
				{ action: 'request.deny', coordinates: ['Mutation.acknowledgeAlert'], records: [id] },
			]);
		}
		expect(codes(await acknowledge(http.scene.approver, id))).toEqual([]);
	});

	it('is refused to the requester of the lease concerned', async () => {
		const { id: lease } = await http.requested();
		await stage.append(starts(http.firm.id, lease));
		await stage.look();
		const [row] = await stage.admin`select id, actor_id from alerts where lease_id = ${lease}`;
		expect(row?.actor_id).toBe(idOf(http.people.operator));
		expect(codes(await acknowledge(http.people.operator, row?.id))).toEqual(['FORBIDDEN']);
		await http.endAll();
	});

	it('is refused to people of a firm', async () => {
		const id = await causedBy(uuidv7(), http.firm.id);
		for (const token of [http.firm.owner, http.firm.member, http.firm.client])
			expect(codes(await acknowledge(token, id))).toEqual(['FORBIDDEN']);
		expect(codes(await acknowledge(http.scene.auditor, id))).toEqual([]);
	});

	it('is refused if it cannot be logged', async () => {
		const id = await causedBy(uuidv7());
		await stage.admin`revoke insert (leaf) on audit_entries from firmseal_firm, firmseal_operator`;
		expect(codes(await acknowledge(http.scene.auditor, id))).toEqual(['AUDIT_UNAVAILABLE']);
		await stage.admin`grant insert (leaf) on audit_entries to firmseal_firm, firmseal_operator`;
		const [row] = await stage.admin`select acknowledged_at from alerts where id = ${id}`;
		expect(row?.acknowledged_at).toBeNull();
	});
});

describe('in SQL', () => {
	type Role = 'firm' | 'portal' | 'operator' | 'break_glass' | 'broker' | 'worker' | 'log' | 'signer';
	const LOGIN = {
		firm: 'firm',
		portal: 'firm',
		operator: 'operator',
		break_glass: 'operator',
		broker: 'broker',
		worker: 'worker',
		log: 'worker',
		signer: 'worker',
	} as const;
	const signedIn = new Map<string, ReturnType<typeof http.scene.installation.signIn>>();
	function sqlOf(role: Role) {
		const login = LOGIN[role];
		const sql = signedIn.get(login) ?? http.scene.installation.signIn(login);
		signedIn.set(login, sql);
		return sql;
	}
	const attempt = (role: Role, statement: string) =>
		codeOf(
			sqlOf(role).begin(async (tx) => {
				await tx`select set_config('role', ${`firmseal_${role}`}, true)`;
				const { count } = await tx.unsafe(statement);
				if (count === 0) throw Object.assign(new Error('no row'), { code: 'no row' });
			}),
		);
	const ROLES = Object.keys(LOGIN) as Role[];
	const others = (...those: Role[]) => ROLES.filter((role) => !those.includes(role));
	let id: string;
	let cause: string;
	beforeAll(async () => {
		cause = idOf(http.scene.operator);
		id = await causedBy(cause);
	});
	const auditor = () => idOf(http.scene.auditor);

	it('only the log role opens alerts, and none that is acknowledged', async () => {
		const open = (columns = '', values = '') =>
			`insert into alerts (id, rule, severity, subject, count, last_at${columns}) values ('${uuidv7()}', 'LOG_FORK', 'PAGE', 'x', 1, now()${values})`;
		for (const role of others('log')) expect([role, await attempt(role, open())]).toEqual([role, NO_PRIVILEGE]);
		const acknowledged = open(', acknowledged_by, acknowledged_at', `, '${auditor()}', now()`);
		expect(await attempt('log', acknowledged)).toBe(NO_PRIVILEGE);
		expect(await attempt('log', open(', opened_at', `, now() - interval '1 day'`))).toBe(NO_PRIVILEGE);
	});

	it('no one deletes an alert', async () => {
		for (const role of ROLES)
			for (const statement of [`delete from alerts where id = '${id}'`, 'truncate alerts'])
				expect([role, await attempt(role, statement)]).toEqual([role, NO_PRIVILEGE]);
		for (const statement of [`delete from alerts where id = '${id}'`, 'truncate alerts'])
			expect(await codeOf(stage.admin.unsafe(statement))).toBe(NO_PRIVILEGE);
	});

	it('only the platform’s people acknowledge an alert', async () => {
		const statement = `update alerts set acknowledged_by = '${auditor()}' where id = '${id}'`;
		for (const role of others('operator')) expect([role, await attempt(role, statement)]).toEqual([role, NO_PRIVILEGE]);
	});

	it('no one acknowledges in the name of the causer, of no one, of a firm’s person, or of anyone disabled', async () => {
		const by = (user: string) => attempt('operator', `update alerts set acknowledged_by = ${user} where id = '${id}'`);
		const disabled = await http.scene.installation.addOperator('AUDITOR');
		await stage.admin`update operators set disabled_at = now() where user_id = ${idOf(disabled)}`;
		expect(await by(`'${cause}'`)).toBe(RULE_BROKEN);
		expect(await by(`'${idOf(http.firm.owner)}'`)).toBe(RULE_BROKEN);
		expect(await by(`'${idOf(disabled)}'`)).toBe(RULE_BROKEN);
		expect(await by(`'${uuidv7()}'`)).toBe(RULE_BROKEN);
		expect(await by('null')).toBe(NO_PRIVILEGE);
	});

	it('no one sets the time, or changes what an alert contains', async () => {
		for (const change of [
			"rule = 'LOG_LATE'",
			"subject = 'x'",
			'actor_id = null',
			'lease_id = null',
			"severity = 'ALERT'",
			'count = 1',
			'acknowledged_at = now()',
		])
			for (const role of others('log'))
				expect(await attempt(role, `update alerts set ${change} where id = '${id}'`), `${role} ${change}`).toBe(
					NO_PRIVILEGE,
				);
		const asLog = (change: string) => attempt('log', `update alerts set ${change} where id = '${id}'`);
		for (const change of ["rule = 'LOG_LATE'", 'actor_id = null', 'acknowledged_by = null'])
			expect(await asLog(change)).toBe(NO_PRIVILEGE);
		expect(await asLog('count = count - 1')).toBe(RULE_BROKEN);
		expect(await asLog("last_at = last_at - interval '1 day'")).toBe(RULE_BROKEN);
		for (const change of ['actor_id = null', "subject = 'x'"])
			expect(await codeOf(stage.admin.unsafe(`update alerts set ${change} where id = '${id}'`))).toBe(RULE_BROKEN);
	});

	it('no one changes or withdraws an acknowledgement, the owner of the database included', async () => {
		const set = (change: string) => `update alerts set ${change} where id = '${id}'`;
		expect(await attempt('operator', set(`acknowledged_by = '${auditor()}'`))).toBe('done');
		const second = idOf(http.scene.approver);
		expect(await attempt('operator', set(`acknowledged_by = '${second}'`))).toBe(RULE_BROKEN);
		expect(await attempt('operator', set('acknowledged_by = null'))).toBe(RULE_BROKEN);
		expect(await attempt('log', set('count = count + 1'))).toBe(RULE_BROKEN);
		expect(await codeOf(stage.admin.unsafe(set('acknowledged_by = null, acknowledged_at = null')))).toBe(RULE_BROKEN);
	});

	it('only the log role reads or writes what was counted, or the position of the check', async () => {
		for (const table of ['alert_tallies', 'alert_states', 'alert_watch'])
			for (const role of others('log'))
				for (const statement of [`select * from ${table}`, `delete from ${table}`, `truncate ${table}`])
					expect([role, statement, await attempt(role, statement)]).toEqual([role, statement, NO_PRIVILEGE]);
		for (const statement of ['delete from alert_watch', "insert into alert_watch (id, seen) values (2, '1:1:')"])
			expect(await attempt('log', statement)).toBe(NO_PRIVILEGE);
	});

	it('no one of a firm reads alerts, and the log role reads no words of a lease and no proof', async () => {
		for (const role of ['firm', 'portal', 'break_glass', 'broker', 'signer'] as const)
			expect([role, await attempt(role, 'select id from alerts')]).toEqual([role, NO_PRIVILEGE]);
		for (const statement of [
			'select reason_hash from leases',
			'select request_mac from leases',
			'select * from lease_texts',
			'select title from notes',
			'update leases set state = state',
		])
			expect([statement, await attempt('log', statement)]).toEqual([statement, NO_PRIVILEGE]);
	});

	it('the platform’s people can log that an alert was seen, and the portal and the broker cannot', async () => {
		const leaf = (plane: string, boot: string, entry: string) =>
			leafText({ plane, action: 'alert.acknowledge', id: entry, boot, sequence: 1 });
		const say = (role: Role, plane: string) => {
			const [entry, boot] = [uuidv7(), uuidv7()];
			return attempt(
				role,
				`insert into audit_entries (id, boot, sequence, leaf) values ('${entry}', '${boot}', 1, '${leaf(plane, boot, entry)}')`,
			);
		};
		expect(await say('operator', 'operator')).toBe('done');
		expect(await say('broker', 'broker')).toBe(NO_PRIVILEGE);
		expect(await say('portal', 'firm')).toBe(NO_PRIVILEGE);
		expect(await say('log', 'worker')).toBe(NO_PRIVILEGE);
	});
});

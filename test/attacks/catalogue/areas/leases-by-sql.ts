import { v7 as uuidv7 } from 'uuid';
import { expect } from 'vitest';
import { approvalStatement } from '../../../../src/access/index.ts';
import { openKeyring, openLog, openPlaneOf, openRights } from '../../../../src/compose.ts';
import { insertLeaseApproval, lockLease, moveLease, selectLease } from '../../../../src/database/index.ts';
import { KeyUnavailableError, PLATFORM } from '../../../../src/keys/index.ts';
import { hexOf } from '../../../../src/leases/index.ts';
import { codeOf } from '../../../database/two-firms.ts';
import { leasesOver } from '../../../leases/by-api.ts';
import { claimsOf } from '../../scene.ts';
import type { Area, Attack } from '../attack.ts';
import { noPrivilege, rule } from '../sql-attacks.ts';
import type { Stage } from '../stage.ts';

/** SQL of somebody who has the operator's login, in a transaction that breaks glass, or names no lease. */
const breaking = (stage: Stage, lease: string, statement: string) =>
	stage.sql('operator', { firm: stage.north.id }, async (tx) => {
		await tx`select set_config('role', 'firmseal_break_glass', true), set_config('firmseal.lease', ${lease}, true)`;
		return tx.unsafe(statement);
	});

/** As the broker's login. */
async function asBroker(stage: Stage, statement: string): Promise<unknown> {
	const sql = stage.installation.signIn('broker');
	try {
		return await sql.begin(async (tx) => {
			await tx`select set_config('role', 'firmseal_broker', true)`;
			return tx.unsafe(statement);
		});
	} finally {
		await sql.end();
	}
}

const requested = async ({ api, operator, north }: Stage) =>
	(await leasesOver(api.ask).requested(operator, north.id)).id;
const titleOf = ({ ours }: Stage) => `{ note(id: "${ours.ids.note}") { title } }`;

/** Works, and SECURITY.md says so. */
const works = (attack: string, expected: string, admitted: string, run: (stage: Stage) => Promise<void>): Attack => ({
	attack,
	expected: `Works: ${expected}`,
	layer: 'none',
	async run(stage) {
		await run(stage);
		return { admitted };
	},
});

async function reasonOf(work: Promise<unknown>): Promise<string> {
	try {
		await work;
		return 'done';
	} catch (error) {
		return error instanceof KeyUnavailableError ? error.reason : String(error);
	}
}

const NOTICED = ['LEASE_REQUESTED', 'LEASE_APPROVED', 'LEASE_ACTIVATED'];
const noticesOf = async ({ admin }: Stage, lease: string): Promise<string[]> =>
	(await admin`select kind from notices where lease_id = ${lease} order by created_at, id`).map(({ kind }) => kind);

/** What a process of the operator plane has: its login, and its keyring. */
async function asOperatorPlane<T>(
	{ installation: { config, database } }: Stage,
	work: (parts: { plane: ReturnType<typeof openPlaneOf>; rights: ReturnType<typeof openRights> }) => Promise<T>,
): Promise<T> {
	const plane = openPlaneOf(database, 'firmseal_operator', 2);
	const logPlane = openPlaneOf(database, 'firmseal_operator', 1);
	const audit = openLog(logPlane);
	try {
		const keyring = await openKeyring(config, 'operator');
		return await work({ plane, rights: openRights({ plane, keyring, audit, config, onUnrecorded: () => {} }) });
	} finally {
		await audit.close();
		await Promise.all([plane.close(), logPlane.close()]);
	}
}

/** Agrees in the name of an approver who knows nothing of it, and has the lease APPROVED and ACTIVATING, all by its own means. */
const agreeInTheNameOf = (stage: Stage, lease: string) =>
	asOperatorPlane(stage, async ({ plane, rights }) => {
		const row = await plane.read(null, (tx) => selectLease(tx, lease));
		if (!row) throw new Error('no such lease');
		const { firmId: firm, requestHash } = row;
		const user = claimsOf(stage.approver).sub;
		const side = 'PLATFORM' as const;
		const statement = approvalStatement({ lease, firm, requestHash: hexOf(requestHash), side, user });
		const mac = await rights.prove(PLATFORM, statement);
		await plane.write(null, (tx) =>
			insertLeaseApproval(tx, { leaseId: lease, firmId: firm, side, userId: user, requestHash, mac }),
		);
		for (const state of ['APPROVED', 'ACTIVATING'] as const)
			await plane.write(null, async (tx) => {
				await lockLease(tx, lease);
				await moveLease(tx, lease, state, user);
			});
	});

const setPolicy = async ({ ask, north }: Stage, policy: string) => {
	const set = `mutation { setFirmAccessPolicy(input: { policy: ${policy}, approvers: 1 }) { firm { id } } }`;
	expect((await ask(north.owner, set)).errors).toEqual([]);
};

export const leasesBySql: Area = {
	title: 'Leases by SQL and by the keyring',
	attacks: [
		noPrivilege(
			'Operator: makes a lease ACTIVE, lasts it longer, widens it, agrees for the firm, takes an end or a budget back',
			async (stage) => {
				const [waiting, { id }] = [await requested(stage), await stage.lease()];
				const of = `where id = '${id}'`;
				const owner = claimsOf(stage.north.owner).sub;
				return {
					states: await stage.states(
						'operator',
						{ firm: stage.north.id },
						`update leases set state = 'ACTIVE', activated_at = now(), expires_at = now() + interval '1 day', activation_mac = request_mac ${of}`,
						`update leases set expires_at = expires_at + interval '1 hour' ${of}`,
						`update leases set classes = '{NOTE,BILLING}' ${of}`,
						`update leases set coordinates = null ${of}`,
						`update leases set requested_by = reviewed_by ${of}`,
						`insert into leases select (l).* from (select l from leases l ${of}) l`,
						`insert into lease_approvals (lease_id, firm_id, side, user_id, request_hash, mac) select id, firm_id, 'FIRM', '${owner}', request_hash, request_mac from leases where id = '${waiting}'`,
						'delete from lease_ends',
						'delete from lease_approvals',
						'update lease_budgets set used = 0',
						'update lease_budgets set budget = null',
						"update access_policies set policy = 'NOTIFY'",
						'update clock_floor set at = now()',
						'truncate lease_ends',
					),
				};
			},
		),
		rule(
			'Operator: every move of a lease that is not its own, and any after the last',
			'23000: the transition table is a trigger too',
			async (stage) => {
				const [waiting, { id: active }] = [await requested(stage), await stage.lease()];
				const move = (id: string, state: string) => `update leases set state = '${state}' where id = '${id}'`;
				const states = await stage.states(
					'operator',
					{},
					move(waiting, 'ACTIVATING'),
					move(waiting, 'ACTIVE'),
					move(waiting, 'LAPSED'),
					move(active, 'APPROVED'),
					move(active, 'ACTIVATING'),
					move(active, 'EXPIRED'),
					// Without its end mark.
					move(active, 'REVOKED'),
					move(active, 'RELEASED'),
				);
				await stage.sql('operator', {}, move(waiting, 'CANCELLED'));
				states.push(...(await stage.states('operator', {}, move(waiting, 'REQUESTED'), move(waiting, 'APPROVED'))));
				return { states };
			},
		),
		rule(
			'A superuser: a lease whose times, hash, classes or minutes are none',
			'23514, whoever writes',
			async (stage) => {
				const { id } = await stage.lease();
				const states: string[] = [];
				for (const set of [
					"classes = '{}'",
					"classes = '{EVERYTHING}'",
					'minutes = 241',
					'minutes = 0',
					'read_budget = 0',
					"coordinates = '{}'",
					"record_ids = '{}'",
					'activation_mac = null',
					"request_hash = ''",
				])
					states.push(
						await codeOf(
							stage.admin.begin(async (tx) => {
								await tx.unsafe('alter table leases disable trigger guard');
								await tx.unsafe(`update leases set ${set} where id = '${id}'`);
							}),
						),
					);
				return { states };
			},
		),
		noPrivilege(
			'The role that breaks glass: reads without a lease, under one that waits, and writes under one that is active',
			async (stage) => {
				const waiting = await requested(stage);
				for (const lease of ['', uuidv7(), waiting])
					for (const table of ['notes', 'messages', 'documents', 'invoices', 'data_keys'])
						expect([table, [...(await breaking(stage, lease, `select * from ${table}`))]]).toEqual([table, []]);
				const { id } = await stage.lease();
				expect((await breaking(stage, id, 'select title from notes')).length).toBeGreaterThan(0);
				expect([...(await breaking(stage, id, 'select body from messages'))]).toEqual([]);
				const states: string[] = [];
				for (const statement of [
					'update notes set revision = revision + 1',
					'delete from notes',
					'insert into notes select * from notes',
					'select 1 from notes for update',
					'lock table notes in share mode',
					'select * from leases',
					"update leases set state = 'ACTIVE'",
					'update lease_budgets set used = 0',
					'select * from audit_entries',
					'copy notes from stdin',
				])
					states.push(await codeOf(breaking(stage, id, statement)));
				return { states };
			},
			'No row, and 42501: no privilege',
		),
		noPrivilege(
			'Operator: the columns of content once its own role is back, in the transaction of an active lease and after it',
			async (stage) => {
				const { id } = await stage.lease();
				const back = `select title from notes; set local role firmseal_operator; select title from notes`;
				const left = await codeOf(breaking(stage, id, back));
				return {
					states: [left, ...(await stage.states('operator', { firm: stage.north.id }, 'select title from notes'))],
				};
			},
		),
		noPrivilege(
			'Broker: reads content, agrees to a lease, asks for one, and writes members or operators',
			async (stage) => {
				const { id } = await stage.lease();
				const states: string[] = [];
				for (const statement of [
					'select id from notes',
					'select body from messages',
					`insert into lease_approvals (lease_id, firm_id, side, user_id, request_hash, mac) select id, firm_id, 'PLATFORM', requested_by, request_hash, request_mac from leases where id = '${id}'`,
					`update leases set classes = '{NOTE,BILLING}' where id = '${id}'`,
					'insert into leases select * from leases',
					'update lease_budgets set used = 0',
					"update memberships set role = 'OWNER'",
					"update operators set roles = '{APPROVER}'",
					"update access_policies set policy = 'NOTIFY'",
					'set local role firmseal_break_glass',
					'set local role firmseal_operator',
				])
					states.push(await codeOf(asBroker(stage, statement)));
				return { states };
			},
		),
		{
			attack:
				'Operator’s process: unwraps a key without a grant, another class with one, the firm’s RIGHTS key, and makes a grant',
			expected: 'REFUSED by the keyring',
			layer: 'key lock',
			async run(stage) {
				const keyring = await openKeyring(stage.installation.config, 'operator');
				const firm = stage.north.id;
				const unwrap = async (of: string) => {
					const [row] =
						await stage.admin`select wrapped from data_keys where firm_id = ${firm} and class = ${of} limit 1`;
					return reasonOf(keyring.unwrap({ firm, class: of }, row?.wrapped));
				};
				const before = await unwrap('NOTE');
				await stage.lease();
				expect(await unwrap('NOTE')).toBe('done');
				return {
					keyring: [
						before,
						await unwrap('COMMUNICATION'),
						await unwrap('RIGHTS'),
						await reasonOf(keyring.createGrant({ name: 'bg-mine-BILLING', firm, class: 'BILLING' })),
					],
				};
			},
		},
		{
			attack: 'Operator’s process: unwraps the key of a lease that was revoked, once the broker has taken the grant',
			expected: 'REFUSED by the keyring, in the process that has used it before',
			layer: 'key lock',
			async run(stage) {
				const keyring = await openKeyring(stage.installation.config, 'operator');
				const firm = stage.north.id;
				const [row] =
					await stage.admin`select wrapped from data_keys where firm_id = ${firm} and class = 'NOTE' limit 1`;
				const unwrap = () => reasonOf(keyring.unwrap({ firm, class: 'NOTE' }, row?.wrapped));
				await stage.lease();
				expect(await unwrap()).toBe('done');
				await stage.clear();
				return { keyring: [await unwrap()] };
			},
		},
		works(
			'An operator plane that is dishonest asks and agrees by itself, where the firm’s policy is NOTIFY',
			'the broker finds every proof in order. The owners are told at each step',
			'With the policy NOTIFY it gets a lease by itself',
			async (stage) => {
				await setPolicy(stage, 'NOTIFY');
				try {
					const lease = await requested(stage);
					await agreeInTheNameOf(stage, lease);
					expect(await stage.broker.decide({ lease, firm: stage.north.id })).toEqual([]);
					expect((await stage.under(lease, titleOf(stage))).data.note.title).toContain(stage.ours.marker);
					expect(await noticesOf(stage, lease)).toEqual([...NOTICED, 'LEASE_READ']);
					await leasesOver(stage.api.ask).step(stage.north.owner, 'revoke', lease);
					await stage.broker.clear({ lease, firm: stage.north.id });
				} finally {
					await setPolicy(stage, 'APPROVE');
				}
				// An owner’s yes it can’t make.
				const lease = await requested(stage);
				await agreeInTheNameOf(stage, lease);
				expect(await stage.broker.decide({ lease, firm: stage.north.id })).toEqual(['APPROVALS']);
			},
		),
		works(
			'An operator plane that is dishonest reads under an active lease past its fields and its budget, without a record',
			'row policies and grant know the firm, the classes and the records. Nothing else opens, and nothing after the end',
			'reads past its coordinates and budget, without a record',
			async (stage) => {
				const { id } = await stage.lease({
					coordinates: ['Note.title'],
					readBudget: 1,
					recordIds: [stage.ours.ids.note],
				});
				const rows = await breaking(stage, id, 'select id, body from notes');
				expect(rows.map((row: { id: string }) => row.id)).toEqual([stage.ours.ids.note]);
				expect(rows[0].body.subarray(0, 2).toString('hex')).toBe('f501');
				const [key] = await breaking(stage, id, "select wrapped from data_keys where class = 'NOTE'");
				const keyring = await openKeyring(stage.installation.config, 'operator');
				const unwrapped = await keyring.unwrap({ firm: stage.north.id, class: 'NOTE' }, key.wrapped);
				expect(unwrapped.plaintext).toHaveLength(32);
				const [budget] = await stage.admin`select used from lease_budgets where lease_id = ${id}`;
				expect(Number(budget?.used)).toBe(0);
				await stage.ask(stage.north.owner, `mutation { revokeBreakGlass(leaseId: "${id}") { lease { state } } }`);
				expect([...(await breaking(stage, id, 'select body from notes'))]).toEqual([]);
			},
		),
		works(
			'A database administrator sets a lease’s budget back to nothing used',
			'the count is no right, and has no proof. Each reading is on record',
			'may set back what a lease has used of its budget',
			async (stage) => {
				const { id } = await stage.lease({ readBudget: 2 });
				for (let n = 0; n < 3; n++) {
					expect((await stage.under(id, titleOf(stage))).data.note.title).toContain(stage.ours.marker);
					await stage.admin`update lease_budgets set used = 0 where lease_id = ${id}`;
				}
				const uses = await stage.admin`
					select 1 from audit_entries where leaf::jsonb ->> 'lease' = ${id} and leaf::jsonb ->> 'action' = 'lease.use'`;
				expect(uses).toHaveLength(3);
			},
		),
		works(
			'A database administrator puts a lease that has ended back to where it waits for the broker',
			'it is activated once more, for its minutes, since all its proofs are true. The owners are told again',
			'may put a lease that has ended back to before its activation',
			async (stage) => {
				const { id: lease } = await stage.lease();
				await stage.clear();
				expect((await stage.under(lease, titleOf(stage))).status).toBe(403);
				await stage.admin.begin(async (tx) => {
					await tx.unsafe(
						'alter table leases disable trigger guard; alter table lease_ends disable trigger append_only_row',
					);
					await tx`delete from lease_ends where lease_id = ${lease}`;
					await tx`update leases set state = 'ACTIVATING', ended_at = null, cleared_at = null, activated_at = null,
						expires_at = null, activation_mac = null where id = ${lease}`;
					await tx.unsafe(
						'alter table leases enable always trigger guard; alter table lease_ends enable always trigger append_only_row',
					);
				});
				expect(await stage.broker.decide({ lease, firm: stage.north.id })).toEqual([]);
				expect((await stage.under(lease, titleOf(stage))).data.note.title).toContain(stage.ours.marker);
				const told = (await noticesOf(stage, lease)).filter((kind) => kind === 'LEASE_ACTIVATED');
				expect(told).toHaveLength(2);
				await leasesOver(stage.api.ask).step(stage.north.owner, 'revoke', lease);
				await stage.broker.clear({ lease, firm: stage.north.id });
			},
		),
	],
};

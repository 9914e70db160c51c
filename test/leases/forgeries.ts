import { hashLeaseRequest, leaseRequestOf } from '../../src/leases/request-hash.ts';
import type { LeaseStage } from './stage.ts';

/** A change by SQL, with the privileges of the database's owner, to an approved lease or to a row that it depends on. */
export interface Forgery {
	readonly name: string;
	/** The reason that the broker must report. */
	readonly doubt: string;
	/** False if no proof covers the changed value. */
	readonly isUnproven?: false;
	forge(stage: LeaseStage, lease: string): Promise<unknown>;
	/** Restores rows that other leases also depend on. */
	undo?(stage: LeaseStage): Promise<unknown>;
}

type Table =
	| 'leases'
	| 'lease_events'
	| 'lease_ends'
	| 'lease_approvals'
	| 'operators'
	| 'memberships'
	| 'users'
	| 'firms'
	| 'access_policies';

/** Disables the table's triggers, which only the database's owner can. */
export async function unguarded(
	{ installation: { admin } }: Pick<LeaseStage, 'installation'>,
	table: Table,
	statement: string,
	values: string[] = [],
) {
	const forge = () =>
		admin.begin(async (sql) => {
			await sql.unsafe(`alter table ${table} disable trigger user`);
			await sql.unsafe(statement, values);
			for (const { name } of await sql`
			select tgname as name from pg_trigger where tgrelid = ${table}::regclass and not tgisinternal`)
				await sql.unsafe(`alter table ${table} enable always trigger ${name}`);
		});
	// The broker holds the row and may wait for the table, while this waits for the row. PostgreSQL then aborts one of the two.
	await forge().catch((error: { code?: string }) => {
		if (error.code !== '40P01') throw error;
		return forge();
	});
}

const HEX = Buffer.alloc(36, 1).toString('hex');

/** A change of rows that is restored by setting another value. */
const changed = (table: Table, set: string, where: string, back: string, of: (stage: LeaseStage) => string) => ({
	forge: (stage: LeaseStage) => unguarded(stage, table, `update ${table} set ${set} where ${where}`, [of(stage)]),
	undo: (stage: LeaseStage) => unguarded(stage, table, `update ${table} set ${back} where ${where}`, [of(stage)]),
});

const approver = ({ people }: LeaseStage) => people.approver;
const requester = ({ people }: LeaseStage) => people.requester;
const owner = ({ people }: LeaseStage) => people.owner;
const firm = (stage: LeaseStage) => stage.firm.id;

const ofLease = (table: Table, set: string, where = '') => ({
	forge: (stage: LeaseStage, lease: string) =>
		unguarded(
			stage,
			table,
			`update ${table} set ${set} where ${table === 'leases' ? 'id' : 'lease_id'} = $1 ${where}`,
			[lease],
		),
});

/** Copies a value from another account's row, and restores the account's own. */
const swappedPersons = {
	forge: (stage: LeaseStage) =>
		unguarded(
			stage,
			'users',
			'update users set person_id = (select person_id from users where id = $2) where id = $1',
			[stage.people.approver, stage.people.requester],
		),
	undo: (stage: LeaseStage) =>
		unguarded(stage, 'users', 'update users set person_id = $2 where id = $1', [
			stage.people.approver,
			stage.persons.approver,
		]),
};

export const FORGERIES: readonly Forgery[] = [
	{ name: 'the proof of the request', doubt: 'REQUEST', ...ofLease('leases', `request_mac = '\\x${HEX}'`) },
	{
		name: 'the proof of the request, copied from another request',
		doubt: 'REQUEST',
		async forge(stage, lease) {
			const other = await stage.ask();
			await unguarded(
				stage,
				'leases',
				'update leases set request_mac = (select request_mac from leases where id = $2) where id = $1',
				[lease, other],
			);
		},
	},
	{ name: 'the requested classes', doubt: 'REQUEST', ...ofLease('leases', `classes = '{NOTE,BILLING}'`) },
	{ name: 'the requested minutes', doubt: 'REQUEST', ...ofLease('leases', 'minutes = 240') },
	{ name: 'the reason of the request', doubt: 'REQUEST', ...ofLease('leases', 'reason_hash = ticket_hash') },
	{
		name: 'the request, with its hash and that of each approval',
		doubt: 'REQUEST',
		async forge(stage, lease) {
			await unguarded(stage, 'leases', `update leases set classes = '{NOTE,BILLING}' where id = $1`, [lease]);
			const hash = Buffer.from(hashLeaseRequest(leaseRequestOf(await stage.find(lease)))).toString('hex');
			await unguarded(stage, 'leases', `update leases set request_hash = '\\x${hash}' where id = $1`, [lease]);
			await unguarded(
				stage,
				'lease_approvals',
				`update lease_approvals set request_hash = '\\x${hash}' where lease_id = $1`,
				[lease],
			);
		},
	},
	{
		name: 'the requester',
		doubt: 'REQUEST',
		forge: (stage, lease) =>
			unguarded(stage, 'leases', 'update leases set requested_by = $2 where id = $1', [lease, stage.people.second]),
	},
	{
		name: "the proof of the platform's approval",
		doubt: 'APPROVALS',
		...ofLease('lease_approvals', `mac = '\\x${HEX}'`, `and side = 'PLATFORM'`),
	},
	{
		name: "the proof of the firm's approval",
		doubt: 'APPROVALS',
		...ofLease('lease_approvals', `mac = '\\x${HEX}'`, `and side = 'FIRM'`),
	},
	{
		name: 'the request hash of an approval',
		doubt: 'APPROVALS',
		...ofLease('lease_approvals', `request_hash = sha256('x')`, `and side = 'FIRM'`),
	},
	{
		name: "the side of the firm's approval",
		doubt: 'APPROVALS',
		...ofLease('lease_approvals', `side = 'PLATFORM'`),
	},
	{
		name: 'the proof of an approval, copied from another lease',
		doubt: 'APPROVALS',
		async forge(stage, lease) {
			const other = await stage.approved();
			await unguarded(
				stage,
				'lease_approvals',
				`update lease_approvals a set mac = o.mac from lease_approvals o where a.lease_id = $1 and o.lease_id = $2 and a.user_id = o.user_id`,
				[lease, other],
			);
		},
	},
	{
		name: 'the person of an approval',
		doubt: 'APPROVALS',
		forge: (stage, lease) =>
			unguarded(
				stage,
				'lease_approvals',
				`update lease_approvals set user_id = $2 where lease_id = $1 and side = 'PLATFORM'`,
				[lease, stage.people.second],
			),
	},
	{
		name: "the approver's role",
		doubt: 'APPROVALS',
		...changed('operators', `roles = '{AUDITOR}'`, 'user_id = $1', `roles = '{APPROVER}'`, approver),
	},
	{
		name: 'that the approver is not disabled',
		doubt: 'APPROVALS',
		...changed('operators', 'disabled_at = now()', 'user_id = $1', 'disabled_at = null', approver),
	},
	{
		name: "that the approver's account works",
		doubt: 'APPROVALS',
		isUnproven: false,
		...changed('users', 'disabled_at = now()', 'id = $1', 'disabled_at = null', approver),
	},
	{
		name: 'that the owner is not removed',
		doubt: 'APPROVALS',
		...changed('memberships', 'removed_at = now()', 'user_id = $1', 'removed_at = null', owner),
	},
	{
		name: 'that the owner is one',
		doubt: 'APPROVALS',
		...changed('memberships', `role = 'MEMBER'`, 'user_id = $1', `role = 'OWNER'`, owner),
	},
	{
		name: 'who the owner is',
		doubt: 'APPROVALS',
		...changed('users', `subject = subject || 'x'`, 'id = $1', `subject = left(subject, -1)`, owner),
	},
	{ name: 'that approver and requester are two persons', doubt: 'APPROVALS', ...swappedPersons },
	{
		name: "the requester's role",
		doubt: 'REQUESTER',
		...changed('operators', `roles = '{AUDITOR}'`, 'user_id = $1', `roles = '{OPERATOR}'`, requester),
	},
	{
		name: 'a role for the requester',
		doubt: 'REQUESTER',
		...changed('operators', `roles = '{OPERATOR,APPROVER}'`, 'user_id = $1', `roles = '{OPERATOR}'`, requester),
	},
	{
		name: "that the requester's account works",
		doubt: 'REQUESTER',
		isUnproven: false,
		...changed('users', 'disabled_at = now()', 'id = $1', 'disabled_at = null', requester),
	},
	{
		name: 'the access policy of the firm',
		doubt: 'POLICY',
		...changed('access_policies', `policy = 'NOTIFY'`, 'firm_id = $1', `policy = 'APPROVE'`, firm),
	},
	{
		name: 'that the firm is active',
		doubt: 'FIRM',
		isUnproven: false,
		...changed('firms', `status = 'SUSPENDED'`, 'id = $1', `status = 'ACTIVE'`, firm),
	},
	{
		name: 'the clock',
		doubt: 'CLOCK',
		isUnproven: false,
		forge: ({ installation: { admin } }) =>
			admin`update clock_high_water_marks set at = clock_timestamp() + interval '1 hour'`,
		undo: ({ installation: { admin } }) => admin`update clock_high_water_marks set at = clock_timestamp()`,
	},
];

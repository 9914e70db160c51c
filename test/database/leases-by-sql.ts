import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Sql, TransactionSql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { addRow } from './firm-owned-tables.ts';
import type { Firm, Side, TwoFirms } from './two-firms.ts';

/**
 * Leases that only SQL has made, moved by each role in turn. The database does not check proofs, so any bytes serve as proofs: such a lease
 * shows what the database's lock alone allows, without the two other locks.
 */
export interface SqlLease {
	readonly id: string;
	readonly firm: string;
	/** The requester's account. */
	readonly user: string;
}

export interface SqlTerms {
	readonly classes?: readonly string[];
	readonly coordinates?: readonly string[] | null;
	readonly records?: readonly string[] | null;
	readonly budget?: number | null;
	readonly minutes?: number;
	/** The requester's account; by default a new operator's. */
	readonly user?: string;
}

export const CLASSES = ['DOCUMENT', 'COMMUNICATION', 'BILLING', 'NOTE'] as const;

interface Bound {
	readonly table: string;
	readonly column: string;
	readonly class: string;
}
const bound = Object.values(
	JSON.parse(readFileSync(new URL('../../drizzle/sealed.lock.json', import.meta.url), 'utf8')) as Record<string, Bound>,
);

/** Each table of content with its class and its sealed columns. */
export const CONTENT: readonly { readonly table: string; readonly of: string; readonly columns: readonly string[] }[] =
	[...Map.groupBy(bound, ({ table }) => table)].map(([table, places]) => ({
		table,
		of: places[0]?.class as string,
		columns: places.map(({ column }) => column),
	}));

export type State = 'REQUESTED' | 'APPROVED' | 'ACTIVATING' | 'ACTIVE' | Ended;
export type Ended = 'EXPIRED' | 'REVOKED' | 'RELEASED' | 'EXHAUSTED' | 'DENIED' | 'CANCELLED' | 'LAPSED';

const hash = () => createHash('sha256').update(randomBytes(8)).digest();
/** Bytes with the size of a proof. */
const anyMac = () => randomBytes(36);

/** An account of the platform, as a database administrator would insert it. */
export async function addAccount(admin: Sql, ...roles: string[]): Promise<string> {
	const id = uuidv7();
	await admin`insert into users ${admin({ id, issuer: 'sql', subject: id, person_id: uuidv7(), email: `${id}@platform.example`, name: 'Operator' })}`;
	await admin`insert into operators (user_id, roles) values (${id}, ${roles})`;
	return id;
}

export async function requestBySql(two: TwoFirms, firm: Pick<Firm, 'id'>, terms: SqlTerms = {}): Promise<SqlLease> {
	const { classes = ['NOTE'], coordinates = null, records = null, budget = null, minutes = 30 } = terms;
	const user = terms.user ?? (await addAccount(two.admin, 'OPERATOR'));
	const id = uuidv7();
	await two.as(
		'operator',
		null,
		(tx) =>
			tx`insert into leases (id, firm_id, requested_by, purpose, classes, coordinates, record_ids, read_budget, minutes, reason_hash,
				ticket_hash, request_hash, request_mac, acted_by)
			values (${id}, ${firm.id}, ${user}, 'INCIDENT', ${[...classes]}, ${coordinates && [...coordinates]}::text[],
				${records && [...records]}::uuid[], ${budget}, ${minutes}, ${hash()}, ${hash()}, ${hash()}, ${anyMac()}, ${user})`,
	);
	return { id, firm: firm.id, user };
}

const MOVERS: Readonly<Record<Exclude<State, 'REQUESTED'>, Side>> = {
	APPROVED: 'operator',
	ACTIVATING: 'operator',
	ACTIVE: 'broker',
	EXPIRED: 'broker',
	REVOKED: 'operator',
	RELEASED: 'operator',
	EXHAUSTED: 'broker',
	DENIED: 'operator',
	CANCELLED: 'operator',
	LAPSED: 'broker',
};

/** One move, by a role that may make it. The database refuses to end a lease in use without an end mark. */
export async function moveBySql(two: TwoFirms, lease: SqlLease, state: Exclude<State, 'REQUESTED'>): Promise<void> {
	await two.as(MOVERS[state], null, (tx) =>
		state === 'ACTIVE'
			? tx`update leases set state = 'ACTIVE', activated_at = now.at, expires_at = now.at + minutes * interval '1 minute',
					activation_mac = ${anyMac()}
				from (select date_trunc('milliseconds', clock_timestamp()) as at) now where id = ${lease.id}`
			: tx`update leases set state = ${state} where id = ${lease.id}`,
	);
}

export async function activeLeaseBySql(two: TwoFirms, firm: Pick<Firm, 'id'>, terms: SqlTerms = {}): Promise<SqlLease> {
	const lease = await requestBySql(two, firm, terms);
	for (const state of ['APPROVED', 'ACTIVATING', 'ACTIVE'] as const) await moveBySql(two, lease, state);
	return lease;
}

/** The first step of every end, in a separate transaction. */
export const markEnd = (two: TwoFirms, { id, firm }: SqlLease) =>
	two.as('operator', null, (tx) => tx`insert into lease_ends (lease_id, firm_id) values (${id}, ${firm})`);

export async function revokeBySql(two: TwoFirms, lease: SqlLease): Promise<void> {
	await markEnd(two, lease);
	await moveBySql(two, lease, 'REVOKED');
}

/** Shifts the times of a lease, which no role can: as the superuser. */
export async function expireIn({ admin }: TwoFirms, { id }: SqlLease, milliseconds: number): Promise<void> {
	await admin.begin(async (tx) => {
		await tx.unsafe('alter table leases disable trigger guard');
		await tx`update leases set expires_at = clock_timestamp() + ${milliseconds} * interval '1 millisecond' where id = ${id}`;
		await tx.unsafe('alter table leases enable always trigger guard');
	});
}

/** What a break-glass transaction names. */
export interface Naming {
	readonly firm?: string;
	readonly lease?: string;
}

/** Takes the break-glass role, in a transaction of the operator's login. */
export async function becomeBreakGlass(tx: TransactionSql, { firm = '', lease = '' }: Naming): Promise<void> {
	await tx`select set_config('role', 'firmseal_break_glass', true), set_config('firmseal.firm', ${firm}, true),
		set_config('firmseal.lease', ${lease}, true)`;
}

export const asBreakGlass = <T>(two: TwoFirms, naming: Naming, work: (tx: TransactionSql) => Promise<T>): Promise<T> =>
	two.as('operator', null, async (tx) => {
		await becomeBreakGlass(tx, naming);
		return work(tx);
	});

/** Names the lease and its firm. */
export const under = ({ id, firm }: SqlLease): Required<Naming> => ({ firm, lease: id });

/** What a session names before the policy is evaluated for a note, and how much of the policy it wants evaluated first: none, the cheap part, or all. */
export type NamingRow = readonly [of: Required<Naming>, note: string, isAsked?: boolean, isLate?: boolean];

/** Plans that name and evaluate row by row. */
export const ROW_BY_ROW = ['seqscan', 'bitmapscan', 'hashjoin', 'mergejoin', 'memoize'].map(
	(plan) => `set local enable_${plan} = off`,
);

/**
 * A statement that names another firm and lease with each row. Its own conditions use leakproof operators, so that a plan may put them between
 * the policy's conditions.
 */
export const takingApart = (...rows: NamingRow[]): string => `
	select n.id, n.title from (values ${rows
		.map(
			([{ firm, lease }, id, isAsked = true, isLate = true]) =>
				`('${id}'::uuid, '${firm}', '${lease}', ${isAsked}, ${isLate})`,
		)
		.join(', ')}) as v (id, firm, lease, is_asked, is_late),
	lateral (select set_config('firmseal.firm', v.firm, true) as f, set_config('firmseal.lease', v.lease, true) as l offset 0) s,
	lateral (select n.id, n.title from notes n where n.id = case when s.f is not null and s.l is not null then v.id end
		and case when n.deleted_at is null then v.is_asked else v.is_asked end and (n.id < v.id or n.id > v.id or v.is_late) offset 0) n`;

/** The content rows that a transaction sees, with all sealed columns: ids by table, without empty tables. */
export const seenRows = (two: TwoFirms, naming: Naming): Promise<Record<string, string[]>> =>
	asBreakGlass(two, naming, async (tx) => {
		const seen: Record<string, string[]> = {};
		for (const { table, columns } of CONTENT) {
			const rows = await tx`select id, ${tx(columns)} from public.${tx(table)} order by id`;
			if (rows.length > 0) seen[table] = rows.map(({ id }) => id);
		}
		return seen;
	});

/** Adds a row to every content table for a firm, with each sealed column filled. Ids by table. */
export async function addContent(admin: Sql, firm: Firm): Promise<Record<string, string[]>> {
	for (let round = 0; round < 2; round++) for (const { table } of CONTENT) await addRow(admin, table, firm);
	const ids: Record<string, string[]> = {};
	for (const { table } of CONTENT)
		ids[table] = (await admin`select id from ${admin(table)} where firm_id = ${firm.id} order by id`).map(
			({ id }) => id,
		);
	return ids;
}

/** The tables of some classes. */
export const ofClasses = (ids: Readonly<Record<string, string[]>>, ...classes: string[]): Record<string, string[]> =>
	Object.fromEntries(CONTENT.filter(({ of }) => classes.includes(of)).map(({ table }) => [table, ids[table] ?? []]));

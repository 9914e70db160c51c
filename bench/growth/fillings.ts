import type postgres from 'postgres';
import { writeEntries } from '../data/entries.ts';

/** Notes of each additional firm. */
const NOTES = 5;

/** The changed columns of a clone, as SQL of its number `n` and of the original row `x`. */
type Changes = Readonly<Record<string, string>>;

/** Clones the rows that `where` selects, once for each number from `from` to `to` - 1. */
async function cloneRows(
	sql: postgres.Sql,
	[from, to]: readonly [number, number],
	table: string,
	where: string,
	changes: Changes,
): Promise<void> {
	const pairs = Object.entries(changes).map(([column, value]) => `'${column}', ${value}`);
	await sql.unsafe(`insert into ${table} select r.* from ${table} x, generate_series(${from}, ${to - 1}) n,
		lateral jsonb_populate_record(x, jsonb_build_object(${pairs.join(', ')})) r where ${where}`);
}

/** Notes that are older than those of a page, and have no content. */
export const olderNotes = (firm: string) => (sql: postgres.Sql, from: number, to: number) =>
	cloneRows(
		sql,
		[from, to],
		'notes',
		`x.id = (select min(id::text)::uuid from notes where firm_id = '${firm}' and body is not null)`,
		{
			id: `'01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0')`,
			body: 'null::text',
			created_at: `x.created_at - n * interval '1 second'`,
			updated_at: `x.updated_at - n * interval '1 second'`,
		},
	);

/** Firms with people, keys and notes like those of this firm. */
export const moreFirms = (firm: string) => async (sql: postgres.Sql, from: number, to: number) => {
	const other = `md5('firm' || n)::uuid`;
	const cloneOf = (column: string) => `md5(n || ${column}::text)::uuid`;
	const ofFirm = `x.firm_id = '${firm}'`;
	const clone = (table: string, where: string, changes: Changes) => cloneRows(sql, [from, to], table, where, changes);
	await clone('firms', `x.id = '${firm}'`, { id: other, slug: `'firm-' || n` });
	await clone('users', `x.id in (select user_id from memberships where firm_id = '${firm}')`, {
		id: cloneOf('x.id'),
		person_id: cloneOf('x.person_id'),
		email: `n || '.' || x.email`,
		subject: `n || x.subject`,
	});
	await clone('memberships', ofFirm, { firm_id: other, user_id: cloneOf('x.user_id') });
	await clone('data_keys', ofFirm, { firm_id: other });
	await clone('notes', `x.id in (select id from notes where firm_id = '${firm}' limit ${NOTES})`, {
		firm_id: other,
		id: cloneOf('x.id'),
		author_id: cloneOf('x.author_id'),
		// The database checks that an envelope begins with the tag of its firm.
		body: `overlay(x.body placing substring(sha256(convert_to(${other}::text, 'UTF8')) from 1 for 4) from 7)`,
	});
};

/** Leases that their operators have released. */
export const endedLeases = (lease: string) => async (sql: postgres.Sql, from: number, to: number) => {
	// A trigger allows only requested leases to be inserted, even by a superuser.
	await sql`alter table leases disable trigger user`;
	await cloneRows(sql, [from, to], 'leases', `x.id = '${lease}'`, {
		id: `'01910000-0000-7000-8000-' || lpad(to_hex(n), 12, '0')`,
		state: `'RELEASED'`,
		ended_at: 'x.activated_at',
		cleared_at: 'x.activated_at',
		requested_at: `x.requested_at - n * interval '1 second'`,
	});
	await sql`alter table leases enable trigger user`;
};

export const moreEntries = (firm: string, signal: AbortSignal) => (sql: postgres.Sql, from: number, to: number) =>
	writeEntries(sql, [from, to], firm, signal);

// biome-ignore lint/correctness/noUndeclaredDependencies: the project has it; bench/package.json is for peers only.
import type postgres from 'postgres';
import { writeEntries } from '../audit/write-entries.ts';
import { cloneRows } from './copies.ts';

/** Entries of one transaction. */
const TOGETHER = 10_000;
/** Notes of each further firm. */
const NOTES = 5;

/** Notes of a firm that are older than those that a page shows, and so are never opened: without content. */
export const olderNotes = (firm: string) => (sql: postgres.Sql, from: number, to: number) =>
	cloneRows(
		sql,
		{
			table: 'notes',
			where: `x.id = (select min(id::text)::uuid from notes where firm_id = '${firm}' and body is not null)`,
			changes: {
				id: `'01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0')`,
				body: 'null::text',
				created_at: `x.created_at - n * interval '1 second'`,
				updated_at: `x.updated_at - n * interval '1 second'`,
			},
		},
		[from, to],
	);

/** Further firms with people, keys and notes like those of this one. */
export const moreFirms = (firm: string) => async (sql: postgres.Sql, from: number, to: number) => {
	const other = `md5('firm' || n)::uuid`;
	const cloneOf = (column: string) => `md5(n || ${column}::text)::uuid`;
	const ofFirm = `x.firm_id = '${firm}'`;
	const clones = [
		{ table: 'firms', where: `x.id = '${firm}'`, changes: { id: other, slug: `'firm-' || n` } },
		{
			table: 'users',
			where: `x.id in (select user_id from memberships where firm_id = '${firm}')`,
			changes: {
				id: cloneOf('x.id'),
				person_id: cloneOf('x.person_id'),
				email: `n || '.' || x.email`,
				subject: `n || x.subject`,
			},
		},
		{ table: 'memberships', where: ofFirm, changes: { firm_id: other, user_id: cloneOf('x.user_id') } },
		{ table: 'data_keys', where: ofFirm, changes: { firm_id: other } },
		{
			table: 'notes',
			where: `x.id in (select id from notes where firm_id = '${firm}' limit ${NOTES})`,
			changes: {
				firm_id: other,
				id: cloneOf('x.id'),
				author_id: cloneOf('x.author_id'),
				// Envelopes begin with the tag of their firm, which the database checks.
				body: `overlay(x.body placing substring(sha256(convert_to(${other}::text, 'UTF8')) from 1 for 4) from 7)`,
			},
		},
	];
	for (const each of clones) await cloneRows(sql, each, [from, to]);
};

/** Leases that have been given back. */
export const endedLeases = (lease: string) => async (sql: postgres.Sql, from: number, to: number) => {
	const changes = {
		id: `'01910000-0000-7000-8000-' || lpad(to_hex(n), 12, '0')`,
		state: `'RELEASED'`,
		ended_at: 'x.activated_at',
		cleared_at: 'x.activated_at',
		requested_at: `x.requested_at - n * interval '1 second'`,
	};
	// By which a lease can only begin as a request, also for a superuser.
	await sql`alter table leases disable trigger user`;
	await cloneRows(sql, { table: 'leases', where: `x.id = '${lease}'`, changes }, [from, to]);
	await sql`alter table leases enable trigger user`;
};

/** Entries of one firm in the log. */
export const moreEntries =
	(firm: string, signal: AbortSignal) =>
	async (sql: postgres.Sql, from: number, to: number): Promise<void> => {
		for (let at = from; at < to; at += TOGETHER) {
			signal.throwIfAborted();
			await writeEntries(sql, { from: at, to: Math.min(at + TOGETHER, to), firms: firm });
		}
	};

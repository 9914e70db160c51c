import type { Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servers } from '../support/both-servers.ts';
import { LOGINS } from '../support/installation.ts';
import { makeTwoFirms, type TwoFirms } from './two-firms.ts';

interface Column {
	readonly table: string;
	readonly column: string;
	readonly type: string;
}

/** Bytes that no column accepts, except for content and files. */
const MUCH = 70_000;
const MIB = 2 ** 20;
const MORE: Readonly<Record<string, number>> = {
	'erasures.certificate': 8 * MIB,
	'escrow_files.file': 64 * MIB,
	'recovery_files.file': 64 * MIB,
};

/** Values that are too large, for each type without a fixed size. Patterns allow at least one of the letters. */
const LETTERS = "unnest(array['a', 'A', '0', '_', '-', '.', '/', ' ', 'é']) letter";
const tooLarge = (bytes: number): Readonly<Record<string, string>> => ({
	text: `select repeat(letter, ${bytes} + 1) from ${LETTERS}`,
	bytea: `select 'age-encryption.org/v1\n'::bytea || decode(repeat('00', ${bytes}), 'hex')`,
	sealed: `select '\\xf501'::bytea || decode(repeat('00', ${2 * MIB}), 'hex')`,
	jsonb: `select jsonb_build_object('a', repeat('a', ${bytes})) union all select jsonb_build_object(repeat('a', ${bytes}), 1)
		union all select jsonb_agg(1) from generate_series(1, ${bytes})`,
	pg_snapshot: `select (1 || ':' || ${bytes} || ':' || string_agg(i::text, ',' order by i))::pg_snapshot from generate_series(1, ${bytes} - 1) i`,
	'text[]': `select array_fill(''::text, array[${bytes}]) union all select array[repeat(letter, ${bytes})] from ${LETTERS}`,
	'uuid[]': `select array_fill(gen_random_uuid(), array[${bytes}])`,
});

/** Columns without a fixed size that a login can write, by any role that it may become or by a function of the owner. */
const WRITABLE = `select distinct l.rolname as login, c.relname as table, a.attname as column, format_type(a.atttypid, a.atttypmod) as type
	from pg_roles l join pg_roles r on pg_has_role(l.oid, r.oid, 'member')
	cross join pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attlen < 0
	where l.rolname in (${Object.values(LOGINS).map((login) => `'${login}'`)}) and c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
		and has_column_privilege(r.oid, c.oid, a.attnum, 'INSERT, UPDATE')
	order by 1, 2, 3`;

/** A CHECK on a column's length, words or whole form; not only on its presence or its beginning. */
const says = (column: string) =>
	`'length\\((array_to_string\\(|\\()?${column}\\M|cardinality\\(${column}\\M|\\m${column}\\)?(::text)? (~|=|<@) '`;

/** The type of a column without a limit: the column's own CHECKs accept a value that is too large. Null if it has a limit. */
async function unboundedType(admin: Sql, { table, column, type }: Column): Promise<string | null> {
	const values = tooLarge(MORE[`${table}.${column}`] ?? MUCH)[type];
	if (!values) return `${type}, of which this test has no value that is too large`;
	const rollback = new Error();
	let isTaken = true;
	const look = admin.begin(async (tx) => {
		await tx.unsafe(`create temp table probe (like public.${table} including constraints)`);
		const needed =
			await tx`select attname as name from pg_attribute where attrelid = 'probe'::regclass and attnum > 0 and attnotnull`;
		for (const { name } of needed) await tx`alter table probe alter column ${tx(name)} drop not null`;
		const others =
			await tx.unsafe(`select conname as name from pg_constraint where conrelid = 'probe'::regclass and contype = 'c'
			and pg_get_constraintdef(oid) !~ ${says(column)}`);
		for (const { name } of others) await tx`alter table probe drop constraint ${tx(name)}`;
		await tx.unsafe(`create function pg_temp.is_taken(value anyelement) returns boolean language plpgsql as $$ begin
			insert into probe ("${column}") values (value); return true; exception when check_violation then return false; end $$`);
		const rows = await tx.unsafe(
			`select pg_temp.is_taken(v::${type === 'sealed' ? 'bytea' : type}) as taken from (${values}) of (v)`,
		);
		isTaken = rows.some(({ taken }) => taken);
		throw rollback;
	});
	await look.catch((error: unknown) => {
		if (error !== rollback) throw error;
	});
	return isTaken ? type : null;
}

describe.each(servers)('the columns that logins may write, on $name', (server) => {
	let two: TwoFirms;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
	});
	afterAll(() => two?.close());

	it('are each bounded by a size that a process can read', async () => {
		const columns = (await two.admin.unsafe(WRITABLE)) as unknown as (Column & { login: string })[];
		expect(new Set(columns.map(({ login }) => login))).toEqual(new Set(Object.values(LOGINS)));
		const unbounded: string[] = [];
		for (const each of new Map(columns.map((column) => [`${column.table}.${column.column}`, column])).values()) {
			const type = await unboundedType(two.admin, each);
			if (type) unbounded.push(`${each.login} may write ${each.table}.${each.column} without a bound: ${type}`);
		}
		expect(unbounded).toEqual([]);
	});
});

import { sql } from 'drizzle-orm';
import type { Plane, Transaction } from './plane.ts';

/** One thing that must be so, and what to do when it isn't. */
export interface Finding {
	readonly check: string;
	readonly ok: boolean;
	/** One sentence; null when it is so. */
	readonly mend: string | null;
}

/** What production asks about a sign-in. */
export interface SignIn {
	readonly isOwner: boolean;
	readonly isSuperuser: boolean;
}

/** `firmseal init` applies each migration once: it doesn't put back what was changed since. */
const AS_MIGRATED = 'Set it as the migrations in drizzle/ have it, and find out who changed it.';

interface CatalogueCheck {
	readonly check: string;
	/** Answers one row for each thing that is wrong: its name. */
	readonly wrong: ReturnType<typeof sql>;
	readonly mend: string;
}

const PLANE_ROLES = sql`(values ('firmseal_firm'), ('firmseal_operator'), ('firmseal_worker')) as role (name)`;

/** Everything below the application that the locks stand on. Read from the catalogue, which every role may read. */
const CATALOGUE: readonly CatalogueCheck[] = [
	{
		check: 'row level security is on and forced on every table of firms',
		wrong: sql`select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
			and not (relrowsecurity and relforcerowsecurity)`,
		mend: AS_MIGRATED,
	},
	{
		check: 'no operator and no worker may read or write a sealed column',
		wrong: sql`select c.relname || '.' || a.attname as name from pg_attribute a join pg_class c on c.oid = a.attrelid
			cross join (values ('firmseal_operator'), ('firmseal_worker')) as role (name)
			where a.atttypid = 'public.sealed'::regtype and c.relkind in ('r', 'p', 'v', 'm') and (
				has_column_privilege(role.name, c.oid, a.attnum, 'SELECT') or has_column_privilege(role.name, c.oid, a.attnum, 'INSERT')
				or has_column_privilege(role.name, c.oid, a.attnum, 'UPDATE'))`,
		mend: AS_MIGRATED,
	},
	{
		check: 'every sealed column has its firm tag check',
		wrong: sql`select c.relname || '.' || a.attname as name from pg_attribute a join pg_class c on c.oid = a.attrelid
			where a.atttypid = 'public.sealed'::regtype and c.relkind in ('r', 'p') and not exists (
				select from pg_constraint k where k.conrelid = c.oid and k.contype = 'c' and k.convalidated
				and a.attnum = any (k.conkey) and pg_get_constraintdef(k.oid) like '%sha256%')`,
		mend: AS_MIGRATED,
	},
	{
		check: 'nobody may change, remove or truncate audit entries',
		wrong: sql`select role.name from ${PLANE_ROLES} where has_table_privilege(role.name, 'public.audit_entries', 'DELETE')
			or has_table_privilege(role.name, 'public.audit_entries', 'TRUNCATE')
			or has_any_column_privilege(role.name, 'public.audit_entries', 'UPDATE')
			union all
			select tgname::text from (values ('append_only_row'), ('append_only_statement'), ('append_only_truncate')) as t (tgname)
			where not exists (select from pg_trigger where tgrelid = 'public.audit_entries'::regclass and pg_trigger.tgname = t.tgname and tgenabled = 'A')`,
		mend: AS_MIGRATED,
	},
	{
		check: 'no role of a plane is superuser, bypasses row level security or can sign in',
		wrong: sql`select rolname as name from pg_roles where rolname like 'firmseal\_%' and rolname in (select name from ${PLANE_ROLES})
			and (rolsuper or rolbypassrls or rolcanlogin)`,
		mend: 'Take these attributes from the role with ALTER ROLE, and find out who gave them.',
	},
	{
		check: 'no role of a plane may make temporary tables',
		wrong: sql`select role.name from ${PLANE_ROLES} where has_database_privilege(role.name, current_database(), 'TEMPORARY')`,
		mend: 'Revoke TEMPORARY on the database from PUBLIC and from these roles, and find out who granted it.',
	},
	{
		check: 'the server logs no rows in the detail of its errors',
		wrong: sql`select name from pg_settings where name = 'log_error_verbosity' and setting <> 'terse'`,
		mend: 'Set log_error_verbosity = terse on the server: a failed CHECK prints the row.',
	},
];

/** Checks the database's privileges, triggers and settings by the catalogue. */
export function inspectDatabase(plane: Plane): Promise<Finding[]> {
	return plane.read(null, async (tx) => {
		const findings: Finding[] = [];
		for (const { check, wrong, mend } of CATALOGUE) {
			const names = (await tx.execute(wrong)).rows.map(({ name }) => String(name));
			findings.push({ check, ok: names.length === 0, mend: names.length === 0 ? null : `${names.join(', ')}: ${mend}` });
		}
		return findings;
	});
}

/** Who the plane's own login is, whatever role its transactions take. */
export async function inspectSignIn(plane: Plane): Promise<SignIn> {
	return plane.read(null, async (tx: Transaction) => {
		const { rows: [row] } = await tx.execute(sql`
			select rolsuper or rolbypassrls as "isSuperuser", pg_has_role(session_user, 'firmseal_owner', 'member') as "isOwner"
			from pg_roles where rolname = session_user`);
		return { isSuperuser: row?.isSuperuser === true, isOwner: row?.isOwner === true };
	});
}

/** Milliseconds by which the database's clock is ahead of this machine's. */
export async function measureClockDifference(plane: Plane): Promise<number> {
	return plane.read(null, async (tx) => {
		const before = Date.now();
		const { rows: [row] } = await tx.execute(sql`select extract(epoch from clock_timestamp()) * 1000 as now`);
		return Number(row?.now) - (before + Date.now()) / 2;
	});
}

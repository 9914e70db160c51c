import { type SQL, sql } from 'drizzle-orm';
import { DATABASE_ROLES, quotedSqlList } from '../role-names.ts';

/** Whether an object came with an extension. */
const ofExtension = (catalogue: string, oid: string) =>
	sql.raw(`exists (select from pg_depend d
		where d.classid = '${catalogue}'::regclass and d.objid = ${oid} and d.deptype = 'e')`);

/** Whether an ACL names a plane, its login or PUBLIC. */
const isUsable = (acl: string) =>
	sql.raw(`exists (select from aclexplode(${acl}) a join plane_user u on u.oid = a.grantee)`);

/**
 * Names for the queries of lines.ts. `ours`: our roles. `becomes`: which role may become which of them. `plane_user`: PUBLIC and every role that
 * may become a plane. `passed_over`: those whose own defaults are not compared. `relation` and `routine`: everything in the schema public, and
 * elsewhere what a plane_user may use.
 * `without` leaves out one login: the one that serves all planes on a developer's machine. `ownDefaults` passes over every role but the login
 * that is signed in and the roles that it may become.
 */
export const catalogueScopeQuery = (without: string | null, ownDefaults: boolean): SQL => sql`
	with recursive ours as (
		select oid, rolname from pg_roles
		where rolname in (${sql.raw(quotedSqlList(DATABASE_ROLES))})
	), granted as (
		-- Since PostgreSQL 16 a role with CREATEROLE is a member of the roles that it makes, only to grant them.
		select m.member, m.roleid from pg_auth_members m join pg_roles r on r.oid = m.member
		where r.rolname is distinct from ${without}::text and (
			coalesce((to_jsonb(m) ->> 'set_option')::boolean, true)
			or coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, true)
			or (m.admin_option and not r.rolcreaterole))
	), becomes (member, role) as (
		select oid, oid from ours
		union
		select g.member, b.role from becomes b join granted g on g.roleid = b.member
		where g.member not in (select oid from ours)
	), plane_user (oid) as (
		select 0::oid
		union
		select b.member from becomes b join ours o on o.oid = b.role where o.rolname <> 'firmseal_owner'
	), passed_over as (
		select oid from plane_user where ${ownDefaults}::boolean and oid <> 0 and not pg_has_role(session_user, oid, 'member')
	), space as (
		select n.oid, n.nspname = 'public' as is_public,
			case when n.nspname = 'public' then '' else quote_ident(n.nspname) || '.' end as prefix
		from pg_namespace n
		where n.nspname = 'public' or (n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
			and ${isUsable("coalesce(n.nspacl, acldefault('n', n.nspowner))")})
	), relation as (
		select c.oid, c.relkind, c.relowner, c.relrowsecurity, c.relforcerowsecurity, c.relpersistence, c.reloptions,
			s.is_public, s.prefix || quote_ident(c.relname) as name,
			coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner)) as acl
		from pg_class c join space s on s.oid = c.relnamespace
		where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and not ${ofExtension('pg_class', 'c.oid')} and (
			s.is_public or c.relowner in (select oid from plane_user) or ${isUsable('c.relacl')}
			or exists (select from pg_attribute t where t.attrelid = c.oid and ${isUsable('t.attacl')}))
	), routine as (
		select p.*, s.prefix || quote_ident(p.proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')' as name,
			coalesce(p.proacl, acldefault('f', p.proowner)) as acl
		from pg_proc p join space s on s.oid = p.pronamespace
		where not ${ofExtension('pg_proc', 'p.oid')} and (s.is_public or (p.prosecdef and (
			p.proowner in (select oid from plane_user) or ${isUsable("coalesce(p.proacl, acldefault('f', p.proowner))")})))
	)`;

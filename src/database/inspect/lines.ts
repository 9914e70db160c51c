import { sql } from 'drizzle-orm';
import { quotedSqlList } from '../role-names.ts';

/** Queries for each area's lines, on the names of scope.ts. PostgreSQL 15 to 18 give the same lines. */

const fingerprint = (text: string) => `left(encode(sha256(convert_to(${text}, 'UTF8')), 'hex'), 16)`;

const tables = `
	select 'tables', concat_ws(', ',
		name || ' is a ' || case relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view'
			when 'm' then 'materialized view' when 'f' then 'foreign table' else 'sequence' end,
		'owner ' || pg_get_userbyid(relowner),
		case when relkind in ('r', 'p') then 'row security '
			|| case when relrowsecurity then 'on' else 'off' end || case when relforcerowsecurity then ' and forced' else '' end end,
		case relpersistence when 'u' then 'unlogged' end,
		'with ' || array_to_string(reloptions, ' '))
	from relation
	union all
	select 'tables', concat_ws(' ', r.name || '.' || quote_ident(a.attname), 'is', format_type(a.atttypid, a.atttypmod),
		case when a.attnotnull then 'not null' end,
		case when a.attgenerated <> '' then 'generated' when a.attidentity <> '' then 'identity' end,
		'default ' || pg_get_expr(d.adbin, d.adrelid))
	from relation r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
	left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
	where r.relkind in ('r', 'p') and r.is_public`;

const grant = (
	object: string,
	columns = "''",
) => `select 'privileges', lower(a.privilege_type collate "C") || ${columns} || ' on '
	|| ${object} || ' to ' || case a.grantee when 0 then 'PUBLIC' else pg_get_userbyid(a.grantee) end
	|| case when a.is_grantable then ' with grant option' else '' end`;

/** Leaves out an owner's privileges on its own objects, which follow from owning them. */
const privileges = `
	${grant('r.name')} from relation r, aclexplode(r.acl) a where a.grantee <> r.relowner
	union all
	${grant('r.name', "' (' || quote_ident(t.attname) || ')'")}
	from relation r join pg_attribute t on t.attrelid = r.oid, aclexplode(t.attacl) a where a.grantee <> r.relowner
	union all
	${grant("'function ' || p.name")} from routine p, aclexplode(p.acl) a where a.grantee <> p.proowner
	union all
	${grant("'schema ' || quote_ident(n.nspname)")}
	from pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
	where (n.nspname in ('public', 'drizzle') or (a.privilege_type = 'CREATE' and n.nspname !~ '^pg_'))
	and (a.grantee in (select oid from ours) or a.grantee in (select oid from plane_user))
	and not (n.nspname = 'public' and a.privilege_type = 'USAGE')
	and not (n.nspname = 'drizzle' and a.grantee = n.nspowner)
	union all
	${grant("'database'")}
	from pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
	where d.datname = current_database() and a.privilege_type in ('CREATE', 'TEMPORARY')
	and (a.grantee in (select oid from ours) or a.grantee in (select oid from plane_user))
	union all
	select 'privileges', 'ownership of database to ' || pg_get_userbyid(datdba) from pg_database
	where datname = current_database() and (datdba in (select oid from plane_user) or datdba in (select oid from ours))
	union all
	${grant("'future objects (' || f.defaclobjtype::text || ') of ' || pg_get_userbyid(f.defaclrole)")}
	from pg_default_acl f, aclexplode(f.defaclacl) a
	where a.grantee <> f.defaclrole and a.grantee in (select oid from plane_user)
	and not (a.grantee = 0 and f.defaclobjtype in ('f', 'T'))
	union all
	${grant("'parameter ' || m.parname")} from pg_parameter_acl m, aclexplode(m.paracl) a
	where a.grantee in (select oid from plane_user)`;

const policies = `
	select 'policies', concat_ws(' ', 'policy', quote_ident(p.polname), 'on', r.name,
		case when p.polpermissive then 'permissive' else 'restrictive' end, 'for',
		case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
		'to', (select string_agg(case o when 0 then 'PUBLIC' else pg_get_userbyid(o) end, ', '
			order by pg_get_userbyid(o) collate "C") from unnest(p.polroles) o),
		'using ' || pg_get_expr(p.polqual, p.polrelid), 'with check ' || pg_get_expr(p.polwithcheck, p.polrelid))
	from pg_policy p join relation r on r.oid = p.polrelid`;

/** A rule can discard what a statement writes. A disabled trigger of a foreign key checks nothing. */
const triggers = `
	select 'triggers', pg_get_triggerdef(t.oid) || case t.tgenabled when 'A' then ', always' when 'O' then ''
		when 'R' then ', only on replicas' else ', disabled' end
	from pg_trigger t join relation r on r.oid = t.tgrelid where not t.tgisinternal
	union all
	select distinct 'triggers', 'disabled on ' || r.name || ': constraint ' || quote_ident(k.conname)
	from pg_trigger t join relation r on r.oid = t.tgrelid join pg_constraint k on k.oid = t.tgconstraint
	where t.tgisinternal and t.tgenabled <> 'O'
	union all
	select 'triggers', 'rule ' || quote_ident(w.rulename) || ' on ' || r.name || ': ' || pg_get_ruledef(w.oid)
	from pg_rewrite w join relation r on r.oid = w.ev_class where r.relkind not in ('v', 'm')`;

/** Leaves out NOT NULL, which `tables` has: only PostgreSQL 18 also makes it a constraint. */
const constraints = `
	select 'constraints', quote_ident(k.conname) || ' on ' || r.name || ': ' || pg_get_constraintdef(k.oid)
	from pg_constraint k join relation r on r.oid = k.conrelid where r.is_public and k.contype in ('c', 'f', 'p', 'u', 'x')
	union all
	select 'constraints', 'domain ' || quote_ident(t.typname) || ': ' || format_type(t.typbasetype, t.typtypmod)
	from pg_type t where t.typtype = 'd' and t.typnamespace = 'public'::regnamespace
	union all
	select 'constraints', quote_ident(k.conname) || ' on domain ' || quote_ident(t.typname) || ': ' || pg_get_constraintdef(k.oid)
	from pg_constraint k join pg_type t on t.oid = k.contypid
	where t.typnamespace = 'public'::regnamespace and k.contype = 'c'
	union all
	select 'constraints', pg_get_indexdef(i.indexrelid) || case when i.indisvalid then '' else ', not valid' end
	from pg_index i join relation r on r.oid = i.indrelid
	where r.is_public and i.indisunique and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))`;

const functions = `
	select 'functions', concat_ws(', ', p.name, 'owner ' || pg_get_userbyid(p.proowner),
		(select lanname from pg_language where oid = p.prolang), case when p.prosecdef then 'security definer' end,
		case p.provolatile when 'i' then 'immutable' when 's' then 'stable' end, case when p.proleakproof then 'leakproof' end,
		'set ' || array_to_string(p.proconfig, '; '),
		'returns and does ' || ${fingerprint(`concat_ws(' ', pg_get_function_result(p.oid), p.probin,
			coalesce(pg_get_function_sqlbody(p.oid), p.prosrc))`)})
	from routine p`;

/** Defaults that only a superuser sets for a login. */
const OF_SUPERUSER = ['session_replication_role', 'session_preload_libraries'];

/** Settings that would make a session find other objects, other rows or other rules than ours. */
const DECIDING_SETTINGS = [
	...OF_SUPERUSER,
	'search_path',
	'row_security',
	'role',
	'default_transaction_isolation',
	'local_preload_libraries',
];

const attributes = (names: readonly string[]) =>
	names.map((name) => `case when r.rol${name} then '${name}' end`).join(', ');

const PARTS = "('firmseal_portal', 'firmseal_break_glass', 'firmseal_maintenance', 'firmseal_log', 'firmseal_signer')";

/**
 * Covers each login that may become a plane: it may become that plane and no other, and has no other privileges. The portal belongs to the
 * firm's plane, break-glass to the operator's; maintenance, the log and its signer belong to the worker's.
 */
const roles = `
	select 'roles', concat_ws(' ', 'role', r.rolname,
		${attributes(['super', 'bypassrls', 'canlogin', 'inherit', 'createrole', 'createdb', 'replication'])})
	from pg_roles r join ours o on o.oid = r.oid
	union all
	select distinct 'roles', o.rolname || ' is a member of ' || pg_get_userbyid(m.roleid)
	from pg_auth_members m join ours o on o.oid = m.member
	union all
	select 'roles', r.rolname || ' may become ' || string_agg(o.rolname, ' and ' order by o.rolname)
	from becomes b join pg_roles r on r.oid = b.member join ours o on o.oid = b.role
	group by r.rolname having count(*) filter (where o.rolname not in ${PARTS}) > 1
		or (bool_or(o.rolname = 'firmseal_portal') and not bool_or(o.rolname = 'firmseal_firm'))
		or (bool_or(o.rolname = 'firmseal_break_glass') and not bool_or(o.rolname = 'firmseal_operator'))
		or (bool_or(o.rolname in ('firmseal_maintenance', 'firmseal_log', 'firmseal_signer')) and not bool_or(o.rolname = 'firmseal_worker'))
	union all
	select 'roles', concat_ws(' ', r.rolname, 'signs in to a plane and has',
		${attributes(['super', 'bypassrls', 'createrole', 'replication'])})
	from pg_roles r join plane_user u on u.oid = r.oid
	where r.oid not in (select oid from ours) and (r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolreplication)
	union all
	select 'roles', coalesce(r.rolname, 'every login') || ' begins with ' || g.name || case when r.oid is not null then
		concat(' (ALTER ROLE ', quote_ident(r.rolname), ' ' || 'IN DATABASE ' || quote_ident(d.datname), ' RESET ', g.name, ' takes it away)') else '' end
	from pg_db_role_setting s left join pg_roles r on r.oid = s.setrole left join pg_database d on d.oid = s.setdatabase
	cross join lateral (select split_part(setting, '=', 1) as name from unnest(s.setconfig) setting) g
	where s.setdatabase in (0, (select oid from pg_database where datname = current_database()))
	and (s.setrole = 0 or s.setrole in (select oid from plane_user) or s.setrole in (select oid from ours))
	and (g.name in (${quotedSqlList(DECIDING_SETTINGS)})
		-- A login may set these for itself. We call the function because every login may lock the view pg_settings.
		or (s.setrole <> 0 and s.setrole not in (select oid from ours)
			and coalesce((select t.context = 'user' from pg_show_all_settings() t where lower(t.name collate "C") = lower(g.name collate "C")), true)))
	and (s.setrole not in (select oid from passed_over) or g.name in (${quotedSqlList(OF_SUPERUSER)}))
	union all
	select 'roles', r.rolname || ' signs in to a plane and is a member of ' || p.rolname
	from pg_roles r join plane_user u on u.oid = r.oid cross join pg_roles p
	where r.oid not in (select oid from ours) and not r.rolsuper and p.rolname ~ '^pg_' and p.rolname <> 'pg_database_owner'
	and pg_has_role(r.oid, p.oid, 'member')`;

export const catalogueLinesQuery = sql.raw(
	[tables, privileges, policies, triggers, constraints, functions, roles].join('\n\tunion all'),
);

import { sql } from 'drizzle-orm';
import type { Client } from 'pg';
import type { Plane } from './plane.ts';
import { canBecomeRoleSql, DATABASE_ROLES, quotedSqlList } from './role-names.ts';

/**
 * A condition on `p` of pg_proc: functions that every login of a server may call by default, although a login can exhaust with them what others
 * need. Advisory locks fill the server's lock memory; large objects, messages in the write-ahead log and exported snapshots fill its disk.
 */
const LOCK_FUNCTIONS = `p.pronamespace = 'pg_catalog'::regnamespace and (p.proname ~ '^pg_(try_)?advisory_(xact_)?lock(_shared)?$'
	or p.proname ~ '^lo_' or p.proname in ('loread', 'lowrite', 'pg_logical_emit_message', 'pg_export_snapshot'))`;

/** The owner keeps this one: try_leader_lock() and the preparation of a database use it. */
const TRY_LOCK_FUNCTION = 'pg_catalog.pg_try_advisory_lock(bigint)';

/** Our roles, and the logins that may become one. */
const OURS = `
	with ours as (select oid, rolname from pg_roles where rolname in (${quotedSqlList(DATABASE_ROLES)})),
	login as (select r.oid, r.rolname from pg_roles r where r.rolcanlogin and not r.rolsuper
		and exists (select from ours o where o.rolname <> 'firmseal_owner' and ${canBecomeRoleSql('r.oid', 'o.oid')})),
	who as (select * from ours union all select * from login)`;
/** Grants on these functions; oid 0 is every login. */
const GRANTS = `pg_proc p cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a left join who on who.oid = a.grantee
	where ${LOCK_FUNCTIONS} and a.privilege_type = 'EXECUTE' and (a.grantee = 0 or who.oid is not null)
		and not (p.oid = '${TRY_LOCK_FUNCTION}'::regprocedure and who.rolname is not distinct from 'firmseal_owner')`;

/**
 * Revokes the lock functions from every login of the database. Only a superuser can; on a managed service this may do nothing, and `doctor`
 * reports it.
 */
export async function revokeLockFunctions(admin: Client): Promise<void> {
	await admin.query(`
		do $take$
		declare
			taking record;
		begin
			for taking in ${OURS} select p.oid::regprocedure::text as name, coalesce(quote_ident(who.rolname), 'public') as who from ${GRANTS}
			loop
				begin
					execute format('revoke execute on function %s from %s', taking.name, taking.who);
				exception when insufficient_privilege then null;
				end;
			end loop;
		end $take$`);
	const { rows } = await admin.query('select rolsuper from pg_roles where rolname = current_user');
	if (rows[0].rolsuper === true) await admin.query(`grant execute on function ${TRY_LOCK_FUNCTION} to firmseal_owner`);
}

/** The lock functions that logins, or the roles that they may become, can still call. Leaves out superusers, who may call all. */
export async function selectLockFunctionGrantees(
	plane: Plane,
): Promise<readonly { readonly name: string; readonly who: string }[]> {
	return plane.read(null, async (tx) => {
		const { rows } = await tx.execute(
			sql.raw(`${OURS}
			select p.proname as name, string_agg(distinct coalesce(who.rolname, 'every login'), ', ') as who from ${GRANTS}
			group by 1 order by 1`),
		);
		return rows as unknown as readonly { readonly name: string; readonly who: string }[];
	});
}

import { sql } from 'drizzle-orm';
import { type Client, escapeIdentifier } from 'pg';
import type { Plane } from './plane.ts';
import type { PlaneLogin } from './roles.ts';

/**
 * Functions that every login of a PostgreSQL server may call, though one can take with them what others wait for: locks of no row, as many as
 * the server's memory holds; large objects, messages in the write-ahead log and files of snapshots, as much as its disk holds. As a condition on `p` of pg_proc.
 */
const TAKING = `p.pronamespace = 'pg_catalog'::regnamespace and (p.proname ~ '^pg_(try_)?advisory_(xact_)?lock(_shared)?$'
	or p.proname ~ '^lo_' or p.proname in ('loread', 'lowrite', 'pg_logical_emit_message', 'pg_export_snapshot'))`;

/** What the broker and the worker hold their places by, and who prepares the database its turn. */
const PLACE = 'pg_catalog.pg_try_advisory_lock(bigint)';
const WITH_PLACES = ['firmseal_broker', 'firmseal_log'];

/**
 * Takes them from all logins of the database, but the place's from those that hold one. Only a superuser can: where the database is a
 * service, nothing of it may happen, and doctor says so.
 */
export async function takeFromLogins(admin: Client, logins: readonly PlaneLogin[]): Promise<void> {
	await admin.query(`
		do $take$
		declare
			taking text;
		begin
			for taking in select p.oid::regprocedure::text from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
				where ${TAKING} and a.grantee = 0
			loop
				begin
					execute format('revoke execute on function %s from public', taking);
				exception when insufficient_privilege then null;
				end;
			end loop;
		end $take$`);
	const { rows } = await admin.query('select rolsuper from pg_roles where rolname = current_user');
	if (rows[0].rolsuper !== true) return;
	const holders = new Set(
		logins.flatMap(({ url, role }) => (WITH_PLACES.includes(role) ? [new URL(url).username] : [])),
	);
	for (const holder of ['firmseal_owner', ...holders])
		await admin.query(`grant execute on function ${PLACE} to ${escapeIdentifier(decodeURIComponent(holder))}`);
}

/** Which of them which login, or role that it becomes, may call. A superuser may call all. */
export async function selectTakers(plane: Plane): Promise<readonly { readonly name: string; readonly who: string }[]> {
	return plane.read(null, async (tx) => {
		const { rows } = await tx.execute(
			sql.raw(`
			with ours as (select oid, rolname from pg_roles where rolname ~ '^firmseal_[a-z_]+$' and not rolcanlogin),
			login as (select r.oid, r.rolname from pg_roles r where r.rolcanlogin and not r.rolsuper
				and exists (select from ours o where o.rolname <> 'firmseal_owner' and pg_has_role(r.oid, o.oid, 'member')))
			select p.proname as name, string_agg(distinct case when a.grantee = 0 then 'every login' else u.rolname end, ', ') as who
			from pg_proc p cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
			left join (select * from ours union all select * from login) u on u.oid = a.grantee
			where ${TAKING} and a.privilege_type = 'EXECUTE' and (a.grantee = 0 or u.oid is not null)
				and not (p.oid = '${PLACE}'::regprocedure and (u.rolname = 'firmseal_owner' or exists (select from login l where l.oid = u.oid and (
					${WITH_PLACES.map((role) => `pg_has_role(l.oid, '${role}', 'member')`).join(' or ')}))))
			group by 1 order by 1`),
		);
		return rows as unknown as readonly { readonly name: string; readonly who: string }[];
	});
}

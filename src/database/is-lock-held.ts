import type { Client } from 'pg';

/** Whose session it is, `a` of pg_stat_activity: one that may become the role $2, or a superuser's. */
export const BY_MEMBER_OF_ROLE = "pg_has_role(a.usesysid, $2::name, 'member')";
/** One that may make roles, as the one who prepares a database does. */
export const BY_ROLE_CREATOR =
	'exists (select from pg_roles r where r.oid = a.usesysid and (r.rolsuper or r.rolcreaterole))';
/** One of the login that asks, or a superuser's. */
export const BY_SAME_LOGIN =
	'exists (select from pg_roles r where r.oid = a.usesysid and (r.rolsuper or r.rolname = session_user))';

/**
 * Whether an advisory lock is held by another session of whom it may be. Wherever the server lets every login take one, anyone may hold the
 * number: a place that is held by a stranger is none.
 */
export async function isLockHeld(
	connection: Client,
	lock: number,
	whose: string,
	...values: string[]
): Promise<boolean> {
	const { rows } = await connection.query(
		`select exists (
			select from pg_locks l join pg_stat_activity a on a.pid = l.pid
			where l.locktype = 'advisory' and l.granted and l.classid = 0 and l.objid = $1::bigint::oid and l.objsubid = 1
				and l.database = (select oid from pg_database where datname = current_database()) and ${whose}) as yes`,
		[lock, ...values],
	);
	return rows[0]?.yes === true;
}

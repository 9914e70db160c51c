import type { Client } from 'pg';

/** Conditions on the session `a` of pg_stat_activity. A member of the role $2, or a superuser. */
export const BY_MEMBER_OF_ROLE = "pg_has_role(a.usesysid, $2::name, 'member')";
/** A login that may create roles, as the administrator who prepares a database can. */
export const BY_ROLE_CREATOR =
	'exists (select from pg_roles r where r.oid = a.usesysid and (r.rolsuper or r.rolcreaterole))';
/** The same login as this session's, or a superuser. */
export const BY_SAME_LOGIN =
	'exists (select from pg_roles r where r.oid = a.usesysid and (r.rolsuper or r.rolname = session_user))';
export const BY_THIS_SESSION = 'a.pid = pg_backend_pid()';

/**
 * Whether a session that may hold an advisory lock holds it. Ignores every other session, because on some servers any login can take the lock's
 * number.
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

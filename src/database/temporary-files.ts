import { sql } from 'drizzle-orm';
import { type Client, escapeIdentifier } from 'pg';
import { alterIfAllowed } from './alter-if-allowed.ts';
import type { CatalogueOptions } from './inspect/catalogue.ts';
import { type DatabaseCheck, databaseCheck } from './inspect/compare-catalogue.ts';
import type { Plane } from './plane.ts';
import { canBecomeRoleSql, PLANE_ROLES, quotedSqlList } from './role-names.ts';

/** Per session: more than our statements sort. PostgreSQL counts a hash join on the disk only in part, so one may take some GiB. */
const MOST = '256MB';

/** Logins that may become a plane and have no limit of their own. The server's configuration may have a limit for all. */
const UNLIMITED_LOGINS = `
	select r.rolname as name, (select count(*) from pg_roles o where o.rolname in ('firmseal_firm', 'firmseal_operator', 'firmseal_broker', 'firmseal_worker')
		and ${canBecomeRoleSql('r.oid', 'o.oid')}) = 4 as is_shared
	from pg_roles r
	where r.rolcanlogin and not r.rolsuper
		and exists (select from pg_roles o where o.rolname in (${quotedSqlList(PLANE_ROLES)})
			and ${canBecomeRoleSql('r.oid', 'o.oid')})
		and not exists (select from pg_db_role_setting s, unnest(s.setconfig) as setting
			where s.setrole = r.oid and s.setdatabase = 0 and setting ~ '^temp_file_limit=' and setting <> 'temp_file_limit=-1')
	order by 1`;

/**
 * Limits the temporary files of each login. PostgreSQL keeps in them what a session sorts and the rows of a WITH HOLD cursor, for which a login
 * needs no table and no privilege. Without a limit one login can fill the disk. No login can lift the limit that is set for it.
 */
export async function limitTemporaryFiles(admin: Client): Promise<void> {
	const { rows } = await admin.query<{ readonly name: string }>(UNLIMITED_LOGINS);
	for (const statement of [
		// The function that rewrites a table sorts all of it (drizzle/0014_column_moves.sql).
		'grant set on parameter temp_file_limit to firmseal_owner',
		...rows.map(({ name }) => `alter role ${escapeIdentifier(name)} set temp_file_limit = '${MOST}'`),
	])
		await alterIfAllowed(admin, statement);
}

/** Only a session whose login has no limit sees the server's own limit. Ignores a developer's login for all planes. */
export function inspectTemporaryFiles(
	plane: Plane,
	{ sharedLogin = false }: CatalogueOptions = {},
): Promise<DatabaseCheck> {
	return plane.read(null, async (tx) => {
		const { rows } = await tx.execute(
			sql.raw(
				`select name, is_shared, session_user as self, current_setting('temp_file_limit') as limit from (${UNLIMITED_LOGINS}) unbound`,
			),
		);
		const isOfServer = rows.some(({ name, self, limit }) => name === self && limit !== '-1');
		const unbound = rows.flatMap(({ name, is_shared }) => (sharedLogin && is_shared ? [] : [String(name)]));
		const ok = unbound.length === 0 || isOfServer;
		return databaseCheck(
			'each login has a limit for its temporary files on the server’s disk',
			ok
				? null
				: `These logins can fill the server’s disk with temporary files: ${unbound.join(', ')}. Run \`firmseal init\` with the URL of a superuser in FIRMSEAL_ADMIN_DATABASE_URL, or set temp_file_limit = ${MOST} on the server.`,
		);
	});
}

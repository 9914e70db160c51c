import { sql } from 'drizzle-orm';
import { type Client, escapeIdentifier } from 'pg';
import { alterIfAllowed } from './alter-if-allowed.ts';
import type { CatalogueOptions } from './inspect/catalogue.ts';
import type { DatabaseCheck } from './inspect/compare-catalogue.ts';
import type { Plane } from './plane.ts';
import { canBecomeRoleSql, PLANE_ROLES, quotedSqlList } from './role-names.ts';

/** Of one session: more than a statement of ours sorts. PostgreSQL counts a hash join on the disk only in part, which may take some GiB. */
const MOST = '256MB';

/** Logins that may become a plane and have no bound of their own, as the server's configuration may have one for all. */
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
 * PostgreSQL keeps what a session sorts, and the rows of a cursor that outlives its transaction, in temporary files, for which a login needs no
 * table and no privilege. Without a bound one login fills the disk that others write to. No login can lift a bound that is set for it.
 */
export async function limitTemporaryFiles(admin: Client): Promise<void> {
	const { rows } = await admin.query<{ readonly name: string }>(UNLIMITED_LOGINS);
	for (const statement of [
		// For the function that rewrites a table, which sorts all of it (drizzle/0014_column_moves.sql).
		'grant set on parameter temp_file_limit to firmseal_owner',
		...rows.map(({ name }) => `alter role ${escapeIdentifier(name)} set temp_file_limit = '${MOST}'`),
	])
		await alterIfAllowed(admin, statement);
}

/** The server's own bound is seen only by a session whose login has none. A developer's login for all planes is left out. */
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
		return {
			check: 'what each login’s sessions sort on the disk is bounded',
			ok,
			mend: ok
				? null
				: `A login can fill the server’s disk by what it sorts (${unbound.join(', ')}): run \`firmseal init\` with the URL of a superuser in FIRMSEAL_ADMIN_DATABASE_URL, or set temp_file_limit = ${MOST} on the server.`,
		};
	});
}

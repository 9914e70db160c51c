/** Roles that a transaction may take. They own nothing and cannot sign in (drizzle/0004_grants.sql). */
export const PLANE_ROLES = [
	'firmseal_firm',
	'firmseal_portal',
	'firmseal_operator',
	'firmseal_break_glass',
	'firmseal_broker',
	'firmseal_worker',
	'firmseal_maintenance',
	'firmseal_log',
	'firmseal_signer',
] as const;
export type PlaneRole = (typeof PLANE_ROLES)[number];

/** All roles that `firmseal init` makes. They belong to the server: all Firmseal databases on it share them. */
export const DATABASE_ROLES = ['firmseal_owner', ...PLANE_ROLES] as const;

/** SQL: whether one role may become another. Since PostgreSQL 16, the creator of a role is a member that may grant it, but not become it. */
export const canBecomeRoleSql = (role: string, other: string): string =>
	`pg_has_role(${role}, ${other}, case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end)`;

export const quotedSqlList = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');

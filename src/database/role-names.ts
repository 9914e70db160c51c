/** What a transaction may be. The roles own nothing and cannot sign in (drizzle/0004_grants.sql). */
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

/** All that `firmseal init` makes. They are the server's: each Firmseal database on it has the same. */
export const DATABASE_ROLES = ['firmseal_owner', ...PLANE_ROLES] as const;

/** Whether one role may become another, in SQL. From 16 on, who made a role is a member that may grant it, and may not yet become it. */
export const canBecomeRoleSql = (role: string, other: string): string =>
	`pg_has_role(${role}, ${other}, case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end)`;

/** As a list in SQL. */
export const quotedSqlList = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');

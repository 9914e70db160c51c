import { sql } from 'drizzle-orm';
import { type Client, escapeIdentifier } from 'pg';
import { alterIfAllowed } from './alter-if-allowed.ts';
import type { CatalogueOptions } from './inspect/catalogue.ts';
import { type DatabaseCheck, databaseCheck } from './inspect/compare-catalogue.ts';
import type { Plane } from './plane.ts';
import { canBecomeRoleSql, type PlaneRole, quotedSqlList } from './role-names.ts';

/** The most connections that one process of a login opens, also past a pooler. The worker's number includes one command (docs/how-to/deploy.md). */
export const CONNECTIONS_PER_PROCESS = {
	firmseal_firm: 26,
	firmseal_operator: 28,
	firmseal_broker: 14,
	firmseal_worker: 27,
} as const satisfies Partial<Record<PlaneRole, number>>;

type ProcessLogin = keyof typeof CONNECTIONS_PER_PROCESS;
const MAINS = Object.keys(CONNECTIONS_PER_PROCESS) as ProcessLogin[];

/** Weights by which logins share the connections that one process of each does not need. The firms’ API grows most. */
const SHARES: Readonly<Record<ProcessLogin, number>> = {
	firmseal_firm: 60,
	firmseal_operator: 20,
	firmseal_broker: 5,
	firmseal_worker: 15,
};

/** A login that may become a plane's role and is not a superuser. */
interface LimitedLogin {
	readonly name: string;
	/** -1 means no limit. */
	readonly limit: number;
	readonly mains: readonly ProcessLogin[];
}

/** Connections of the server that are not reserved for superusers; the logins, and the limit of each. */
const READ = `
	select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
			- coalesce(current_setting('reserved_connections', true)::int, 0) as available,
		current_setting('max_connections')::int as most,
		coalesce((select json_agg(json_build_object('name', l.rolname, 'limit', l.rolconnlimit, 'mains', l.mains) order by l.rolname) from (
			select r.rolname, r.rolconnlimit, array_agg(p.rolname order by p.rolname) as mains
			from pg_roles r cross join pg_roles p
			where r.rolcanlogin and not r.rolsuper and p.rolname in (${quotedSqlList(MAINS)})
				and ${canBecomeRoleSql('r.oid', 'p.oid')}
			group by r.rolname, r.rolconnlimit) l), '[]') as logins`;

interface ConnectionUsage {
	readonly available: number;
	readonly most: number;
	readonly logins: readonly LimitedLogin[];
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
const neededBy = ({ mains }: LimitedLogin) => sum(mains.map((main) => CONNECTIONS_PER_PROCESS[main]));

/** Each login's share. The shares add up to less than the server has, so that no login can take another's. */
export function shareConnections({
	available,
	logins,
}: Pick<ConnectionUsage, 'available' | 'logins'>): ReadonlyMap<string, number> {
	const needed = sum(logins.map(neededBy));
	const isTight = available <= needed;
	const rest = Math.max(0, available - needed - 1);
	const weightOf = ({ mains }: LimitedLogin) => sum(mains.map((main) => SHARES[main]));
	const weights = sum(logins.map(weightOf));
	return new Map(
		logins.map((login) => {
			const own = isTight ? Math.max(1, Math.floor(((available - 1) * neededBy(login)) / needed)) : neededBy(login);
			return [login.name, own + Math.floor((rest * weightOf(login)) / weights)];
		}),
	);
}

const hasRoom = (login: LimitedLogin) => login.limit >= neededBy(login);
const fitsServer = ({ available, logins }: ConnectionUsage) => sum(logins.map(({ limit }) => limit)) <= available;

/**
 * Sets a connection limit for each login if a login has none or if the limits no longer fit the server. Keeps limits of an administrator
 * that fit. Skips a login that this session may not change; inspectConnections() reports it.
 */
export async function limitConnections(admin: Client): Promise<void> {
	const { rows } = await admin.query<ConnectionUsage>(READ);
	const [read] = rows;
	if (!read || (read.logins.every(hasRoom) && fitsServer(read))) return;
	for (const [name, limit] of shareConnections(read)) {
		if (read.logins.some((login) => login.name === name && login.limit === limit)) continue;
		await alterIfAllowed(admin, `alter role ${escapeIdentifier(name)} connection limit ${limit}`);
	}
}

/** Checks that no login can take the connections that another one needs. Ignores a developer's login for all planes. */
export function inspectConnections(
	plane: Plane,
	{ sharedLogin = false }: CatalogueOptions = {},
): Promise<DatabaseCheck[]> {
	return plane.read(null, async (tx) => {
		const { rows } = await tx.execute(sql.raw(READ));
		const found = rows[0] as unknown as ConnectionUsage;
		const logins = found.logins.filter(({ mains }) => !sharedLogin || mains.length < MAINS.length);
		const read = { ...found, logins };
		const { available, most } = read;
		if (logins.length === 0) return [];
		const tight = logins.filter((login) => !hasRoom(login)).map((login) => describeShortage(login, read));
		const listed = logins.map(({ name, limit }) => `${name} ${limit}`).join(', ');
		const isOver = logins.every(({ limit }) => limit >= 0) && !fitsServer(read);
		return [
			databaseCheck(
				'each login of the database has a connection limit, with room for its process',
				tight.join(' ') || null,
			),
			databaseCheck(
				'the connection limits of the logins add up to no more than the server has',
				isOver
					? `The limits (${listed}) exceed the ${available} of ${most} connections that are not reserved for superusers: raise max_connections, or lower the limits by ALTER ROLE … CONNECTION LIMIT.`
					: null,
			),
		];
	});
}

function describeShortage(login: LimitedLogin, { available, most, logins }: ConnectionUsage): string {
	const { name, limit } = login;
	if (limit < 0)
		return `The login ${name} has no connection limit, so it can take every connection of the server: run \`firmseal init\`.`;
	const enough = most - available + sum(logins.map(neededBy)) + 1;
	const needed = neededBy(login);
	return most < enough
		? `The login ${name} may open ${limit} connections, and its process opens up to ${needed}: raise max_connections from ${most} to at least ${enough}, and run \`firmseal init\`.`
		: `The login ${name} may open ${limit} connections, and its process opens up to ${needed}: run \`firmseal init\`.`;
}

import type { Principal } from '../access/index.ts';
import type { Plane } from '../database/index.ts';
import { type DatabaseAccess, openPlaneOf } from './open-database.ts';

type Side = Principal['kind'];

/** The connections of one server. Each purpose has a pool of its own, so that no purpose can use up the connections of another. */
export interface ServerPlanes {
	/** For rows, by the kinds of principal that the server serves. */
	readonly bySide: ReadonlyMap<Side, Plane>;
	/** The first of `bySide`. */
	readonly first: Plane;
	/** For identifying callers, so that queries of some callers can't block the identification of others. */
	readonly identity: ReadonlyMap<Side, Plane>;
	/** For audit entries. Each side writes with its own login, because the log names entries after the login's role. */
	readonly logs: ReadonlyMap<Side, Plane>;
	/** For the refusal feed. */
	readonly refusals: Plane;
	/** For requests of firms' clients; null if the server serves no firms. */
	readonly portal: Plane | null;
	/** For revocations by people of a firm, so that they never wait for reads; null if the server serves no firms. */
	readonly revocation: Plane | null;
	close(): Promise<void>;
}

/** @throws SetupError for a plane without a URL */
export function openServerPlanes(database: DatabaseAccess, sides: readonly [Side, ...Side[]]): ServerPlanes {
	const [first] = sides;
	const openAll = (connections?: number) =>
		new Map(sides.map((side) => [side, openPlaneOf(database, `firmseal_${side}`, connections)]));
	const openForFirms = (role: 'firmseal_firm' | 'firmseal_portal', connections: number) =>
		sides.includes('firm') ? openPlaneOf(database, role, connections) : null;
	const bySide = openAll();
	const logs = openAll(1);
	const refusals = openPlaneOf(database, `firmseal_${first}`, 1);
	const identity = openAll(4);
	const portal = openForFirms('firmseal_portal', 6);
	const revocation = openForFirms('firmseal_firm', 4);
	const opened = [...bySide.values(), ...identity.values(), ...logs.values(), refusals, portal, revocation];
	return {
		bySide,
		first: bySide.get(first) as Plane,
		identity,
		logs,
		refusals,
		portal,
		revocation,
		async close() {
			await Promise.all(opened.map(async (plane) => plane?.close()));
		},
	};
}

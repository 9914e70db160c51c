import type { Principal } from '../access/index.ts';
import type { Plane } from '../database/index.ts';
import { type DatabaseAccess, openPlaneOf } from './open-database.ts';

type Side = Principal['kind'];

/** The connections of one server: a pool for each purpose, so that no purpose can use up another's. */
export interface ServerPlanes {
	/** Rows, of each kind of principal that the server serves. */
	readonly bySide: ReadonlyMap<Side, Plane>;
	/** The first of them. */
	readonly first: Plane;
	/** Where callers are identified: no one's queries keep others from being told who they are. */
	readonly identity: ReadonlyMap<Side, Plane>;
	/** Entries of each side, written by its own login: the log names them after it. */
	readonly logs: ReadonlyMap<Side, Plane>;
	/** What other processes say of keys that were refused. */
	readonly refusals: Plane;
	/** Requests of a firm's clients; null: no firms are served here. */
	readonly portal: Plane | null;
	/** For what people of a firm end: it waits for nothing that is read. null: no firms are served here. */
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

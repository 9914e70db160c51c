import DataLoader from 'dataloader';
import {
	type FirmRow,
	type MembershipWithoutProof,
	type OperatorRolesRow,
	type Plane,
	type RowRef,
	selectFirmsByIds,
	selectMembershipsByUsers,
	selectOperatorRoles,
	selectUsersByIds,
	type Transaction,
	type UserRow,
} from '../database/index.ts';

/** What many objects of a page refer to, read in one statement each. They live and end with the request. */
export interface Loaders {
	readonly users: DataLoader<string, UserRow | null>;
	readonly firms: DataLoader<string, FirmRow | null>;
	readonly memberships: DataLoader<string, MembershipWithoutProof | null>;
	readonly operatorRoles: DataLoader<string, OperatorRolesRow | null>;
	/** Reads again from now on. */
	clear(): void;
	/** What belongs to many rows, known by firm and id; one loader for each `key`, which says everything that `read` depends on. */
	byRow<Value>(
		key: string,
		read: (parents: readonly RowRef[]) => Promise<ReadonlyMap<string, Value>>,
	): DataLoader<RowRef, Value | null, string>;
	/** The same by ids alone. */
	byId<Value>(
		key: string,
		read: (ids: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
	): DataLoader<string, Value | null>;
}

export const createLoaders = (plane: Plane, firm: string | null): Loaders => new RequestLoaders(plane, firm);

class RequestLoaders implements Loaders {
	readonly #plane: Plane;
	readonly #firm: string | null;
	readonly #made = new Map<string, unknown>();

	constructor(plane: Plane, firm: string | null) {
		this.#plane = plane;
		this.#firm = firm;
	}

	get users() {
		return this.#ofTable('users', selectUsersByIds, ({ id }) => id);
	}

	get firms() {
		return this.#ofTable('firms', selectFirmsByIds, ({ id }) => id);
	}

	get memberships() {
		return this.#ofTable('memberships', selectMembershipsByUsers, ({ userId }) => userId);
	}

	get operatorRoles() {
		return this.#ofTable('operator roles', selectOperatorRoles, ({ userId }) => userId);
	}

	clear(): void {
		this.#made.clear();
	}

	byRow<Value>(
		key: string,
		read: (parents: readonly RowRef[]) => Promise<ReadonlyMap<string, Value>>,
	): DataLoader<RowRef, Value | null, string> {
		return this.#remembered(`rows:${key}`, {
			read,
			idOf: ({ id }) => id,
			cacheKeyFn: ({ firmId, id }) => `${firmId}/${id}`,
		});
	}

	byId<Value>(
		key: string,
		read: (ids: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
	): DataLoader<string, Value | null> {
		const idOf = (id: string) => id;
		return this.#remembered(key, { read, idOf, cacheKeyFn: idOf });
	}

	#ofTable<Found>(key: string, select: Select<Found>, idOf: (row: Found) => string): DataLoader<string, Found | null> {
		return this.byId(key, async (ids) => {
			const rows = await this.#plane.read(this.#firm, (tx) => select(tx, ids));
			return new Map(rows.map((row) => [idOf(row), row]));
		});
	}

	#remembered<Key, Value>(name: string, made: LoaderParts<Key, Value>): DataLoader<Key, Value | null, string> {
		// A request is of one firm, or of an operator who sees all; named in the key, so that it stays so.
		const key = `${this.#firm ?? 'all firms'}:${name}`;
		const known = this.#made.get(key) as DataLoader<Key, Value | null, string> | undefined;
		if (known) return known;
		const { read, idOf, cacheKeyFn } = made;
		const loader = new DataLoader<Key, Value | null, string>(
			async (keys) => {
				const found = await read(keys);
				return keys.map((each) => found.get(idOf(each)) ?? null);
			},
			{ cacheKeyFn },
		);
		this.#made.set(key, loader);
		return loader;
	}
}

interface LoaderParts<Key, Value> {
	readonly read: (keys: readonly Key[]) => Promise<ReadonlyMap<string, Value>>;
	readonly idOf: (key: Key) => string;
	readonly cacheKeyFn: (key: Key) => string;
}

type Select<Found> = (tx: Transaction, ids: readonly string[]) => Promise<readonly Found[]>;

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

/** Loads in one statement each what many objects of a page refer to. Created for one request. */
export class Loaders {
	readonly #plane: Plane;
	readonly #firm: string | null;
	readonly #made = new Map<string, unknown>();

	constructor(plane: Plane, firm: string | null) {
		this.#plane = plane;
		this.#firm = firm;
	}

	get users(): DataLoader<string, UserRow | null> {
		return this.#ofTable('users', selectUsersByIds, ({ id }) => id);
	}

	get firms(): DataLoader<string, FirmRow | null> {
		return this.#ofTable('firms', selectFirmsByIds, ({ id }) => id);
	}

	get memberships(): DataLoader<string, MembershipWithoutProof | null> {
		return this.#ofTable('memberships', selectMembershipsByUsers, ({ userId }) => userId);
	}

	get operatorRoles(): DataLoader<string, OperatorRolesRow | null> {
		return this.#ofTable('operator roles', selectOperatorRoles, ({ userId }) => userId);
	}

	/** Drops everything loaded. */
	clear(): void {
		this.#made.clear();
	}

	/** Loads values that belong to rows, by firm and id. One loader per `key`, which must name everything that `read` depends on. */
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

	/** The same by id alone. */
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
		// A request belongs to one firm, or to an operator who sees all. The firm is part of the key so that a shared map could never
		// mix firms.
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

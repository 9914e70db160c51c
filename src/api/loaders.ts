import DataLoader from 'dataloader';
import {
	type FirmOwnedTable,
	type FirmRow,
	type MembershipWithoutProof,
	type OperatorRolesRow,
	type Plane,
	type Row,
	type RowRef,
	type Selection,
	selectFirmsByIds,
	selectMembershipsByUsers,
	selectOperatorRoles,
	selectRowsByIds,
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
	/** Reads anew from now on. */
	clear(): void;
	/** Rows of a table by id; one loader for each `key`. */
	rows(table: FirmOwnedTable, key: string, selection: Selection): DataLoader<string, Row | null>;
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

export function createLoaders(plane: Plane, firm: string | null): Loaders {
	const made = new Map<string, unknown>();
	function remembered<Key, Value>(
		name: string,
		read: (keys: readonly Key[]) => Promise<ReadonlyMap<string, Value>>,
		idOf: (key: Key) => string,
		cacheKeyFn = idOf,
	): DataLoader<Key, Value | null, string> {
		// A request is of one firm, or of an operator who sees all; named in the key, so that it stays so.
		const key = `${firm ?? 'all firms'}:${name}`;
		const known = made.get(key) as DataLoader<Key, Value | null, string> | undefined;
		if (known) return known;
		const loader = new DataLoader<Key, Value | null, string>(
			async (keys) => {
				const found = await read(keys);
				return keys.map((each) => found.get(idOf(each)) ?? null);
			},
			{ cacheKeyFn },
		);
		made.set(key, loader);
		return loader;
	}
	const of: Loaders['byId'] = (name, read) => remembered(name, read, (id: string) => id);
	const ofRows: Loaders['byRow'] = (name, read) =>
		remembered(
			`rows:${name}`,
			read,
			({ id }: RowRef) => id,
			({ firmId, id }) => `${firmId}/${id}`,
		);
	const loader =
		<Found>(name: string, read: Read<Found>, idOf: (row: Found) => string) =>
		() =>
			of(name, async (ids) => {
				const rows = await plane.read(firm, (tx) => read(tx, ids));
				return new Map(rows.map((row) => [idOf(row), row]));
			});
	const users = loader('users', selectUsersByIds, ({ id }) => id);
	const firms = loader('firms', selectFirmsByIds, ({ id }) => id);
	const memberships = loader('memberships', selectMembershipsByUsers, ({ userId }) => userId);
	const operatorRoles = loader('operator roles', selectOperatorRoles, ({ userId }) => userId);
	return {
		get users() {
			return users();
		},
		get firms() {
			return firms();
		},
		get memberships() {
			return memberships();
		},
		get operatorRoles() {
			return operatorRoles();
		},
		byId: of,
		byRow: ofRows,
		clear: () => made.clear(),
		rows: (table, key, selection) =>
			of(key, async (ids) => {
				const rows = await plane.read(firm, (tx) => selectRowsByIds(tx, table, ids, selection));
				return new Map(rows.map((row) => [row.id, row]));
			}),
	};
}

type Read<Found> = (tx: Transaction, ids: readonly string[]) => Promise<readonly Found[]>;

import DataLoader from 'dataloader';
import {
	type FirmRow,
	type MembershipRow,
	type OperatorRolesRow,
	type Plane,
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
	readonly memberships: DataLoader<string, MembershipRow | null>;
	readonly operatorRoles: DataLoader<string, OperatorRolesRow | null>;
}

export function createLoaders(plane: Plane, firm: string | null): Loaders {
	const loader = <Row>(read: (tx: Transaction, ids: readonly string[]) => Promise<Row[]>, idOf: (row: Row) => string) =>
		new DataLoader<string, Row | null>(async (ids) => {
			const rows = await plane.read(firm, (tx) => read(tx, ids));
			const byId = new Map(rows.map((row) => [idOf(row), row]));
			return ids.map((id) => byId.get(id) ?? null);
		});
	return {
		users: loader(selectUsersByIds, ({ id }) => id),
		firms: loader(selectFirmsByIds, ({ id }) => id),
		memberships: loader(selectMembershipsByUsers, ({ userId }) => userId),
		operatorRoles: loader(selectOperatorRoles, ({ userId }) => userId),
	};
}

import type { GraphQLField, GraphQLObjectType } from 'graphql';
import { visibilityOf } from '../../access/index.ts';
import {
	columnOf,
	countRowsOf,
	findColumn,
	type Row,
	selectClientsSharedWith,
	selectPagesOf,
	selectRowsOf,
} from '../../database/index.ts';
import type { WorkspaceTypeName } from '../../firms/index.ts';
import { firmOf } from '../context.ts';
import { loadNestedConnection } from '../nested-connection.ts';
import { ordersOf, withOrder } from './lists.ts';
import { type Relation, tableOf } from './relations.ts';
import { type FieldResolver, keyOf, NODES, rowLoader, selectionAt } from './rows.ts';

/** The resolver of a field that leads to other rows. It loads the rows for all objects of a list level in one statement. */
export function relationResolver(
	owner: GraphQLObjectType,
	field: GraphQLField<unknown, unknown>,
	relation: Relation,
): FieldResolver<unknown> {
	switch (relation.kind) {
		case 'one':
			return oneResolver(relation.type, relation.column);
		case 'page':
			return pageResolver(`${owner.name}.${field.name}`, field, relation.type, relation.of);
		case 'all':
			return allResolver(`${owner.name}.${field.name}`, relation.type, relation.of);
		case 'sharedWith':
			return sharedWithResolver(owner.name as WorkspaceTypeName);
	}
}

const oneResolver =
	(type: WorkspaceTypeName | 'User', column: string): FieldResolver<unknown> =>
	(parent, _args, context, info) => {
		const id = (parent as Row)[column] as string | null;
		if (id === null) return null;
		if (type === 'User') return context.loaders.users.load(id);
		if (visibilityOf(context.principal, type) === null) return null;
		return rowLoader(context, type, selectionAt(context, info, type, [[]])).load(id);
	};

function pageResolver(
	coordinate: string,
	field: GraphQLField<unknown, unknown>,
	type: WorkspaceTypeName,
	of: string,
): FieldResolver<unknown> {
	const table = tableOf(type);
	const column = columnOf(table, of);
	const orders = ordersOf(coordinate, coordinate, type, field);
	return (parent, args, context, info) => {
		if (visibilityOf(context.principal, type) === null) return null;
		const scope = firmOf(context);
		const { plane } = context.services;
		const order = orders(args.orderBy);
		const selection = withOrder(selectionAt(context, info, type, NODES), order);
		return loadNestedConnection(context, parent as Row, args, {
			key: keyOf(selection),
			order,
			pages: (parents, page) => plane.read(scope, (tx) => selectPagesOf(tx, table, column, parents, page, selection)),
			counts: (parents) => plane.read(scope, (tx) => countRowsOf(tx, table, column, parents)),
		});
	};
}

function allResolver(coordinate: string, type: WorkspaceTypeName, of: string): FieldResolver<unknown> {
	const table = tableOf(type);
	const order = findColumn(table, 'position') ?? columnOf(table, 'number');
	return async (parent, _args, context, info) => {
		const selection = selectionAt(context, info, type, [[]]);
		const loader = context.loaders.byRow(`${coordinate}:${keyOf(selection)}`, (parents) =>
			context.services.plane.read(firmOf(context), (tx) =>
				selectRowsOf(tx, table, columnOf(table, of), parents, order, selection),
			),
		);
		return (await loader.load(parent)) ?? [];
	};
}

const sharedWithResolver =
	(type: WorkspaceTypeName): FieldResolver<unknown> =>
	async (parent, _args, context, info) => {
		const clients = rowLoader(context, 'Client', selectionAt(context, info, 'Client', [[]]));
		const shared = context.loaders.byId(`${type}.sharedWith`, (ids) =>
			context.services.plane.read(firmOf(context), (tx) => selectClientsSharedWith(tx, tableOf(type), ids)),
		);
		const ids = (await shared.load((parent as Row).id)) ?? [];
		const rows = await clients.loadMany(ids);
		const failed = rows.find((row) => row instanceof Error);
		if (failed) throw failed;
		return rows.filter((row) => row !== null);
	};

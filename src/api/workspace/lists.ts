import { type GraphQLArgument, type GraphQLField, getNamedType, isEnumType, isInputObjectType } from 'graphql';
import {
	countRows,
	type FilterCondition,
	filterConditionOf,
	orderOf,
	type Page,
	type Row,
	selectRows,
} from '../../database/index.ts';
import { FirmsealError, SetupError } from '../../errors.ts';
import type { WorkspaceTypeName } from '../../firms/index.ts';
import { type Connection, type ConnectionArgs, type ListOrder, loadConnection, PAGING } from '../connection.ts';
import { authorizeOperation, clientOf, firmOf, type RequestContext } from '../context.ts';
import { tableOf } from './relations.ts';
import { type FieldResolver, NODES, selectionAt } from './rows.ts';

type Args = ConnectionArgs & { readonly [name: string]: unknown };

/**
 * The resolver of a list of the workspace. The enum of `orderBy` names columns; `filter` and any other argument are conditions.
 * @throws SetupError for an argument that matches nothing in the table.
 */
export function listResolver(
	name: string,
	type: WorkspaceTypeName,
	field: GraphQLField<unknown, unknown>,
): FieldResolver<Promise<Connection<Row>>> {
	const table = tableOf(type);
	const orders = ordersOf(`Query.${name}`, name, type, field);
	const filters = filtersOf(`Query.${name}`, type, field);
	return (_parent, args, context, info) => {
		authorizeOperation(context, 'Query', name as never);
		const { plane } = context.services;
		const scope = firmOf(context);
		const given: Args = {
			...args,
			...(args.filter as object),
			firmId: listedFirm(context, args.firmId as string | null),
		};
		if (asksForOtherClient(context, given))
			return loadConnection(context.party, args, orders(args.orderBy), emptyPage, async () => 0);
		const where = [...filters].flatMap(([key, condition]) => {
			const value = given[key];
			return value === undefined || value === null ? [] : [condition(value as never)];
		});
		const order = orders(args.orderBy);
		const selection = selectionAt(context, info, type, NODES);
		return loadConnection(
			context.party,
			args,
			order,
			(page) => plane.read(scope, (tx) => selectRows(tx, table, where, page, withOrder(selection, order))),
			() => plane.read(scope, (tx) => countRows(tx, table, where)),
		);
	};
}

/** The firm of a list. An operator must name one. A member's list is of their own firm, and another firm's is empty. */
function listedFirm(context: RequestContext, named: string | null | undefined): string {
	const firm = named ?? firmOf(context);
	if (firm === null)
		throw new FirmsealError('BAD_USER_INPUT', 'Name the firm: an operator must give firmId on this list.');
	return firm;
}

/** If a portal client filters by another client, the list is empty; otherwise it would reveal what `client: null` hides. */
function asksForOtherClient(context: RequestContext, { clientId, sharedWithId }: Args): boolean {
	const client = clientOf(context);
	return client !== null && [clientId, sharedWithId].some((id) => id !== undefined && id !== null && id !== client);
}

const emptyPage = async (): Promise<Page<Row>> => ({ rows: [], more: false });

/** Adds the column that the list is sorted by, whose value a cursor holds. */
export const withOrder = <S extends { readonly columns: ReadonlySet<string> }>(
	selection: S,
	{ property }: RowOrder,
): S => ({
	...selection,
	columns: new Set([...selection.columns, property]),
});

export interface RowOrder extends ListOrder<Row> {
	readonly property: string;
}

/** The orders of a list's `orderBy`, and its default for null. Without the argument, the list is sorted by creation. */
export function ordersOf(
	coordinate: string,
	listName: string,
	type: WorkspaceTypeName,
	field: GraphQLField<unknown, unknown>,
): (value: unknown) => RowOrder {
	const argument = field.args.find((each) => each.name === 'orderBy');
	const named = argument && getNamedType(argument.type);
	const names = isEnumType(named) ? named.getValues().map(({ value }) => value as string) : ['CREATED_AT_ASC'];
	const table = tableOf(type);
	const orders = new Map(
		names.map((name): [string, RowOrder] => {
			const order = orderOf(table, name);
			if (!order)
				throw new SetupError(`${coordinate} can't be ordered by ${name}: its table has no such metadata column.`);
			const { column, property, descending } = order;
			return [
				name,
				{
					name: `${listName}:${name}`,
					column,
					property,
					descending,
					id: table.id,
					valueOf: (row) => textOf(row[property]),
				},
			];
		}),
	);
	const fallback = orders.get((argument?.defaultValue as string | undefined) ?? 'CREATED_AT_ASC');
	if (!fallback) throw new SetupError(`${coordinate} has no default order: give orderBy one in the schema.`);
	return (value) => orders.get(value as string) ?? fallback;
}

const textOf = (value: unknown): string => (value instanceof Date ? value.toISOString() : String(value));

function filtersOf(
	coordinate: string,
	type: WorkspaceTypeName,
	field: GraphQLField<unknown, unknown>,
): ReadonlyMap<string, FilterCondition> {
	const filter = field.args.find(({ name }) => name === 'filter');
	const input = filter && getNamedType(filter.type);
	const named = [
		...field.args.filter(isCondition),
		...(isInputObjectType(input) ? Object.values(input.getFields()) : []),
	];
	return new Map(
		named.map(({ name }) => {
			const condition = filterConditionOf(tableOf(type), name);
			if (!condition)
				throw new SetupError(`${coordinate} can't be filtered by ${name}: its table has no such metadata column.`);
			return [name, condition];
		}),
	);
}

const isCondition = ({ name }: GraphQLArgument): boolean => !PAGING.has(name);

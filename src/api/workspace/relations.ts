import {
	type GraphQLField,
	type GraphQLObjectType,
	getNamedType,
	getNullableType,
	isListType,
	isObjectType,
} from 'graphql';
import { type FirmOwnedTable, findColumn } from '../../database/index.ts';
import { SetupError } from '../../errors.ts';
import { WORKSPACE, type WorkspaceTypeName } from '../../firms/index.ts';

/** Where a field's objects are found. Columns are named by their properties. */
export type Relation =
	/** The row, or the account, that this row's column names. */
	| { readonly kind: 'one'; readonly column: string; readonly type: WorkspaceTypeName | 'User' }
	/** The rows whose column names this row: a page, or all. */
	| { readonly kind: 'page' | 'all'; readonly of: string; readonly type: WorkspaceTypeName }
	/** The clients that the row is shared with. */
	| { readonly kind: 'sharedWith' };

export const isWorkspaceType = (name: string): name is WorkspaceTypeName => Object.hasOwn(WORKSPACE, name);

export const tableOf = (type: WorkspaceTypeName): FirmOwnedTable => WORKSPACE[type].table;

/** TimeEntry for `TimeEntryConnection`; null for any other name. */
export function pagedType(name: string): WorkspaceTypeName | null {
	const type = name.endsWith('Connection') ? name.slice(0, -'Connection'.length) : '';
	return isWorkspaceType(type) ? type : null;
}

/**
 * Derives a field's relation from its name and type: `client: Client` is the row that `client_id` names; `comments: CommentConnection`
 * of Note is the comments whose `note_id` names it; a list of objects is the same without pages. Null if the field is a column.
 * @throws SetupError for objects that no column leads to.
 */
export function relationOf(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): Relation | null {
	const answers = getNamedType(field.type);
	if (!isObjectType(answers)) return null;
	const own = `${type.name.charAt(0).toLowerCase()}${type.name.slice(1)}Id`;
	if (field.name === 'sharedWith') return { kind: 'sharedWith' };
	const relation = findRelation(type.name, field, answers.name, own);
	if (relation) return relation;
	throw new SetupError(
		`${type.name}.${field.name} answers ${answers.name}, but no column leads there: add the column or a resolver.`,
	);
}

function findRelation(
	owner: string,
	field: GraphQLField<unknown, unknown>,
	answers: string,
	own: string,
): Relation | null {
	const paged = pagedType(answers);
	if (paged && hasColumn(tableOf(paged), own)) return { kind: 'page', of: own, type: paged };
	if (isListType(getNullableType(field.type)))
		return isWorkspaceType(answers) && hasColumn(tableOf(answers), own)
			? { kind: 'all', of: own, type: answers }
			: null;
	const isOne = isWorkspaceType(answers) || answers === 'User';
	const column = `${field.name}Id`;
	return isOne && isWorkspaceType(owner) && hasColumn(tableOf(owner), column)
		? { kind: 'one', column, type: answers }
		: null;
}

const hasColumn = (table: FirmOwnedTable, property: string): boolean => findColumn(table, property) !== null;

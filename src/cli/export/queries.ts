import { type GraphQLSchema, getNamedType, isLeafType, isObjectType } from 'graphql';
import { BELOW, type List } from './lists.ts';
import { type Field, fieldOf, fieldsOf, isReference, pagedBelow, typeOf } from './schema.ts';

/** Rows of a page of a connection that belongs to one record. */
const MAX_ROWS = 200;

/** A query for one page of a connection. */
export interface PageQuery {
	readonly text: string;
	/** From the answer's root to the connection. */
	readonly path: readonly string[];
	/** Of the connection's nodes. */
	readonly type: string;
	/** The usual number of rows, by the name of the variable. A query may be sent with smaller numbers. */
	readonly sizes: Readonly<Record<string, number>>;
}

/** Part of each query: if the person lost the right meanwhile, lists would become shorter without an error. */
export const VIEWER = 'viewer { id role firm { id } }';

export interface ExportQueries {
	ofList(list: List): PageQuery;
	/** A connection that belongs to one record: the record's type and the field. */
	ofRecord(type: string, field: string): PageQuery;
}

/** `toCount`: select only what a count needs, and no content. */
export function createExportQueries(schema: GraphQLSchema, toCount: boolean): ExportQueries {
	function page(field: Field, type: string, first: number, around: (connection: string) => string, more = '') {
		const connection = connectionOf(field, 'first: $first, after: $after', selectionOf(schema, type, toCount));
		const below = Object.entries(BELOW).map(([name, most]) => [sizeName(name), most] as const);
		const sizes = { first, ...Object.fromEntries(below.filter(([name]) => connection.includes(`$${name}`))) };
		const variables = Object.keys(sizes).map((name) => `$${name}: Int!`);
		const text = `query (${variables.join(', ')}, $after: String${more}) { ${VIEWER} ${around(connection)} }`;
		return { text, type, sizes };
	}
	return {
		ofList({ type, path, first }) {
			const owner = path.slice(0, -1).reduce((of, name) => typeOf(fieldOf(schema, of, name)), 'Query');
			const field = fieldOf(schema, owner, path.at(-1) ?? '');
			return { ...page(field, type, first, (connection) => within(path.slice(0, -1), connection)), path };
		},
		ofRecord(owner, name) {
			const field = fieldOf(schema, owner, name);
			// The field of Query that answers one object of this type by its id.
			const root = owner.charAt(0).toLowerCase() + owner.slice(1);
			const around = (connection: string) => `${root}(id: $id) { ${connection} }`;
			return { ...page(field, pagedBelow(field) ?? '', MAX_ROWS, around, ', $id: ID!'), path: [root, name] };
		},
	};
}

/** How many rows a list has, for its progress. */
export const countQuery = ({ path }: List): string =>
	`query { ${within(path.slice(0, -1), `${path.at(-1)}(first: 1) { totalCount }`)} }`;

const within = (path: readonly string[], inside: string): string =>
	path.reduceRight((selected, name) => `${name} { ${selected} }`, inside);

/** All fields of a type that a member may read. So a new field of the schema is exported without a change here. A record that has its own file is selected by its id. */
export const selectionOf = (schema: GraphQLSchema, type: string, toCount = false): string =>
	Object.values(fieldsOf(schema, type))
		.map((field) => selected(schema, field, toCount))
		.filter((text) => text !== '')
		.join(' ');

/** Empty for a field that is not selected. */
function selected(schema: GraphQLSchema, field: Field, toCount: boolean): string {
	const named = getNamedType(field.type);
	if (isLeafType(named)) return !toCount || COUNTED.has(field.name) ? field.name : '';
	const paged = pagedBelow(field);
	if (paged !== null) return connectionOf(field, `first: $${sizeName(paged)}`, selectionOf(schema, paged, toCount));
	if (isReference(named.name)) return toCount ? '' : `${field.name} { ${REFERENCE[named.name] ?? 'id'} }`;
	const inside =
		isObjectType(named) && !named.name.endsWith('Connection') ? selectionOf(schema, named.name, toCount) : '';
	return inside === '' ? '' : `${field.name} { ${inside} }`;
}

/** The fields that counting needs. */
const COUNTED: ReadonlySet<string> = new Set(['id', 'byteSize', 'createdAt']);

/** More than the id: an author who has left the firm is in no list. */
const REFERENCE: Readonly<Record<string, string>> = { User: 'id name email' };

/** The variable that holds the size of pages of a type below. */
const sizeName = (type: string): string => `most${type}s`;

/** Ordered by creation, so that no record is skipped if others are created or removed meanwhile. */
function connectionOf({ name, args }: Field, page: string, nodes: string): string {
	const order = args.some((arg) => arg.name === 'orderBy') ? ', orderBy: CREATED_AT_ASC' : '';
	return `${name}(${page}${order}) { nodes { ${nodes} } pageInfo { hasNextPage endCursor } }`;
}

import {
	type GraphQLObjectType,
	type GraphQLSchema,
	getNamedType,
	getNullableType,
	isLeafType,
	isListType,
	isObjectType,
} from 'graphql';
import { BELOW, FILE_OF } from './lists.ts';
import { type Field, mostItems, objectType, pagedTypeOf } from './schema.ts';

/** What is asked of each object of a type. */
export interface TypeSelection {
	/** GraphQL, without the braces around it. */
	readonly text: string;
	/** Fields that the answer has at most for one object, as the API reckons them. */
	readonly fields: number;
	/** Types below of which a page is asked with it: its size is the variable of that name. */
	readonly below: ReadonlySet<string>;
}

export interface SelectionOptions {
	/** Only what is counted: nothing that has to be opened. */
	readonly toCount?: boolean;
}

/**
 * Everything that a member may read of a type, from the schema: a field that is added to it is exported without more. What has a file of
 * its own is named by its id.
 */
export function selectionOf(
	schema: GraphQLSchema,
	typeName: string,
	{ toCount = false }: SelectionOptions,
): TypeSelection {
	const selected: TypeSelection[] = [];
	for (const field of Object.values(objectType(schema, typeName).getFields())) {
		const named = getNamedType(field.type);
		if (isLeafType(named)) {
			if (!toCount || COUNTED.has(field.name)) selected.push(plain(field.name));
			continue;
		}
		const paged = pagedTypeOf(named.name);
		if (paged !== null) {
			if (Object.hasOwn(BELOW, paged)) selected.push(pageOf(schema, field, paged, { toCount }));
		} else if (isReference(named.name)) {
			if (!toCount) selected.push(within(field, plain(...(REFERENCE[named.name] ?? ['id']))));
		} else if (isObjectType(named)) {
			const inside = selectionOf(schema, named.name, { toCount });
			if (inside.text !== '') selected.push(within(field, inside));
		}
	}
	return {
		text: selected.map(({ text }) => text).join(' '),
		fields: selected.reduce((sum, { fields }) => sum + fields, 0),
		below: new Set(selected.flatMap(({ below }) => [...below])),
	};
}

/** Fields without which nothing can be counted. */
const COUNTED: ReadonlySet<string> = new Set(['id', 'byteSize', 'createdAt']);

/** Besides the id: who has left the firm is in no list, but has written something. */
const REFERENCE: Readonly<Record<string, readonly string[]>> = { User: ['id', 'name', 'email'] };

/** Whether a field's object is told elsewhere in the export. */
export const isReference = (type: string): boolean => Object.hasOwn(FILE_OF, type) || type === 'Firm';

/** The variable that holds the size of pages of a type below. */
export const sizeName = (type: string): string => `most${type}s`;

/** Arguments of a connection that is read in the order in which its records were made: none is passed over when others come or go. */
export function ordered(field: Field, more: string): string {
	const hasOrder = field.args.some(({ name }) => name === 'orderBy');
	return `${field.name}(${more}${hasOrder ? ', orderBy: CREATED_AT_ASC' : ''})`;
}

export const PAGE_INFO = 'pageInfo { hasNextPage endCursor }';

/** Fields of a row in a page: its place in nodes, and what is asked for beside, which counts as often. */
export const fieldsOfRow = ({ fields }: Pick<TypeSelection, 'fields'>): number => fields + 4;

function pageOf(schema: GraphQLSchema, field: Field, type: string, options: SelectionOptions): TypeSelection {
	const node = selectionOf(schema, type, options);
	const name = sizeName(type);
	return {
		text: `${ordered(field, `first: $${name}`)} { nodes { ${node.text} } ${PAGE_INFO} }`,
		fields: 1 + (BELOW[type] ?? 1) * fieldsOfRow(node),
		below: new Set([type, ...node.below]),
	};
}

function within(field: Field, { text, fields, below }: TypeSelection): TypeSelection {
	const times = isListType(getNullableType(field.type)) ? mostItems(field) : 1;
	return { text: `${field.name} { ${text} }`, fields: 1 + times * fields, below };
}

const plain = (...names: string[]): TypeSelection => ({
	text: names.join(' '),
	fields: names.length,
	below: new Set(),
});

/** The fields of a type that are records of another type's file, by the name of the field. */
export function belowOf(type: GraphQLObjectType): ReadonlyMap<string, string> {
	const fields = Object.values(type.getFields()).flatMap((field): [string, string][] => {
		const paged = pagedTypeOf(getNamedType(field.type).name);
		return paged !== null && Object.hasOwn(BELOW, paged) ? [[field.name, paged]] : [];
	});
	return new Map(fields);
}

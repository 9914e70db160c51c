import { type GraphQLSchema, isObjectType } from 'graphql';
import { BELOW, type List } from './lists.ts';
import { objectType } from './schema.ts';
import {
	fieldsOfRow,
	ordered,
	PAGE_INFO,
	type SelectionOptions,
	selectionOf,
	sizeName,
	type TypeSelection,
} from './selection.ts';

/** Fields that an answer has at most: a quarter of what the API gives, and some megabytes. */
const MAX_FIELDS = 25_000;
/** Rows of a page: the API opens so many, however long each is. */
const MAX_ROWS = 200;

/** A question for one page of a connection. */
export interface PageQuery {
	readonly text: string;
	/** From the answer's root to the connection. */
	readonly path: readonly string[];
	/** Of the connection's nodes. */
	readonly type: string;
	/** How many rows it asks for, by the names of the variables; each may be less. */
	readonly sizes: Readonly<Record<string, number>>;
}

export interface ExportQueries {
	/** The next page of a list. */
	ofList(list: List): PageQuery;
	/** The next page of what belongs to a record of a type, by the field that leads there. */
	ofRecord(type: string, field: string): PageQuery;
}

/** Each question also asks who the token is: a right that is lost meanwhile would make lists shorter, and no one would notice. */
export const VIEWER = 'viewer { id role firm { id } }';

export function createExportQueries(schema: GraphQLSchema, options: SelectionOptions = {}): ExportQueries {
	const known = new Map<string, PageQuery>();
	function remembered(key: string, make: () => PageQuery): PageQuery {
		const question = known.get(key) ?? make();
		known.set(key, question);
		return question;
	}
	const selectionsOf = new Map<string, TypeSelection>();
	function pageOf(type: string): TypeSelection {
		const selection = selectionsOf.get(type) ?? selectionOf(schema, type, options);
		selectionsOf.set(type, selection);
		return selection;
	}

	function question(owner: string, path: readonly string[], type: string, id: boolean): PageQuery {
		const selection = pageOf(type);
		const field = objectType(schema, owner).getFields()[path.at(-1) ?? ''];
		if (!field) throw new Error(`The schema has no ${owner}.${path.at(-1)}.`);
		const sizes: Record<string, number> = {
			first: Math.max(1, Math.min(MAX_ROWS, Math.floor(MAX_FIELDS / fieldsOfRow(selection)))),
			...Object.fromEntries([...selection.below].map((below) => [sizeName(below), BELOW[below] ?? 1])),
		};
		const variables = [
			...Object.keys(sizes).map((name) => `$${name}: Int!`),
			'$after: String',
			...(id ? ['$id: ID!'] : []),
		];
		const connection = `${ordered(field, 'first: $first, after: $after')} { nodes { ${selection.text} } ${PAGE_INFO} }`;
		const ways = path.slice(0, -1).map((name, index) => (id && index === 0 ? `${name}(id: $id)` : name));
		const text = ways.reduceRight((inside, way) => `${way} { ${inside} }`, connection);
		return { text: `query (${variables.join(', ')}) { ${VIEWER} ${text} }`, path, type, sizes };
	}

	return {
		ofList: ({ type, path }) => remembered(path.join('.'), () => question(ownerOf(schema, path), path, type, false)),
		ofRecord(owner, name) {
			return remembered(`${owner}.${name}`, () => {
				const field = objectType(schema, owner).getFields()[name];
				const type = String(field?.type).replace(/Connection!?$/, '');
				return question(owner, [rootFieldOf(owner), name], type, true);
			});
		},
	};
}

/** The field of Query that answers one object of a type by its id. */
const rootFieldOf = (type: string): string => type.charAt(0).toLowerCase() + type.slice(1);

/** The type that a path's last field is of. */
function ownerOf(schema: GraphQLSchema, path: readonly string[]): string {
	let owner = 'Query';
	for (const name of path.slice(0, -1)) {
		const named = schema.getType(String(objectType(schema, owner).getFields()[name]?.type).replace('!', ''));
		if (!isObjectType(named)) throw new Error(`The schema has no way ${path.join('.')}.`);
		owner = named.name;
	}
	return owner;
}

/** How many a list has, for its progress. */
export const countQuestion = ({ path }: List): string => {
	const [last, ...ways] = path.toReversed();
	return `query { ${ways.reduce((inside, way) => `${way} { ${inside} }`, `${last}(first: 1) { totalCount }`)} }`;
};

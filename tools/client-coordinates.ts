import { writeFileSync } from 'node:fs';
import {
	type GraphQLNamedType,
	getNamedType,
	isAbstractType,
	isInputObjectType,
	isInterfaceType,
	isObjectType,
} from 'graphql';
import { createSchema } from '../src/api/index.ts';
import type { ContentInput, ContentMutation, ContentType } from '../src/client/index.ts';
import { WORKSPACE } from '../src/firms/index.ts';
import type { WorkspaceType } from '../src/firms/workspace.ts';

/**
 * Writes what the client library knows of the schema, so that it needs no schema at run time: the content types, the inputs that write
 * them, and the fields that lead to them.
 */
const FILE = new URL('../src/client/coordinates.generated.ts', import.meta.url);
const INPUTS_FILE = new URL('../src/client/content-inputs.generated.ts', import.meta.url);
const THREAD = { type: 'Message', field: 'thread', argument: 'threadId' };

const { schema, registry } = createSchema();
const workspace = (type: string): WorkspaceType | undefined => (WORKSPACE as Record<string, WorkspaceType>)[type];
const allTypes = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
const sorted = <T>(entries: Iterable<readonly [string, T]>): Record<string, T> =>
	Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));

function contentType(type: string): ContentType {
	const fields = registry.ofType(type);
	const [{ table, class: contentClass } = { table: '', class: '' }] = fields;
	const coordinates = fields.map(({ fieldName, column, valueType, pad }) => {
		const isServerMade = !workspace(type)?.writableColumns.includes(fieldName);
		return [fieldName, { column, type: valueType, pad, ...(isServerMade && { isServerMade }) }] as const;
	});
	const thread = type === THREAD.type && { thread: THREAD.field };
	return { table, class: contentClass, fields: Object.fromEntries(coordinates), ...thread };
}
const contentTypes = sorted([...registry].map(({ typeName }) => [typeName, contentType(typeName)] as const));

/** The types that a type's position in an answer can have. */
const possible = (type: GraphQLNamedType): string[] =>
	isAbstractType(type) ? schema.getPossibleTypes(type).map(({ name }) => name) : [type.name];
const composite = allTypes.filter((type) => isObjectType(type) || isInterfaceType(type));
const namedTypes = (type: (typeof composite)[number]): (readonly [string, GraphQLNamedType])[] =>
	Object.values(type.getFields()).map((field) => [field.name, getNamedType(field.type)] as const);

/** The types from which a document can reach content. */
function findLeading(): Set<string> {
	const leading = new Set(Object.keys(contentTypes));
	for (let before = -1; before !== leading.size; ) {
		before = leading.size;
		for (const type of composite) {
			const leads = namedTypes(type).some(([, to]) => possible(to).some((name) => leading.has(name)));
			if (leads) leading.add(type.name);
		}
	}
	return leading;
}
const leading = findLeading();
const objectFields = sorted(
	composite.flatMap((type) => {
		const to = namedTypes(type).filter(([, { name }]) => leading.has(name) || isLeadingAbstract(name));
		return to.length > 0 ? [[type.name, sorted(to.map(([field, { name }]) => [field, name] as const))] as const] : [];
	}),
);

function isLeadingAbstract(name: string): boolean {
	const type = schema.getType(name);
	return type !== undefined && isAbstractType(type) && possible(type).some((each) => leading.has(each));
}

const abstractTypes = sorted(
	allTypes.filter(isAbstractType).map((type) => [type.name, possible(type).sort()] as const),
);

/** Content arguments that take the value of another one, found by trying WORKSPACE's function with one value at a time. */
function copiesOf(type: string, content: readonly string[]): Record<string, string> {
	const fill = workspace(type)?.fillColumns;
	if (!fill) return {};
	return Object.fromEntries(
		content.flatMap((from) =>
			Object.entries(fill({ [from]: from })).flatMap(([to, value]) =>
				to !== from && value === from ? [[to, from] as const] : [],
			),
		),
	);
}

const contentInputs: Record<string, ContentInput> = {};

/** Adds an input type, and those of its lists of rows. */
function addInput(name: string, type: string, kind: ContentInput['kind']): void {
	const input = schema.getType(name);
	if (!isInputObjectType(input)) throw new Error(`${name} is no input type.`);
	const all = Object.keys(input.getFields()).filter((argument) => argument !== 'sealed');
	const content = all.filter((argument) => contentTypes[type]?.fields[argument]);
	const lists = Object.fromEntries(
		Object.entries(workspace(type)?.lists ?? {}).flatMap(([argument, part]) => {
			const field = input.getFields()[argument];
			if (!field) return [];
			const ofRows = getNamedType(field.type).name;
			addInput(ofRows, part.type, 'CREATE');
			return [[argument, ofRows] as const];
		}),
	);
	const metadata = all.filter((argument) => !content.includes(argument) && !(argument in lists));
	const copies = kind === 'CREATE' ? copiesOf(type, content) : {};
	contentInputs[name] = {
		type,
		kind,
		content,
		metadata,
		...(Object.keys(lists).length > 0 && { lists }),
		...(Object.keys(copies).length > 0 && { copies }),
		...(type === THREAD.type && all.includes(THREAD.argument) && { thread: THREAD.argument }),
	};
}

const contentMutations = sorted(
	Object.values(schema.getMutationType()?.getFields() ?? {}).flatMap((field) =>
		field.args.flatMap((argument): [string, ContentMutation][] => {
			const input = getNamedType(argument.type).name;
			const [, verb, type = ''] = /^(Create|Update)(\w+)Input$/.exec(input) ?? [];
			if (!contentTypes[type]) return [];
			addInput(input, type, verb === 'Create' ? 'CREATE' : 'UPDATE');
			return [[field.name, { argument: argument.name, input }]];
		}),
	),
);

const namesById = Object.values(schema.getQueryType()?.getFields() ?? {})
	.filter((field) => {
		const to = getNamedType(field.type).name;
		return field.args.some(({ name }) => name === 'id') && (contentTypes[to] || isLeadingAbstract(to));
	})
	.map(({ name }) => name)
	.sort();

const inline = (value: unknown): string =>
	JSON.stringify(value, null, ' ')
		.replaceAll(/\n */g, ' ')
		.replaceAll(/"(\w+)":/g, '$1:')
		.replaceAll('"', "'");
/** One line for each key. */
const lines = (record: Readonly<Record<string, unknown>>): string =>
	`{\n${Object.entries(record)
		.map(([key, value]) => `\t${key}: ${inline(value)},\n`)
		.join('')}}`;
const HEAD = '// Written by `npm run generate` from schema/ and src/firms/workspace.ts: change those.\n';
writeFileSync(
	FILE,
	`${HEAD}import type { ContentType } from './coordinate-types.ts';

/** Object types with content. */
export const CONTENT_TYPES: Readonly<Record<string, ContentType>> = ${lines(contentTypes)};

/** Fields that lead to content: type, field, named type. */
export const OBJECT_FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>> = ${lines(objectFields)};

/** Interfaces and unions, with the object types that they stand for. */
export const ABSTRACT_TYPES: Readonly<Record<string, readonly string[]>> = ${lines(abstractTypes)};

/** Queries whose argument \`id\` names the record of the answer. */
export const QUERIES_BY_ID: readonly string[] = ${inline(namesById)};
`,
);
// A file of its own, which a page loads with its first mutation.
writeFileSync(
	INPUTS_FILE,
	`${HEAD}import type { ContentInput, ContentMutation } from './coordinate-types.ts';

/** Input types that write content. */
export const CONTENT_INPUTS: Readonly<Record<string, ContentInput>> = ${lines(sorted(Object.entries(contentInputs)))};

/** Mutations that write content. */
export const CONTENT_MUTATIONS: Readonly<Record<string, ContentMutation>> = ${lines(contentMutations)};
`,
);

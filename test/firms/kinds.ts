import { getTableName } from 'drizzle-orm';
import { type GraphQLInputObjectType, type GraphQLObjectType, getNamedType, isLeafType, isNonNullType } from 'graphql';
import { v7 as uuidv7 } from 'uuid';
import { createSchema } from '../../src/api/index.ts';
import { WORKSPACE, type WorkspaceTypeName } from '../../src/firms/index.ts';
import type { Workspace } from '../attacks/workspace.ts';

export const { schema, registry } = createSchema();

type Input = Readonly<Record<string, unknown>>;

/** A type of the workspace with a create mutation, and how a client of the API calls it. */
export interface Kind {
	readonly type: WorkspaceTypeName;
	/** Arguments of a create, with a value for each argument. */
	readonly input: (ids: Workspace['ids']) => Input;
	/** For each argument, a value that differs from the one in `input`. */
	readonly other: (ids: Workspace['ids']) => Input;
}

const START = '2026-03-01T09:00:00.000Z';
const LATER = '2026-04-02T10:30:00.250Z';
const ITEM = { description: 'advice', quantity: '0.10', unitAmount: '1000000.0001' };

export const KINDS: readonly Kind[] = [
	{
		type: 'Client',
		input: () => ({ name: 'Ada & Söhne', email: 'ada@x.example' }),
		other: () => ({ name: 'Bea', email: 'bea@x.example', status: 'ARCHIVED' }),
	},
	{ type: 'Thread', input: ({ client }) => ({ clientId: client }), other: () => ({ clientId: null }) },
	{
		type: 'Message',
		input: ({ thread }) => ({ threadId: thread, subject: 'a subject', body: 'a body' }),
		other: () => ({ subject: 'another subject', body: 'another body' }),
	},
	{
		type: 'Document',
		input: ({ client }) => ({ clientId: client, name: 'a.pdf', mimeType: 'application/pdf', description: 'what' }),
		other: () => ({ clientId: null, name: 'b.txt', mimeType: 'text/plain', description: 'else' }),
	},
	{
		type: 'DocumentVersion',
		input: ({ document }) => ({ documentId: document, changeSummary: 'what changed' }),
		other: () => ({ changeSummary: 'something else' }),
	},
	{
		type: 'Comment',
		input: ({ note }) => ({ about: { noteId: note }, text: 'a remark' }),
		other: () => ({ text: 'another remark' }),
	},
	{
		type: 'Note',
		input: () => ({ title: 'a title', body: 'a body' }),
		other: () => ({ title: 'another title', body: 'another body' }),
	},
	{
		type: 'Invoice',
		input: ({ client }) => ({
			clientId: client,
			number: uuidv7(),
			status: 'ISSUED',
			currency: 'EUR',
			total: '1.50',
			amountDue: '0.75',
			issuedAt: START,
			dueAt: LATER,
			memo: 'a memo',
			lineItems: [ITEM, { ...ITEM, description: 'more advice' }],
		}),
		other: () => ({
			clientId: null,
			number: uuidv7(),
			status: 'PAID',
			currency: 'CHF',
			total: '-2.0000',
			amountDue: '0',
			issuedAt: LATER,
			dueAt: START,
			memo: 'another memo',
			lineItems: [{ ...ITEM, quantity: '3' }],
		}),
	},
	{
		type: 'TimeEntry',
		input: ({ client }) => ({ clientId: client, minutes: 30, startedAt: START, description: 'work' }),
		other: () => ({ clientId: null, minutes: 1440, startedAt: LATER, description: 'other work' }),
	},
];

export const fieldOf = (type: string): string => type.charAt(0).toLowerCase() + type.slice(1);

export const tableNameOf = (type: WorkspaceTypeName): string => getTableName(WORKSPACE[type].table);

const objectType = (type: string) => schema.getType(type) as GraphQLObjectType;

export const hasMutation = (name: string): boolean => Object.hasOwn(schema.getMutationType()?.getFields() ?? {}, name);

const NOT_PLAIN = new Set(['id', 'expectedRevision', 'sealed']);

/** Names of a mutation's arguments, except those that identify the object, and content that a device has sealed (sealed-writes.test.ts). */
export function argumentsOf(verb: 'Create' | 'Update', type: string): string[] {
	const input = schema.getType(`${verb}${type}Input`) as GraphQLInputObjectType | undefined;
	return Object.keys(input?.getFields() ?? {}).filter((name) => !NOT_PLAIN.has(name));
}

/** Whether a create without this argument is refused. */
export function isRequired(type: string, argument: string): boolean {
	const input = schema.getType(`Create${type}Input`) as GraphQLInputObjectType;
	// Optional in the schema, because a device seals it in the firm's own custody.
	return isNonNullType(input.getFields()[argument]?.type) || (type === 'Invoice' && argument === 'total');
}

/** Every field of a type without arguments. Selects objects by their ids, and the items of an invoice in full. */
export function selectionOf(type: string): string {
	const fields = Object.values(objectType(type).getFields()).filter(({ args }) => args.length === 0);
	return fields
		.map(({ name, type: of }) => {
			const below = getNamedType(of).name;
			if (isLeafType(getNamedType(of))) return name;
			return below === 'InvoiceLineItem' ? `${name} { position description quantity unitAmount }` : `${name} { id }`;
		})
		.join(' ');
}

/** The API's expected answer for an object made with these arguments. */
export function shownOf(input: Input): Record<string, unknown> {
	const { about, lineItems, ...rest } = input;
	const shown = Object.entries({ ...rest, ...(about as object) }).map(([name, value]) =>
		name.endsWith('Id') ? [name.slice(0, -2), value === null ? null : { id: value }] : [name, value],
	);
	const items = (lineItems as object[] | undefined)?.map((item, index) => ({ position: index + 1, ...item }));
	return { ...Object.fromEntries(shown), ...(items && { lineItems: items }) };
}

/** Whether the field that an argument sets may be null. */
export function isRemovable(type: string, argument: string): boolean {
	const field = objectType(type).getFields()[argument.replace(/Id$/, '')];
	return field !== undefined && !isNonNullType(field.type);
}

/** `Type.field` of each content field among the arguments. */
export const coordinatesOf = (type: string, names: Iterable<string>): string[] => {
	const given = new Set(names);
	const own = registry.ofType(type).filter(({ fieldName }) => given.has(fieldName));
	return own.map(({ coordinate }) => coordinate);
};

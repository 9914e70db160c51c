import { makeExecutableSchema } from '@graphql-tools/schema';
import type { IResolvers } from '@graphql-tools/utils';
import { execute, type GraphQLSchema, parse, validate } from 'graphql';
import {
	type EncryptedField,
	encryptedDirective,
	type SealedColumn,
	type ValueOpener,
} from '../../src/encryption-directive/index.ts';
import { FirmsealError } from '../../src/errors.ts';

/** A small schema that follows every start-up rule, and has something for each rule to check. */
export const WORKSPACE = /* GraphQL */ `
	type Query {
		node(id: ID!): Node
		notes(filter: NoteFilter, orderBy: NoteOrder, first: Int, after: String): NoteConnection
		everything: [Anything]
		titled: [Titled]
		matrix: [[Note]]
	}
	type Mutation {
		createNote(input: CreateNoteInput!): CreateNotePayload
	}
	interface Titled {
		title: String @encrypted(class: NOTE)
	}
	union Anything = Note | Memo | Firm
	type Firm implements Node {
		id: ID!
		name: String!
	}
	type Note implements Node & FirmOwned & Titled {
		id: ID! @metadata
		firmId: ID! @metadata
		sentAt: DateTime @metadata
		titleLanguage: String @metadata
		title: String @encrypted(class: NOTE)
		body: String @encrypted(class: NOTE, pad: 256)
		tags: [String!] @encrypted(class: NOTE)
		memos: [Memo!] @metadata
	}
	type Memo implements Node & FirmOwned & Titled {
		id: ID! @metadata
		firmId: ID! @metadata
		title: String @encrypted(class: NOTE)
		mood: Mood @encrypted(class: NOTE)
	}
	enum Mood {
		GOOD
		BAD
	}
	type NoteConnection {
		nodes: [Note!]!
		edges: [NoteEdge!]!
		pageInfo: PageInfo!
		totalCount: Int!
	}
	type NoteEdge {
		cursor: String!
		node: Note!
	}
	type PageInfo {
		hasNextPage: Boolean!
		hasPreviousPage: Boolean!
		startCursor: String
		endCursor: String
	}
	input NoteFilter {
		id: ID
		sentAfter: DateTime
		titleLanguage: String
		and: [NoteFilter!]
		memo: MemoFilter
	}
	input MemoFilter {
		id: ID
		body: String
	}
	enum NoteOrder {
		SENT_AT_ASC
		TITLE_LANGUAGE_DESC
	}
	input CreateNoteInput {
		title: String
		body: String
	}
	type CreateNotePayload {
		note: Note
		noteId: ID
		uploadPath: String
	}
`;

export function column(coordinate: string, sql: string, bind = sql): SealedColumn {
	const [typeName = '', fieldName = ''] = coordinate.split('.');
	const [table = '', name = ''] = sql.split('.');
	const [boundTable = '', boundColumn = ''] = bind.split('.');
	return { typeName, fieldName, table, column: name, bind: { table: boundTable, column: boundColumn } };
}

export const COLUMNS: readonly SealedColumn[] = [
	column('Note.title', 'notes.title'),
	column('Note.body', 'notes.body_text', 'notes.body'),
	column('Note.tags', 'notes.tags'),
	column('Memo.title', 'memo_rows.title', 'memos.title'),
	column('Memo.mood', 'memo_rows.mood', 'memos.mood'),
];

/** The context of these tests is the access itself. */
export type Access = 'MAY_READ' | 'DENIED';

export interface Asked {
	readonly coordinate: string;
	readonly row: string;
	readonly access: Access;
	readonly stored: boolean;
}

/** Opens values that are UTF-8 text with a bit flipped, and records its calls. */
export class RecordingContent implements ValueOpener<Access> {
	readonly asked: Asked[] = [];
	openValue(
		access: Access,
		field: EncryptedField,
		row: { firm: string; id: string },
		sealed: Uint8Array | null | undefined,
	) {
		this.asked.push({ coordinate: field.coordinate, row: `${row.firm}/${row.id}`, access, stored: Boolean(sealed) });
		if (access !== 'MAY_READ' || !sealed) return null;
		if (sealed.length === 0) throw new FirmsealError('CIPHERTEXT_INVALID', `${field.coordinate} doesn't open.`);
		const text = new TextDecoder().decode(sealed.map((byte) => byte ^ 0x80));
		return field.valueType.startsWith('[') ? JSON.parse(text) : text;
	}
}

export const seal = (value: unknown): Uint8Array =>
	new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value)).map((byte) => byte ^ 0x80);

export function directiveWith(content: ValueOpener<Access>, columns: readonly SealedColumn[] = COLUMNS) {
	return encryptedDirective<Access, Access>({
		columns,
		content,
		capabilityOf: (context) => context,
		rowOf: (parent: { firmId: string; id: string }) => ({ firm: parent.firmId, id: parent.id }),
	});
}

export function buildSchema(sdl: string | string[], resolvers: IResolvers = {}): GraphQLSchema {
	const { typeDefs } = directiveWith(new RecordingContent());
	return makeExecutableSchema({ typeDefs: [typeDefs, ...[sdl].flat()], resolvers });
}

/** Validates and executes, like a server. */
export async function ask(schema: GraphQLSchema, query: string, contextValue: Access = 'MAY_READ') {
	const document = parse(query);
	const invalid = validate(schema, document);
	if (invalid.length > 0) throw new AggregateError(invalid, invalid.map(({ message }) => message).join('\n'));
	return JSON.parse(JSON.stringify(await execute({ schema, document, contextValue })));
}

import { v4 as uuidv4, v7 as uuidv7 } from 'uuid';
import { expect } from 'vitest';
import { claimsOf } from '../../scene.ts';
import type { Area, Evidence } from '../attack.ts';
import { codesOf } from '../proofs.ts';
import type { AttackAnswer, Stage } from '../stage.ts';

const NOTE = 'query ($id: ID!) { note(id: $id) { id title } }';
const NODE = 'query ($id: ID!) { node(id: $id) { __typename id } }';
const CREATE = 'mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id title } } }';
const LIST = '{ notes(orderBy: CREATED_AT_ASC, first: 1) { pageInfo { endCursor } } }';

async function eachOf(stage: Stage, query: string, ids: readonly unknown[]): Promise<Evidence> {
	const answers: AttackAnswer[] = [];
	for (const id of ids) answers.push(await stage.ask(stage.north.member, query, { id }));
	return { answers };
}

/** Checks that each id gets null, without an error. */
async function findNothing(stage: Stage, query: string, ids: readonly string[], token = stage.north.member) {
	const answers: AttackAnswer[] = [];
	for (const id of ids) {
		const told = await stage.ask(token, query, { id });
		expect([id, told.data]).toEqual([id, query === NOTE ? { note: null } : { node: null }]);
		answers.push(told);
	}
	return { answers };
}

/** Writes and removes a note, and returns its id. */
async function tombstone(stage: Stage): Promise<string> {
	const id = await stage.note();
	const remove = 'mutation ($input: DeleteNoteInput!) { deleteNote(input: $input) { id } }';
	expect((await stage.ask(stage.north.member, remove, { input: { id, expectedRevision: 1 } })).errors).toEqual([]);
	return id;
}

const forgedCursor = (parts: unknown) => Buffer.from(JSON.stringify(parts)).toString('base64url');

async function withCursors(stage: Stage, list: string, cursors: readonly string[]): Promise<AttackAnswer[]> {
	const query = `query ($at: String) { ${list.replace('CURSOR', '$at')} }`;
	return Promise.all(cursors.map((at) => stage.ask(stage.north.owner, query, { at })));
}

export const ids: Area = {
	title: 'Ids and cursors',
	attacks: [
		{
			attack: 'The id of an own note in another form: upper case, braces, urn, no hyphens, spaces, a NUL',
			expected: 'BAD_USER_INPUT: an object has one id, in one form',
			layer: 'arguments',
			run(stage) {
				const id = stage.ours.ids.note;
				const forms = [id.toUpperCase(), `{${id}}`, `urn:uuid:${id}`, id.replaceAll('-', ''), ` ${id}`, `${id}\n`];
				return eachOf(stage, NOTE, [...forms, `${id}\0`, id.replace(/^0/, '\uff10')]);
			},
		},
		{
			attack: 'Ids of other versions: UUIDv4, nil and max UUID, a number, SQL, an empty text',
			expected: 'BAD_USER_INPUT, without a query',
			layer: 'arguments',
			run: (stage) =>
				eachOf(stage, NODE, [
					uuidv4(),
					'00000000-0000-0000-0000-000000000000',
					'ffffffff-ffff-ffff-ffff-ffffffffffff',
					7,
					"' or '1'='1",
					'',
				]),
		},
		{
			attack: 'An id of 1 MB',
			expected: 'BAD_USER_INPUT in less than 1 KB: the id isn’t repeated',
			layer: 'arguments',
			async run(stage) {
				const evidence = await eachOf(stage, NOTE, ['a'.repeat(1_000_000)]);
				expect(evidence.answers?.[0]?.text.length).toBeLessThan(1_000);
				return evidence;
			},
		},
		{
			attack: 'An id of 2 MB',
			expected: 'PAYLOAD_TOO_LARGE',
			layer: 'HTTP',
			async run(stage) {
				const evidence = await eachOf(stage, NOTE, ['a'.repeat(2_000_000)]);
				expect(evidence.answers?.map(({ status }) => status)).toEqual([413]);
				return evidence;
			},
		},
		{
			attack: 'A list, an object and `true` in place of an id',
			expected: 'BAD_USER_INPUT that does not repeat them',
			layer: 'arguments',
			async run(stage) {
				const secret = stage.secret();
				return eachOf(stage, NOTE, [[secret, secret], { [secret]: secret }, true, null]);
			},
		},
		{
			attack: 'Every object of another firm by `node`, of each type',
			expected: 'Null, and nothing is opened',
			layer: 'database lock',
			run: (stage) => findNothing(stage, NODE, Object.values(stage.theirs.ids)),
		},
		{
			attack: 'A note by the id of a document, an invoice, the firm, a user',
			expected: 'Null: a type finds only its own rows',
			layer: 'database lock',
			run: (stage) =>
				findNothing(stage, NOTE, [
					stage.ours.ids.document,
					stage.ours.ids.invoice,
					stage.north.id,
					claimsOf(stage.north.owner).sub,
				]),
		},
		{
			attack: 'The id of a removed note',
			expected: 'Null, as for an unknown id',
			layer: 'database lock',
			run: async (stage) => findNothing(stage, NOTE, [await tombstone(stage)]),
		},
		{
			attack: 'People of another firm, and of the platform, by `node`',
			expected: 'Null',
			layer: 'database lock',
			run: (stage) =>
				findNothing(
					stage,
					NODE,
					[stage.harbour.owner, stage.harbour.client, stage.operator].map((token) => claimsOf(token).sub),
				),
		},
		{
			attack: 'A portal client asks `node` for objects that the firm has not shared',
			expected: 'Null',
			layer: 'database lock',
			run: (stage) => {
				const { note, timeEntry, comment, client } = stage.ours.ids;
				return findNothing(stage, NODE, [note, timeEntry, comment, client], stage.north.client);
			},
		},
		{
			attack: 'A create with the id of another firm’s note, and of an own removed note',
			expected: 'CONFLICT, the same bytes for both',
			layer: 'writes',
			async run(stage) {
				const ids = [stage.theirs.ids.note, await tombstone(stage)];
				const answers = await Promise.all(
					ids.map((id) => stage.ask(stage.north.member, CREATE, { input: { id, title: stage.secret() } })),
				);
				expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
				return { answers };
			},
		},
		{
			attack: 'A create with the id of the firm, of the caller’s account, and of a document that they see',
			expected: 'CONFLICT: no object is replaced',
			layer: 'writes',
			async run(stage) {
				const { north, ours } = stage;
				const ids = [north.id, claimsOf(north.member).sub, ours.ids.document];
				const answers: AttackAnswer[] = [];
				for (const id of ids) answers.push(await stage.ask(north.member, CREATE, { input: { id, title: 'x' } }));
				const { data } = await stage.ask(north.member, NODE, { id: ours.ids.document });
				expect(data.node.__typename).toBe('Document');
				return { answers };
			},
		},
		{
			attack: 'An update and a delete of another firm’s note with its correct revision',
			expected: 'NOT_FOUND, and the note is unchanged',
			layer: 'writes',
			async run({ admin, ask, north, theirs }) {
				const input = `id: "${theirs.ids.note}", expectedRevision: 1`;
				const answers = [
					await ask(north.owner, `mutation { updateNote(input: { ${input}, title: "x" }) { note { id } } }`),
					await ask(north.owner, `mutation { deleteNote(input: { ${input} }) { id } }`),
				];
				const [row] = await admin`select revision, deleted_at from notes where id = ${theirs.ids.note}`;
				expect(row).toEqual({ revision: 1, deleted_at: null });
				return { answers };
			},
		},
		{
			attack: 'A comment on a note, a version of a document and a message in a thread of another firm',
			expected: 'NOT_FOUND',
			layer: 'writes',
			async run({ ask, north, theirs: { ids } }) {
				const documents = [
					`createComment(input: { about: { noteId: "${ids.note}" }, text: "x" }) { comment { id } }`,
					`createDocumentVersion(input: { documentId: "${ids.document}" }) { documentVersion { id } }`,
					`createMessage(input: { threadId: "${ids.thread}", body: "x" }) { message { id } }`,
				];
				return { answers: await Promise.all(documents.map((each) => ask(north.member, `mutation { ${each} }`))) };
			},
		},
		{
			attack: 'Another firm’s lists by `firmId`, and filters by its client and its author',
			expected: 'Empty lists and counts of 0',
			layer: 'database lock',
			async run({ ask, north, harbour, theirs }) {
				const told = await ask(
					north.owner,
					`{ a: notes(firmId: "${harbour.id}") { totalCount nodes { id title } }
						b: documents(filter: { clientId: "${theirs.ids.client}" }) { totalCount nodes { id description } }
						c: notes(filter: { authorId: "${claimsOf(harbour.member).sub}" }) { totalCount nodes { id title } } }`,
				);
				for (const list of Object.values(told.data)) expect(list).toEqual({ totalCount: 0, nodes: [] });
				return { answers: [told] };
			},
		},
		{
			attack: 'A cursor of another firm’s list',
			expected: 'A position in the own list, and no row of the other firm',
			layer: 'database lock',
			async run(stage) {
				const { data } = await stage.ask(stage.harbour.owner, LIST);
				const list = 'notes(orderBy: CREATED_AT_ASC, before: CURSOR) { nodes { firmId } }';
				const answers = await withCursors(stage, list, [data.notes.pageInfo.endCursor]);
				const firms = answers[0]?.data.notes.nodes.map(({ firmId }: { firmId: string }) => firmId);
				expect(firms.length).toBeGreaterThan(0);
				expect(new Set(firms)).toEqual(new Set([stage.north.id]));
				return { answers };
			},
		},
		{
			attack: 'A cursor of another list, and of the same list in another order',
			expected: 'BAD_USER_INPUT',
			layer: 'arguments',
			async run(stage) {
				const { data } = await stage.ask(stage.north.owner, LIST);
				const own = [data.notes.pageInfo.endCursor];
				return {
					answers: [
						...(await withCursors(stage, 'documents(after: CURSOR) { nodes { id } }', own)),
						...(await withCursors(stage, 'notes(orderBy: UPDATED_AT_ASC, before: CURSOR) { nodes { id } }', own)),
					],
				};
			},
		},
		{
			attack: 'Forged cursors: SQL, infinity, 30 February, a NUL, no id, an object',
			expected: 'BAD_USER_INPUT, never a database error',
			layer: 'arguments',
			async run(stage) {
				const places = ["'; select 1 --", 'infinity', '2026-02-30T00:00:00.000Z', '\0', '0000-01-01T00:00:00.000Z'];
				const cursors = [
					...places.map((place) => forgedCursor(['notes:CREATED_AT_ASC', place, uuidv7()])),
					forgedCursor(['notes:CREATED_AT_ASC', '2026-01-01T00:00:00.000Z', "' or true"]),
					forgedCursor({ length: 3 }),
					'%00',
				];
				const answers = await withCursors(
					stage,
					'notes(orderBy: CREATED_AT_ASC, after: CURSOR) { nodes { id } }',
					cursors,
				);
				expect(answers.flatMap(codesOf)).toHaveLength(cursors.length);
				return { answers };
			},
		},
	],
};

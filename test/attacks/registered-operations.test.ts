import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readOperationFiles } from '../../src/api/operations/operation-files.ts';
import { requiresRegisteredOperations } from '../../src/processes/server.ts';
import type { Answer } from '../support/ask.ts';
import type { Person, TestApi } from '../support/installation.ts';
import type { Watch } from '../support/watch-statements.ts';
import { IDENTIFIES, watchRequests } from './catalogue/statements.ts';
import { type Request, sendTo } from './catalogue/wire.ts';
import { claimsOf, makeScene, type Scene } from './scene.ts';
import { makeWorkspace, type Workspace } from './workspace.ts';

const TEXTS = new Map(readOperationFiles().map(({ name, text }) => [name, text.trim()]));
const textOf = (name: string) => TEXTS.get(`${name}.graphql`) ?? '';
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const persisted = (text: string) => ({ persistedQuery: { version: 1, sha256Hash: hashOf(text) } });

const NOTE = textOf('note-content');
const VIEWER = textOf('viewer');

let scene: Scene;
let work: Workspace;
/** An operator plane's server with the setting of production. */
let api: TestApi;
let watch: Watch;
beforeAll(async () => {
	scene = await makeScene();
	work = await makeWorkspace(scene, scene.north);
	api = await scene.installation.serve({ FIRMSEAL_PLANE: 'operator' }, { onlyRegistered: true });
	watch = watchRequests();
});
afterAll(() => {
	watch?.end();
	return scene?.installation.close();
});

const JSON_TYPE = ['content-type', 'application/json'];
const PREFLIGHT = ['apollo-require-preflight', 'true'];

/** Sends a request, and returns its answer with the server's statements on rows. */
async function send(request: Request, token: Person | null = scene.operator, to = api) {
	watch.take();
	const bearer = token === null ? [] : ['authorization', `Bearer ${token}`];
	const answer = await sendTo(to.url, { ...request, headers: [...bearer, ...(request.headers ?? [])] });
	return { ...answer, statements: watch.take().filter((text) => !IDENTIFIES.test(text)) };
}

const post = (body: unknown, token?: Person | null, to?: TestApi) =>
	send({ headers: JSON_TYPE, body: JSON.stringify(body) }, token, to);

function get(parameters: Readonly<Record<string, unknown>>) {
	const search = new URLSearchParams();
	for (const [name, value] of Object.entries(parameters))
		search.set(name, typeof value === 'string' ? value : JSON.stringify(value));
	return send({ method: 'GET', path: `/graphql?${search}`, headers: PREFLIGHT });
}

const codesOf = ({ errors }: Answer) => errors.map(({ extensions }) => extensions.code);

describe('a registered operation is answered', () => {
	const variables = () => ({ id: work.ids.note });

	it.each<[how: string, ask: () => ReturnType<typeof send>]>([
		['by its text', () => post({ query: NOTE, variables: variables() })],
		[
			'by its text in other white space',
			() => post({ query: NOTE.replace(/^#.*\n/, '').replaceAll(/\s+/g, ' '), variables: variables() }),
		],
		['by its text without the comment', () => post({ query: NOTE.replace(/^#.*\n/, ''), variables: variables() })],
		['by its text with other comments', () => post({ query: `# { notes }\n${NOTE}# }`, variables: variables() })],
		['by its name too', () => post({ query: NOTE, operationName: 'NoteContent', variables: variables() })],
		['by its hash', () => post({ extensions: persisted(NOTE), variables: variables() })],
		['by its hash and an empty text', () => post({ query: '', extensions: persisted(NOTE), variables: variables() })],
		['by its text in a GET', () => get({ query: NOTE, variables: variables() })],
		['by its hash in a GET', () => get({ extensions: persisted(NOTE), variables: variables() })],
	])('%s', async (_, ask) => {
		const answer = await ask();
		expect([answer.status, answer.errors]).toEqual([200, []]);
		expect(answer.data.note).toMatchObject({ id: work.ids.note, firmId: scene.north.id, title: null, body: null });
		expect(answer.sealed.map(({ coordinate }) => coordinate)).toEqual(
			expect.arrayContaining(['Note.title', 'Note.body']),
		);
		expect(answer.sealed.filter(({ reason }) => reason !== 'NO_LEASE')).toEqual([]);
		expect(answer.text).not.toContain(work.marker);
		expect((await scene.entriesOf(answer)).map(({ action }) => action)).toEqual(['content.deny']);
	});

	it('with the same hash in the log for every way to send it', async () => {
		const answers = [
			await post({ query: NOTE, variables: variables() }),
			await post({ extensions: persisted(NOTE), variables: variables() }),
			await post({ query: NOTE, variables: variables() }, scene.operator, scene.api),
			await post({ query: NOTE.replace('NoteContent', 'Other'), variables: variables() }, scene.operator, scene.api),
		];
		const entries = await Promise.all(answers.map((answer) => scene.entriesOf(answer)));
		const hashes = entries.flat().map(({ document }) => document);
		expect(hashes).toHaveLength(4);
		expect(new Set(hashes).size).toBe(1);
		expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
	});

	it('for any variables', async () => {
		const list = (variables: Readonly<Record<string, unknown>>) =>
			post({ query: textOf('notes'), variables: { firmId: scene.north.id, ...variables } });
		const { data } = await list({ first: 1, count: true, filter: { createdFrom: '2020-01-01T00:00:00.000Z' } });
		expect(data.notes.nodes).toHaveLength(1);
		expect(data.notes.totalCount).toBe(1);
		expect((await list({ orderBy: 'CREATED_AT_ASC' })).data.notes).not.toHaveProperty('totalCount');
		expect(codesOf(await list({ first: 1_001 }))).toEqual(['TOO_EXPENSIVE']);
		expect(codesOf(await list({ first: -1 }))).toEqual(['BAD_USER_INPUT']);
		expect(codesOf(await list({ firmId: 'x' }))).toEqual(['BAD_USER_INPUT']);
	});

	it('for every platform role that may run it', async () => {
		for (const token of [scene.operator, scene.approver, scene.auditor])
			expect((await post({ extensions: persisted(VIEWER) }, token)).data.viewer.id).toBe(claimsOf(token).sub);
		const log = { query: textOf('audit-entries'), variables: { firmId: scene.north.id, first: 1 } };
		expect((await post(log, scene.auditor)).data.auditEntries.nodes).toHaveLength(1);
		expect(codesOf(await post(log, scene.operator))).toEqual(['FORBIDDEN']);
	});

	// test/leases/registered-operations.test.ts has the mutations.
	const queries = [...TEXTS].filter(([, text]) => /^query/m.test(text));
	it.each(queries)('%s, on a firm’s data', async (name, query) => {
		const names = [...query.matchAll(/\$(id|firmId|threadId|entryId|viewerId|from|to): \w+!/g)].map(
			([, variable]) => variable as string,
		);
		const known: Readonly<Record<string, string | number>> = {
			id: Object.entries(work.ids).find(([type]) => kebab(type) === subjectOf(name))?.[1] ?? scene.north.id,
			firmId: scene.north.id,
			threadId: work.ids.thread,
			entryId: uuidv7(),
			viewerId: claimsOf(scene.operator).sub,
			from: 0,
			to: 0,
		};
		const token = name.startsWith('audit') ? scene.auditor : scene.operator;
		const answer = await post(
			{ query, variables: Object.fromEntries(names.map((each) => [each, known[each]])) },
			token,
		);
		expect([name, answer.status, answer.errors]).toEqual([name, 200, []]);
		expect(answer.text).not.toContain(work.marker);
	});

	const kebab = (type: string) => type.replaceAll(/[A-Z]/g, '-$&').toLowerCase();
	const subjectOf = (name: string) => /^(time-entry|[a-z]+)/.exec(name)?.[1];
});

describe('any other document is refused before it is parsed', () => {
	const id = () => ({ id: work.ids.note });

	it.each<[what: string, ask: () => ReturnType<typeof send>]>([
		['an alias', () => post({ query: NOTE.replace('title', 'title: body'), variables: id() })],
		[
			'an additional field',
			() => post({ query: NOTE.replace('title', 'title comments { nodes { text } }'), variables: id() }),
		],
		['a missing field', () => post({ query: NOTE.replace('title', ''), variables: id() })],
		[
			'two registered documents in one',
			() => post({ query: `${NOTE}\n${VIEWER}`, operationName: 'Viewer', variables: id() }),
		],
		[
			'two documents, of which one is not registered',
			() => post({ query: `${VIEWER} query Mine { firms { nodes { id } } }`, operationName: 'Viewer' }),
		],
		[
			'an operation with the name of a registered one',
			() => post({ query: 'query Viewer { firms { nodes { id } } }', operationName: 'Viewer' }),
		],
		['only a name', () => post({ operationName: 'Viewer' })],
		['a fragment', () => post({ query: `${VIEWER} fragment F on User { id }` })],
		['a directive', () => post({ query: VIEWER.replace('email', 'email @skip(if: false)') })],
		['a literal instead of a variable', () => post({ query: NOTE.replace('id: $id', `id: "${work.ids.note}"`) })],
		['introspection', () => post({ query: '{ __schema { types { name } } }' })],
		['introspection of a type', () => post({ query: '{ __type(name: "Note") { name } }' })],
		['the name of the root', () => post({ query: '{ __typename }' })],
		['a mutation of content', () => post({ query: 'mutation { createNote(input: { title: "x" }) { note { id } } }' })],
		['a text that is not GraphQL', () => post({ query: 'marker-of-the-attack {' })],
		['a document that does not match the schema', () => post({ query: '{ viewer { shoeSize } }' })],
		['a subscription', () => post({ query: 'subscription { notes { id } }' })],
		['a comment that hides a field', () => post({ query: NOTE.replace('title', '#title'), variables: id() })],
		['a document that is too large', () => post({ query: `{ ${'viewer { id } '.repeat(5_000)} }` })],
		[
			'a registered one in a megabyte of white space',
			() => post({ query: NOTE.replace('title', `${' '.repeat(1_000_000)}title`), variables: id() }),
		],
		['an unknown hash', () => post({ extensions: persisted('{ viewer { id } }') })],
		['a hash with its text, as for registration', () => post({ query: VIEWER, extensions: persisted(VIEWER) })],
		['a hash with another text', () => post({ query: '{ firms { nodes { id } } }', extensions: persisted(VIEWER) })],
		['a text with another hash', () => post({ query: VIEWER, extensions: persisted(NOTE) })],
		['no text', () => post({ variables: {} })],
		['a text in a GET', () => get({ query: '{ firms { nodes { id } } }' })],
		['a mutation in a GET', () => get({ query: 'mutation { createNote(input: { title: "x" }) { note { id } } }' })],
		['an unknown hash in a GET', () => get({ extensions: persisted('{ viewer { id } }') })],
		['introspection in a GET', () => get({ query: '{ __schema { types { name } } }' })],
		['nothing in a GET', () => get({})],
	])('%s: FORBIDDEN, logged, and nothing is read', async (_, ask) => {
		const answer = await ask();
		expect([answer.status, codesOf(answer), answer.data]).toEqual([403, ['FORBIDDEN'], undefined]);
		expect(answer.errors[0]?.message).toBe(
			'This server answers registered operations only: send the text of one, or its SHA-256 as a persisted query without a text.',
		);
		expect(answer.statements).toEqual([]);
		expect(answer.text).not.toMatch(/marker|createNote|shoeSize/);
		expect(await scene.entriesOf(answer)).toMatchObject([
			{
				action: 'request.deny',
				decision: 'DENIED',
				reason: 'FORBIDDEN',
				plane: 'operator',
				actor: { user: claimsOf(scene.operator).sub, roles: ['OPERATOR'] },
				document: null,
				coordinates: [],
				firm: null,
			},
		]);
	});

	it.each<[what: string, status: number, ask: () => ReturnType<typeof send>]>([
		['a list of registered documents', 400, () => post([{ query: VIEWER }, { query: VIEWER }])],
		['a list with another document', 400, () => post([{ query: VIEWER }, { query: '{ firms { nodes { id } } }' }])],
		['an empty object', 400, () => post({})],
		['a document that is not a text', 400, () => post({ query: { kind: 'Document', definitions: [] } })],
		['a name other than its own', 400, () => post({ query: VIEWER, operationName: 'NoteContent' })],
		[
			'two texts in a GET',
			400,
			() =>
				send({
					method: 'GET',
					path: `/graphql?${new URLSearchParams([
						['query', VIEWER],
						['query', '{ firms { nodes { id } } }'],
					])}`,
					headers: PREFLIGHT,
				}),
		],
		[
			'a GET that any page could send',
			400,
			() => send({ method: 'GET', path: `/graphql?${new URLSearchParams({ query: VIEWER })}` }),
		],
		[
			'a form',
			415,
			() =>
				send({
					headers: ['content-type', 'application/x-www-form-urlencoded'],
					body: new URLSearchParams({ query: VIEWER }).toString(),
				}),
		],
	])('%s is not a request: %i, and nothing is read', async (_, status, ask) => {
		const answer = await ask();
		expect([answer.status, codesOf(answer)]).toEqual([status, ['BAD_USER_INPUT']]);
		expect(answer.statements).toEqual([]);
	});

	it('does not mention registered operations to anyone without an account on the platform', async () => {
		for (const [token, status] of [
			[null, 401],
			[`${scene.operator}x`, 401],
			[scene.north.owner, 403],
		] as const) {
			const answer = await post({ query: '{ firms { nodes { id } } }' }, token);
			expect(answer.status).toBe(status);
			expect(answer.text).not.toContain('registered');
			expect(answer.statements).toEqual([]);
		}
	});

	it('does not become registered', async () => {
		const query = '{ firms { nodes { slug } } }';
		for (const body of [{ query }, { query, extensions: persisted(query) }, { extensions: persisted(query) }])
			expect(codesOf(await post(body))).toEqual(['FORBIDDEN']);
	});
});

describe('without the requirement to register operations', () => {
	it('a registered operation still has its hash', async () => {
		const answer = await post({ extensions: persisted(VIEWER) }, scene.operator, scene.api);
		expect(answer.data.viewer.id).toBe(claimsOf(scene.operator).sub);
	});

	it('another operation has none', async () => {
		const answer = await post({ extensions: persisted('{ viewer { id } }') }, scene.operator, scene.api);
		expect([answer.status, codesOf(answer)]).toEqual([400, ['BAD_USER_INPUT']]);
	});

	it('any other operation is answered by its text', async () => {
		const { data } = await post({ query: '{ firms { nodes { slug } } }' }, scene.operator, scene.api);
		expect(data.firms.nodes).toEqual([{ slug: 'harbour' }, { slug: 'north' }]);
	});
});

it.each([
	['production', 'operator', true],
	['production', 'all', true],
	['production', 'firm', false],
	['development', 'operator', false],
	['development', 'all', false],
] as const)('in %s a server of plane %s answers registered operations only: %s', (env, plane, only) => {
	expect(requiresRegisteredOperations({ env, plane })).toBe(only);
});

import { type GraphQLArgument, type GraphQLInputField, getNamedType, isInputObjectType, isNonNullType } from 'graphql';
import { v4 as uuidv4, v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSchema } from '../../src/api/index.ts';
import { makeScene, type Scene } from './scene.ts';

let scene: Scene;
beforeAll(async () => {
	scene = await makeScene();
	for (let n = 0; n < 5; n++) await scene.write({ title: `note ${n}` });
});
afterAll(() => scene?.installation.close());

/** A place in the schema where a client gives a value: an operation, and the way down through its input objects. */
interface Place {
	readonly operation: string;
	readonly root: 'query' | 'mutation';
	readonly path: readonly string[];
	readonly type: string;
}

const { schema } = createSchema();

function placesOf(
	operation: string,
	root: Place['root'],
	inputs: readonly (GraphQLArgument | GraphQLInputField)[],
	before: readonly string[],
): Place[] {
	return inputs.flatMap((input) => {
		const type = getNamedType(input.type);
		const path = [...before, input.name];
		if (isInputObjectType(type)) return placesOf(operation, root, Object.values(type.getFields()), path);
		return [{ operation, root, path, type: type.name }];
	});
}

const places = (['query', 'mutation'] as const).flatMap((root) => {
	const type = root === 'query' ? schema.getQueryType() : schema.getMutationType();
	return Object.values(type?.getFields() ?? {}).flatMap((field) => placesOf(field.name, root, field.args, []));
});

/** A document that gives `value` at the place and what else is required. */
function documentFor(
	{ operation, root, path }: Place,
	value: unknown,
): { query: string; variables: Record<string, unknown> } {
	const type = root === 'query' ? schema.getQueryType() : schema.getMutationType();
	const field = type?.getFields()[operation];
	if (!field) throw new Error(operation);
	const fill = (
		inputs: readonly (GraphQLArgument | GraphQLInputField)[],
		[step, ...rest]: readonly (string | undefined)[],
	): Record<string, unknown> =>
		Object.fromEntries(
			inputs.flatMap((input) => {
				const of = getNamedType(input.type);
				const here = input.name === step;
				if (isInputObjectType(of))
					return here || isNonNullType(input.type)
						? [[input.name, fill(Object.values(of.getFields()), here ? rest : [])]]
						: [];
				if (here) return [[input.name, value]];
				return isNonNullType(input.type) ? [[input.name, of.name === 'Int' ? 1 : uuidv7()]] : [];
			}),
		);
	const variables = fill(field.args, path);
	const given = field.args.filter(({ name }) => name in variables);
	const head = given.map(({ name, type: of }) => `$${name}: ${of}`).join(', ');
	const args = given.map(({ name }) => `${name}: $${name}`).join(', ');
	const selection =
		operation.endsWith('Notes') || ['notes', 'firms', 'auditEntries'].includes(operation)
			? '{ totalCount }'
			: '{ __typename }';
	return { query: `${root} (${head}) { ${operation}(${args}) ${selection} }`, variables };
}

async function answerTo(place: Place, value: unknown, token = scene.north.owner) {
	const { query, variables } = documentFor(place, value);
	return scene.api.ask(token, query, variables);
}

const name = ({ operation, path }: Place) => `${operation}(${path.join('.')})`;
const ids = places.filter(({ type }) => type === 'ID').map((place) => [name(place), place] as const);

describe('every id that a client may give', () => {
	it('was found in the schema', () => {
		expect(ids.map(([it]) => it)).toEqual(
			expect.arrayContaining([
				'node(id)',
				'note(id)',
				'firm(id)',
				'notes(firmId)',
				'notes(filter.authorId)',
				'auditEntries(firmId)',
				'createNote(input.id)',
				'updateNote(input.id)',
				'deleteNote(input.id)',
			]),
		);
	});

	it.each(ids)('%s: refuses what is not a UUIDv7 in lower case, and does not repeat it', async (_, place) => {
		const wrong = [
			'',
			'id-marker',
			uuidv7().toUpperCase(),
			uuidv4(),
			`${uuidv7()} `,
			`{${uuidv7()}}`,
			uuidv7().replaceAll('-', ''),
			'\0',
			"' or 1=1 --",
			7,
			'00000000-0000-0000-0000-000000000000',
		];
		for (const value of wrong) {
			const answer = await answerTo(place, value);
			expect([value, answer.errors.map(({ extensions }) => extensions.code)]).toEqual([value, ['BAD_USER_INPUT']]);
			expect(answer.text).not.toMatch(/marker|or 1=1/);
		}
	});

	it.each(ids)('%s: refuses a value of another kind', async (_, place) => {
		for (const value of [{ id: uuidv7() }, [uuidv7(), uuidv7()], true, 1.5]) {
			const { errors } = await answerTo(place, value);
			expect(errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
		}
	});

	it.each(ids.filter(([, { root }]) => root === 'query'))(
		'%s: a firm, a user or nobody of elsewhere is nothing',
		async (_, place) => {
			for (const value of [uuidv7(), scene.harbour.id]) {
				const { errors, data } = await answerTo(place, value);
				expect(errors).toEqual([]);
				const found = data[place.operation];
				expect(found === null || found.totalCount === 0).toBe(true);
			}
		},
	);
});

describe('revisions', () => {
	it.each(['updateNote', 'deleteNote'])('%s: 0, negative, stale and future ones change nothing', async (operation) => {
		const id = await scene.write({ title: 'kept' });
		const input = operation === 'updateNote' ? ', title: "lost"' : '';
		for (const [revision, code] of [
			[0, 'BAD_USER_INPUT'],
			[-1, 'BAD_USER_INPUT'],
			[-2147483648, 'BAD_USER_INPUT'],
			[2, 'CONFLICT'],
			[2147483647, 'CONFLICT'],
		]) {
			const document = `mutation { ${operation}(input: { id: "${id}", expectedRevision: ${revision}${input} }) { __typename } }`;
			const { errors } = await scene.api.ask(scene.north.member, document);
			expect(errors.map(({ extensions }) => extensions.code)).toEqual([code]);
		}
		const [row] = await scene.admin`select revision, deleted_at from notes where id = ${id}`;
		expect(row).toEqual({ revision: 1, deleted_at: null });
	});

	it('of two writers who saw the same one, exactly one is heard', async () => {
		const id = await scene.write({ title: 'first' });
		const update = (title: string) =>
			`mutation { updateNote(input: { id: "${id}", expectedRevision: 1, title: "${title}" }) { note { revision } } }`;
		const answers = await Promise.all(
			['a', 'b', 'c', 'd'].map((title) => scene.api.ask(scene.north.member, update(title))),
		);
		expect(answers.flatMap(({ errors }) => errors.map(({ extensions }) => extensions.code))).toEqual([
			'CONFLICT',
			'CONFLICT',
			'CONFLICT',
		]);
	});
});

describe('lists', () => {
	const lists = ['notes', 'firms', 'auditEntries'];
	const list = (field: string, args: string) =>
		scene.api.ask(scene.north.owner, `{ ${field}(${args}) { nodes { id } pageInfo { startCursor endCursor } } }`);

	it.each(lists)('%s: sizes out of 1 to 1,000, and first with last, are refused', async (field) => {
		for (const args of [
			'first: 0',
			'first: -1',
			'first: 1001',
			'last: 0',
			'last: -5',
			'last: 2147483647',
			'first: 1, last: 1',
		]) {
			const { errors } = await list(field, args);
			expect([args, errors.map(({ extensions }) => extensions.code)]).toEqual([args, ['BAD_USER_INPUT']]);
		}
		for (const args of ['first: 1', 'last: 1', 'first: 1000', 'last: 1000'])
			expect((await list(field, args)).errors).toEqual([]);
	});

	const cursor = (parts: unknown) => Buffer.from(JSON.stringify(parts)).toString('base64url');
	it.each(lists)('%s: a cursor that was made up is refused, never an error of the database', async (field) => {
		const order = { notes: 'CREATED_AT_DESC', firms: 'SLUG_ASC', auditEntries: 'NEWEST_FIRST' }[field] as string;
		const id = uuidv7();
		const value = { notes: '2026-01-01T00:00:00.000Z', firms: 'north', auditEntries: '700' }[field] as string;
		expect((await list(field, `after: "${cursor([`${field}:${order}`, value, id])}"`)).errors).toEqual([]);
		const wrong = [
			'',
			'!!!',
			'cursor-marker',
			cursor(null),
			cursor([]),
			cursor({}),
			cursor([`${field}:${order}`, value]),
			cursor([`${field}:${order}`, value, 'no-id']),
			cursor([`${field}:${order}`, 7, id]),
			cursor([`${field}:OTHER`, value, id]),
			cursor([`${field}:${order}`, 'a\0b', id]),
			cursor([`${field}:${order}`, 'x'.repeat(201), id]),
			...(field === 'notes'
				? [
						'now',
						'infinity',
						'-infinity',
						'0000-01-01T00:00:00.000Z',
						'2026-02-30T00:00:00.000Z',
						'2026-01-01T24:00:00.000Z',
						"'; select",
					]
				: []),
			...(field === 'auditEntries' ? ['-1', '1e3', '99999999999999999999', '0x1'] : []),
		].map((each) =>
			/^[\w!-]*$/.test(each) && !/^(now|infinity|-infinity|-1|1e3|9+|0x1)$/.test(each)
				? each
				: cursor([`${field}:${order}`, each, id]),
		);
		for (const each of wrong) {
			for (const side of ['after', 'before']) {
				const { errors, text } = await list(field, `${side}: "${each}"`);
				expect([each, errors.map(({ extensions }) => extensions.code)]).toEqual([each, ['BAD_USER_INPUT']]);
				expect(text).not.toContain('marker');
			}
		}
	});

	it('a cursor of another list or order is refused', async () => {
		const { data } = await list('notes', 'first: 1');
		const own = data.notes.pageInfo.endCursor;
		expect((await list('notes', `first: 1, after: "${own}"`)).errors).toEqual([]);
		for (const [field, args] of [
			['notes', `orderBy: CREATED_AT_ASC, after: "${own}"`],
			['notes', `orderBy: UPDATED_AT_DESC, before: "${own}"`],
			['firms', `after: "${own}"`],
			['auditEntries', `after: "${own}"`],
		] as const) {
			expect((await list(field, args)).errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
		}
	});

	it('a cursor of another firm’s list leads to nothing of it', async () => {
		const theirs = await scene.write({ title: 'theirs' }, scene.harbour);
		const { data } = await scene.api.ask(
			scene.harbour.owner,
			'{ notes(orderBy: CREATED_AT_ASC) { pageInfo { startCursor } } }',
		);
		const answer = await list('notes', `orderBy: CREATED_AT_ASC, before: "${data.notes.pageInfo.startCursor}"`);
		expect(answer.errors).toEqual([]);
		expect(answer.text).not.toContain(theirs);
	});

	it.each([
		['orderBy: TITLE_ASC', 'GRAPHQL_VALIDATION_FAILED'],
		['orderBy: "CREATED_AT_ASC"', 'GRAPHQL_VALIDATION_FAILED'],
		['filter: { title: "filter-marker" }', 'GRAPHQL_VALIDATION_FAILED'],
		['filter: { body_contains: "filter-marker" }', 'GRAPHQL_VALIDATION_FAILED'],
		['filter: "filter-marker"', 'GRAPHQL_VALIDATION_FAILED'],
		['filter: { createdFrom: "filter-marker" }', 'GRAPHQL_VALIDATION_FAILED'],
		['filter: { createdFrom: 5 }', 'GRAPHQL_VALIDATION_FAILED'],
		['first: "1"', 'GRAPHQL_VALIDATION_FAILED'],
		['first: 1.5', 'GRAPHQL_VALIDATION_FAILED'],
		['first: 4294967296', 'GRAPHQL_VALIDATION_FAILED'],
	])('notes(%s) is %s', async (args, code) => {
		const { errors, text } = await list('notes', args);
		expect(errors.map(({ extensions }) => extensions.code)).toEqual([code]);
		expect(text).not.toContain('filter-marker');
	});

	it.each([
		'0000-01-01T00:00:00Z',
		'0001-01-01T00:00:00Z',
		'9999-12-31T23:59:59.999Z',
		'0001-01-01T00:00:00+23:59',
		'9999-12-31T23:59:59-23:59',
		'2026-06-30T23:59:60Z',
	])('a filter by the time %s is answered or refused, never an error of the database', async (time) => {
		for (const field of ['createdFrom', 'createdBefore']) {
			const { errors } = await scene.api.ask(
				scene.north.owner,
				'query ($f: NoteFilter) { notes(filter: $f) { totalCount } }',
				{ f: { [field]: time } },
			);
			for (const { extensions } of errors) expect([time, extensions.code]).toEqual([time, 'BAD_USER_INPUT']);
		}
	});
});

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

import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WORKSPACE } from '../../src/firms/index.ts';
import { makeScene, type Scene } from '../attacks/scene.ts';
import { makeWorkspace, type Workspace } from '../attacks/workspace.ts';
import {
	argumentsOf,
	coordinatesOf,
	fieldOf,
	hasMutation,
	isRemovable,
	KINDS,
	type Kind,
	schema,
	selectionOf,
	shownOf,
} from './kinds.ts';
import { codesOf, type Shown, shown, type Writer, writerOf } from './writer.ts';

let scene: Scene;
let work: Workspace;
let writer: Writer;
beforeAll(async () => {
	scene = await makeScene();
	work = await makeWorkspace(scene, scene.north);
	writer = writerOf(scene);
});
afterAll(() => scene?.installation.close());

/** Fields of Query that return a type: one by id, or a list. */
const queriesOf = (type: string) =>
	Object.values(schema.getQueryType()?.getFields() ?? {}).filter(({ type: of }) =>
		[type, `${type}Connection!`].includes(String(of)),
	);

/** Lists of other objects that contain the type, each with its object and field. */
const NESTED: Readonly<Record<string, [owner: string, of: string, field: string]>> = {
	Message: ['Thread', 'thread', 'messages(last: 1) { nodes'],
	DocumentVersion: ['Document', 'document', 'versions'],
	Comment: ['Note', 'note', 'comments(last: 1) { nodes'],
};

/** The object as each query that can reach it shows it. */
async function readEveryWay({ type }: Kind, { id }: Shown): Promise<Shown[]> {
	const fields = selectionOf(type);
	const found = queriesOf(type).map(async ({ name, args }) => {
		if (name === fieldOf(type)) return scene.api.ask(scene.north.member, `{ ${name}(id: "${id}") { ${fields} } }`);
		const of = args.some((argument) => argument.name === 'threadId') ? `threadId: "${work.ids.thread}", ` : '';
		const list = `${name}(${of}first: 1, orderBy: CREATED_AT_DESC) { nodes { ${fields} } edges { node { ${fields} } } }`;
		return scene.api.ask(scene.north.member, `{ ${name}: ${list} }`);
	});
	const [owner, of, field] = NESTED[type] ?? [];
	if (owner && of && field) {
		const inner = `${field} { ${fields} } ${field.includes('{') ? '}' : ''}`;
		found.push(
			scene.api.ask(
				scene.north.owner,
				`{ node(id: "${work.ids[of as 'note']}") { ... on ${owner} { found: ${inner} } } }`,
			),
		);
	}
	const answers = await Promise.all(found);
	return answers.flatMap(({ data, errors, text }) => {
		if (errors.length > 0) throw new Error(text);
		const [value] = Object.values<Shown>(data);
		if (value.found) return [(value.found.nodes ?? value.found).at(-1)];
		return value.nodes ? [value.nodes[0], value.edges[0].node] : [value];
	});
}

it('every type that can be created is tested, by its entry in KINDS', () => {
	const created = Object.keys(WORKSPACE).filter((type) => hasMutation(`create${type}`));
	const tested = KINDS.map(({ type }) => type as string);
	expect(
		created.filter((type) => !tested.includes(type)),
		'No test writes these types: add each to KINDS of test/firms/kinds.ts.',
	).toEqual([]);
});

describe.each(KINDS)('a $type', (kind) => {
	const { type } = kind;

	it('has a value for each argument in this test', () => {
		const missing = `give ${type} a value for each argument in test/firms/kinds.ts`;
		expect(Object.keys(kind.input(work.ids)), missing).toEqual(
			expect.arrayContaining(argumentsOf('Create', type).filter((name) => name !== 'status' || type === 'Invoice')),
		);
		expect(Object.keys(kind.other(work.ids)), missing).toEqual(expect.arrayContaining(argumentsOf('Update', type)));
	});

	it('is created with the given values, and every query for it shows the same', async () => {
		const input = kind.input(work.ids);
		const id = uuidv7();
		const answer = await writer.create(type, { id, ...input });
		const made = shown(answer, `create${type}`);
		expect(made).toMatchObject({ id, firmId: scene.north.id, revision: 1, ...shownOf(input) });
		expect(made.updatedAt).toBe(made.createdAt);
		expect(Math.abs(Date.now() - Date.parse(made.createdAt))).toBeLessThan(60_000);
		const ways = [await writer.read(type, id), ...(await readEveryWay(kind, made))];
		expect(ways.length).toBeGreaterThan(1);
		for (const way of ways) expect(way).toEqual(made);

		const creates = (await scene.entriesOf(answer)).filter(({ action }) => action === 'content.create');
		expect(creates).toHaveLength(1);
		expect(creates[0]?.records[0]).toBe(id);
		expect(creates[0]?.coordinates).toEqual(expect.arrayContaining(coordinatesOf(type, Object.keys(input))));
	});

	it('gets an id from the server if another member creates it without one', async () => {
		const made = shown(await writerOf(scene, scene.north.owner).create(type, kind.input(work.ids)), `create${type}`);
		expect(made.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
		if (type !== 'Client') expect(made.author.id).not.toBe((await writer.make(type, kind.input(work.ids))).author.id);
	});
});

const UPDATED = KINDS.filter(({ type }) => hasMutation(`update${type}`));

describe.each(UPDATED)('a change of a $type', (kind) => {
	const { type } = kind;
	const change = async (row: Shown, changes: object) =>
		shown(await writer.update(type, { id: row.id, expectedRevision: row.revision, ...changes }), `update${type}`);

	it.each(argumentsOf('Update', type))(
		'of its %s changes only that value, and is stored again if it is the same',
		async (name) => {
			const made = await writer.make(type, kind.input(work.ids));
			const given = { [name]: kind.other(work.ids)[name] };
			const changed = await change(made, given);
			expect(changed).toEqual({ ...made, ...shownOf(given), revision: 2, updatedAt: changed.updatedAt });
			expect(Date.parse(changed.updatedAt)).toBeGreaterThan(Date.parse(made.updatedAt));
			expect(await writer.read(type, made.id)).toEqual(changed);
			const same = await change(changed, given);
			expect(same).toEqual({ ...changed, revision: 3, updatedAt: same.updatedAt });
			expect(await change(same, { [name]: kind.input(work.ids)[name] ?? 'ACTIVE' })).toMatchObject({ revision: 4 });
		},
	);

	it.each(argumentsOf('Update', type))(
		'of its %s to null removes it, or is refused if it is required',
		async (name) => {
			const made = await writer.make(type, kind.input(work.ids));
			const answer = await writer.update(type, { id: made.id, expectedRevision: 1, [name]: null });
			if (isRemovable(type, name)) {
				const changed = shown(answer, `update${type}`);
				expect(changed).toEqual({ ...made, ...shownOf({ [name]: null }), revision: 2, updatedAt: changed.updatedAt });
			} else {
				expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
				expect(answer.errors[0]?.message).toContain(name);
				expect(await writer.read(type, made.id)).toEqual(made);
			}
		},
	);

	it('of everything at once is one change, with one entry that names its content', async () => {
		const made = await writer.make(type, kind.input(work.ids));
		const names = argumentsOf('Update', type);
		const given = Object.fromEntries(names.map((name) => [name, kind.other(work.ids)[name]]));
		const answer = await writer.update(type, { id: made.id, expectedRevision: 1, ...given }, 'id revision');
		expect(shown(answer, `update${type}`)).toEqual({ id: made.id, revision: 2 });
		expect(await writer.read(type, made.id)).toMatchObject(shownOf(given));
		const entries = await scene.entriesOf(answer);
		expect(entries.map(({ action }) => action)).toEqual(['content.update']);
		expect(entries[0]?.records[0]).toBe(made.id);
		expect(entries[0]?.coordinates).toEqual(expect.arrayContaining(coordinatesOf(type, names)));
	});

	const metadata = argumentsOf('Update', type).filter(
		(name) => name !== 'lineItems' && coordinatesOf(type, [name]).length === 0,
	);
	if (metadata.length > 0)
		it('of metadata opens no content, and is logged', async () => {
			const made = await writer.make(type, kind.input(work.ids));
			for (const [index, name] of metadata.entries()) {
				const given = { [name]: kind.other(work.ids)[name] };
				const answer = await writer.update(type, { id: made.id, expectedRevision: index + 1, ...given }, 'id');
				expect(codesOf(answer)).toEqual([]);
				const entries = await scene.entriesOf(answer);
				expect(entries.map(({ action, records, coordinates }) => [action, records, coordinates])).toEqual([
					['content.update', [made.id], []],
				]);
			}
		});

	it('is refused if empty, with a stale revision, or for a missing record, and then writes no entry', async () => {
		const made = await writer.make(type, kind.input(work.ids));
		const [name = ''] = argumentsOf('Update', type);
		const given = { [name]: kind.other(work.ids)[name] };
		for (const [input, code] of [
			[{ id: made.id, expectedRevision: 1 }, 'BAD_USER_INPUT'],
			[{ id: made.id, expectedRevision: 2, ...given }, 'CONFLICT'],
			[{ id: uuidv7(), expectedRevision: 1, ...given }, 'NOT_FOUND'],
			[{ id: work.ids.thread, expectedRevision: 1, ...given }, 'NOT_FOUND'],
		] as const) {
			const answer = await writer.update(type, input);
			expect([input, codesOf(answer)]).toEqual([input, [code]]);
			expect((await scene.entriesOf(answer)).filter(({ action }) => action === 'content.update')).toEqual([]);
		}
		expect(await writer.read(type, made.id)).toEqual(made);
	});
});

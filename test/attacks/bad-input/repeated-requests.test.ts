import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeScene, type Scene } from '../scene.ts';
import { byVariables, type Variables } from './document.ts';
import { type FirmRows, makeFirmRows } from './firm-rows.ts';
import { calls, isCreate, operation, type Position, positionsOf, valueAt, withValue } from './input-positions.ts';
import { otherValue } from './other-values.ts';
import { expectAnswer, faultsOf, inParallel } from './refuse.ts';
import { storedRows } from './stored-rows.ts';
import { isOwnId } from './valid-values.ts';

let scene: Scene;
let north: FirmRows;
let harbour: FirmRows;
beforeAll(async () => {
	scene = await makeScene();
	north = await makeFirmRows(scene, scene.north);
	harbour = await makeFirmRows(scene, scene.harbour);
});
afterAll(() => scene?.installation.close());

const ask = (name: string, variables: Variables, rows = north) =>
	rows.ask(byVariables(operation(name), variables, { node: '' }));

/** The same variables with another value at the position. Null if the position has no other value. */
async function changed(position: Position, variables: Variables): Promise<Variables | null> {
	const { path, within, call } = position;
	const valid = valueAt(variables, path);
	if (within?.isOneOf && valid === undefined) {
		const object = path.slice(0, -1);
		return withValue(variables, object, valueAt(await north.variables(call, path), object)) as Variables;
	}
	const other = isOwnId(position) || valid === undefined ? undefined : await otherValue(north, position, valid);
	return other === undefined ? null : (withValue(variables, path, other) as Variables);
}

describe.each(calls.filter(isCreate))('$field.name, sent again with the same id', (call) => {
	const { name } = call.field;

	it('returns the same answer, and creates nothing', async () => {
		const variables = await north.variables(call);
		const first = await expectAnswer(north, call, variables);
		const before = await storedRows(scene.admin);
		const again = await inParallel([1, 2, 3], () => expectAnswer(north, call, variables));
		for (const { data } of again) expect(data).toEqual(first.data);
		expect(await storedRows(scene.admin)).toEqual(before);
	});

	it('creates one row if sent several times concurrently', async () => {
		const variables = await north.variables(call);
		const answers = await inParallel([1, 2, 3, 4, 5, 6], () => expectAnswer(north, call, variables));
		for (const { data } of answers) expect(data).toEqual(answers[0]?.data);
	});

	it('is refused if any other value differs', async () => {
		const variables = await north.variables(call);
		await expectAnswer(north, call, variables);
		const others: [string, Variables][] = [];
		for (const position of positionsOf(call)) {
			const other = await changed(position, variables);
			if (other && JSON.stringify(other) !== JSON.stringify(variables)) others.push([position.name, other]);
		}
		expect(others.length).toBeGreaterThan(0);
		const before = await storedRows(scene.admin);
		const wrong = await inParallel(others, async ([what, other]) =>
			faultsOf(await ask(name, other), ['CONFLICT'], null).map((fault) => `${what}: ${fault}`),
		);
		expect(wrong.flat()).toEqual([]);
		expect(await storedRows(scene.admin)).toEqual(before);
	});

	it('is refused to another firm and reveals nothing', async () => {
		const variables = await north.variables(call);
		await expectAnswer(north, call, variables);
		const { id } = variables.input as { id: string };
		const theirs = withValue(await harbour.variables(call), ['input', 'id'], id) as Variables;
		const before = await storedRows(scene.admin);
		const answer = await ask(name, theirs, harbour);
		expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual(['CONFLICT']);
		expect(answer.text).not.toMatch(/north/);
		expect(await storedRows(scene.admin)).toEqual(before);
	});
});

const changes = calls.filter((call) => positionsOf(call).some(({ path }) => path.at(-1) === 'expectedRevision'));

describe.each(changes)('$field.name', (call) => {
	const { name } = call.field;
	const update = operation(name.replace(/^delete/, 'update'));

	it('accepts the current revision, and no other', async () => {
		const variables = (await north.variables(call)) as { input: { id: string } };
		const at = (of: Variables, expectedRevision: number) => ({
			input: { ...(of.input as object), id: variables.input.id, expectedRevision },
		});
		await expectAnswer(north, update, at(await north.variables(update), 1));
		await expectAnswer(north, update, at(await north.variables(update), 2));
		const before = await storedRows(scene.admin);
		for (const [revision, code] of [
			[0, 'BAD_USER_INPUT'],
			[-1, 'BAD_USER_INPUT'],
			[1, 'CONFLICT'],
			[2, 'CONFLICT'],
			[4, 'CONFLICT'],
			[2_147_483_647, 'CONFLICT'],
		] as const)
			expect([revision, ...faultsOf(await ask(name, at(variables, revision)), [code], null)]).toEqual([revision]);
		expect(await storedRows(scene.admin)).toEqual(before);
		await expectAnswer(north, call, at(variables, 3));
		if (!name.startsWith('delete')) return;
		for (const gone of [call, update]) {
			const again = await ask(gone.field.name, at(await north.variables(gone), 4));
			expect(faultsOf(again, ['NOT_FOUND'], null)).toEqual([]);
		}
	});

	it('accepts one of several concurrent changes of the same revision', async () => {
		const variables = await north.variables(call);
		const answers = await inParallel([1, 2, 3, 4, 5, 6], () => ask(name, variables));
		const codes = answers.flatMap(({ errors }) => errors.map(({ extensions }) => extensions.code)).sort();
		const loser = name.startsWith('delete') ? 'NOT_FOUND' : 'CONFLICT';
		expect(codes).toEqual([loser, loser, loser, loser, loser]);
	});
});

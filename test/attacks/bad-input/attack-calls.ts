import { getNamedType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishLog } from '../../support/installation.ts';
import { makeScene, type Scene } from '../scene.ts';
import { acceptedValuesOf } from './accepted-values.ts';
import { badValuesOf } from './bad-values.ts';
import { byVariables, type Variables } from './document.ts';
import { type FirmRows, makeFirmRows } from './firm-rows.ts';
import { type Call, calls, isPage, nameOf, type Position, positionsOf, valueAt, withValue } from './input-positions.ts';
import { namesOfNothing, takenIds } from './named-rows.ts';
import { calledOf, expectAnswer, faultsOf, forgetKinds, inParallel, refuse } from './refuse.ts';
import { storedRows } from './stored-rows.ts';
import { isOwnId } from './valid-values.ts';

/** Sends every bad value at every position of every query or mutation, and checks that the same call without it succeeds. */
export function attackCalls(root: Call['root']): void {
	let scene: Scene;
	let firms: Readonly<Record<'north' | 'harbour', FirmRows>>;
	beforeAll(async () => {
		forgetKinds();
		scene = await makeScene();
		firms = { north: await makeFirmRows(scene, scene.north), harbour: await makeFirmRows(scene, scene.harbour) };
		await publishLog(scene.installation);
	});
	afterAll(async () => {
		await scene?.installation.close();
	});

	describe.each(calls.filter((call) => call.root === root))('$name', (call) => {
		it('is answered if every argument is valid', async () => {
			const answer = await expectAnswer(firms.north, call, await firms.north.variables(call));
			if (isPage(call)) expect(calledOf(answer).totalCount).toBeGreaterThan(0);
		});

		it.each(positionsOf(call))('$name', (position) => attack(position));
	});

	it('the server stays up, and no unforeseen error was logged', async () => {
		expect((await fetch(`${scene.api.url}/health/live`)).status).toBe(200);
		expect(scene.api.lines.filter((line) => line.includes('unexpected error'))).toEqual([]);
	});

	async function attack(position: Position): Promise<void> {
		const { north } = firms;
		const { call } = position;
		const variables = await north.variables(call, position.path);
		const valid = valueAt(variables, position.path);
		const nothing =
			getNamedType(position.type).name === 'ID' && !isOwnId(position) ? await namesOfNothing(position, firms) : {};
		const taken = Object.entries(await takenIds(position, firms)).map(([what, value]) => ({
			what,
			value,
			code: 'CONFLICT' as const,
		}));
		const before = await storedRows(scene.admin);
		const wrong = await refuse(north, position, variables, [...badValuesOf(position, valid), ...taken]);
		for (const [what, id] of Object.entries(nothing))
			wrong.push(...(await find(position, variables, id)).map((fault) => `${what}: ${fault}`));
		expect(wrong).toEqual([]);
		expect(await storedRows(scene.admin)).toEqual(before);
		await expectAnswer(north, call, variables);
		await inParallel(acceptedValuesOf(position, valid), (value) => accept(position, value), root === 'query' ? 8 : 1);
	}

	/** A query finds nothing by the id, and a mutation answers with an error. */
	async function find({ call, path }: Position, variables: Variables, id: string): Promise<string[]> {
		const node = { node: await firms.north.nodeOf(call) };
		const answer = await firms.north.ask(byVariables(call, withValue(variables, path, id) as Variables, node));
		// The error does not say which of the records it is about.
		if (root === 'mutation') return faultsOf(answer, [path.includes('recordIds') ? 'BAD_USER_INPUT' : 'NOT_FOUND'], id);
		const found = calledOf(answer);
		const isNothing = found === null || (found.totalCount === 0 && found.nodes.length === 0);
		const told = answer.text.includes('harbour') ? ['names the other firm'] : [];
		return [...(answer.errors.length === 0 && isNothing ? [] : [`finds ${answer.text.slice(0, 300)}`]), ...told];
	}

	/** A value at the limit is accepted, and the answer returns it unchanged. */
	async function accept(position: Position, value: unknown): Promise<void> {
		const { call, path } = position;
		const given = withValue(await firms.north.variables(call, path), path, value) as Variables;
		// A cursor belongs to one order.
		const { after, before, ...withoutCursor } = given;
		const answer = await expectAnswer(firms.north, call, path[0] === 'orderBy' ? withoutCursor : given);
		const [, written] = /^(?:create|update)(\w+)$/.exec(call.field.name) ?? [];
		if (!written || path.length !== 2 || value === null || typeof value === 'object') return;
		const shown = calledOf(answer)[written.charAt(0).toLowerCase() + written.slice(1)][nameOf(position)];
		if (shown !== undefined) expect(plain(shown, position)).toEqual(plain(value, position));
	}
}

/** A common form for equal times and numbers. */
function plain(value: unknown, { type }: Position): unknown {
	const { name } = getNamedType(type);
	return name === 'DateTime' ? new Date(value as string).toISOString() : value === '-0' ? '0' : value;
}

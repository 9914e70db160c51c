import { getNamedType, isEnumType } from 'graphql';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishLog } from '../../support/installation.ts';
import { makeScene, type Scene } from '../scene.ts';
import { byVariables, type Variables } from './document.ts';
import { type FirmRows, makeFirmRows } from './firm-rows.ts';
import { type Call, calls, isPage, operation } from './input-positions.ts';
import { altered, encode, madeUp } from './invented-cursors.ts';
import { calledOf, expectAnswer, faultsOf, inParallel } from './refuse.ts';
import { validVariables } from './valid-variables.ts';

let scene: Scene;
let north: FirmRows;
let harbour: FirmRows;
beforeAll(async () => {
	scene = await makeScene();
	north = await makeFirmRows(scene, scene.north);
	harbour = await makeFirmRows(scene, scene.harbour);
	await publishLog(scene.installation);
});
afterAll(() => scene?.installation.close());

const pages = calls.filter((call) => isPage(call));

/** Two fields with the same list in the same order. Each accepts the other's cursors. */
const SAME_LIST: readonly string[] = ['Query.notices', 'User.notices'];

/** The orders of a list, or [undefined] if it has only one. */
function ordersOf({ field }: Call): readonly (string | undefined)[] {
	const type = field.args.find(({ name }) => name === 'orderBy')?.type;
	const named = type && getNamedType(type);
	return isEnumType(named) ? named.getValues().map(({ name }) => name) : [undefined];
}

/** The required arguments of a list, with its order. */
async function neededFor(call: Call, orderBy: string | undefined): Promise<Variables> {
	const needed = call.field.args.filter(({ type }) => String(type).endsWith('!'));
	return { ...(await validVariables(north, call, [], needed)), ...(orderBy !== undefined && { orderBy }), first: 5 };
}

async function ask(call: Call, variables: Variables) {
	return north.ask(byVariables(call, variables, { node: await north.nodeOf(call) }));
}

const cursors = new Map<string, Promise<string>>();

/** The cursor of the first row of a list in an order. Requested once. */
function cursorOf(call: Call, orderBy = ordersOf(call)[0]): Promise<string> {
	const key = `${call.name} ${orderBy}`;
	const found = cursors.get(key) ?? askForCursor(call, orderBy);
	cursors.set(key, found);
	return found;
}

async function askForCursor(call: Call, orderBy: string | undefined): Promise<string> {
	const answer = await expectAnswer(north, call, await neededFor(call, orderBy));
	return calledOf(answer).pageInfo.startCursor;
}

describe.each(pages)('$name', (call) => {
	it('continues from its own cursors, in each of its orders', async () => {
		await inParallel(ordersOf(call), async (orderBy) => {
			const cursor = await cursorOf(call, orderBy);
			const { first, ...needed } = await neededFor(call, orderBy);
			await expectAnswer(north, call, { ...needed, first, after: cursor });
			await expectAnswer(north, call, { ...needed, last: first, before: cursor });
		});
	});

	it('has one direction: first with last is refused', async () => {
		const needed = await neededFor(call, ordersOf(call)[0]);
		expect(faultsOf(await ask(call, { ...needed, last: 5 }), ['BAD_USER_INPUT'], null)).toEqual([]);
	});

	it('refuses cursors of its other orders and of every other list', async () => {
		const needed = await neededFor(call, ordersOf(call)[0]);
		const others = pages.filter(
			(other) => other !== call && ![call.name, other.name].every((name) => SAME_LIST.includes(name)),
		);
		const theirs = await inParallel(
			[
				...ordersOf(call)
					.slice(1)
					.map((order) => [call, order] as const),
				...others.map((other) => [other, ordersOf(other)[0]] as const),
			],
			async ([of, order]) => ({ of: `${of.name} ${order}`, cursor: await cursorOf(of, order) }),
		);
		const wrong = await inParallel(theirs, async ({ of, cursor }) =>
			faultsOf(await ask(call, { ...needed, after: cursor }), ['BAD_USER_INPUT'], cursor).map(
				(fault) => `${of}: ${fault}`,
			),
		);
		expect(wrong.flat()).toEqual([]);
	});

	it('refuses a made-up cursor, and does not repeat it', async () => {
		const needed = await neededFor(call, ordersOf(call)[0]);
		const wrong = await inParallel(Object.entries(madeUp(await cursorOf(call))), async ([what, cursor]) =>
			faultsOf(await ask(call, { ...needed, after: cursor }), ['BAD_USER_INPUT'], cursor).map(
				(fault) => `${what}: ${fault}`,
			),
		);
		expect(wrong.flat()).toEqual([]);
	});

	it('refuses an altered cursor, or answers with the caller’s own rows', async () => {
		const needed = await neededFor(call, ordersOf(call)[0]);
		const foreign = call.owner === 'Query' ? await harbour.cursor(call) : encode([]);
		const wrong = await inParallel([foreign, ...altered(await cursorOf(call))], async (cursor) => {
			const answer = await ask(call, { ...needed, after: cursor });
			if (answer.errors.length > 0) return faultsOf(answer, ['BAD_USER_INPUT'], cursor);
			return answer.text.includes('harbour') ? [`${cursor} leads to the other firm`] : [];
		});
		expect(wrong.flat()).toEqual([]);
	});
});

describe('a row with the longest permitted name', () => {
	it.each(['NAME_ASC', 'NAME_DESC'])('has a cursor that clients accepts, in the order %s', async (orderBy) => {
		await north.succeed('createClient', { input: { id: uuidv7(), name: '😀'.repeat(200) } });
		const clients = operation('clients');
		for (const page of [{ first: 1 }, { last: 1 }]) {
			const answer = await expectAnswer(north, clients, { ...page, orderBy });
			await expectAnswer(north, clients, { orderBy, after: calledOf(answer).pageInfo.endCursor });
		}
	});
});

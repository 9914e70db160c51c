import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeScene, type Scene } from './scene.ts';

let scene: Scene;
beforeAll(async () => {
	scene = await makeScene();
	for (let n = 0; n < 5; n++) await scene.write({ title: `note ${n}` });
});
afterAll(() => scene?.installation.close());

describe('lists', () => {
	const lists = ['notes', 'firms', 'auditEntries'];
	const list = (field: string, args: string) =>
		scene.api.ask(scene.north.owner, `{ ${field}(${args}) { nodes { id } pageInfo { startCursor endCursor } } }`);

	it.each(lists)('%s: sizes out of 1 to 1,000, and first with last, are refused', async (field) => {
		for (const args of ['first: 0', 'first: -1', 'last: 0', 'last: -5', 'first: 1, last: 1']) {
			const { errors } = await list(field, args);
			expect([args, errors.map(({ extensions }) => extensions.code)]).toEqual([args, ['BAD_USER_INPUT']]);
		}
		for (const args of ['first: 1001', 'last: 2147483647']) {
			const { errors } = await list(field, args);
			expect([args, errors.map(({ extensions }) => extensions.code)]).toEqual([args, ['TOO_EXPENSIVE']]);
		}
		for (const args of ['first: 1', 'last: 1', 'first: 1000', 'last: 1000'])
			expect((await list(field, args)).errors).toEqual([]);
	});

	/** What PostgreSQL would take for a value of the column, or choke on, and no cursor of ours holds. */
	const wrongValues: Readonly<Record<string, readonly string[]>> = {
		notes: [
			'now',
			'infinity',
			'-infinity',
			'0000-01-01T00:00:00.000Z',
			'2026-02-30T00:00:00.000Z',
			'2026-01-01T24:00:00.000Z',
			"'; select",
		],
		auditEntries: ['-1', '1e3', '99999999999999999999', '0x1'],
	};
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
			...(wrongValues[field] ?? []).map((each) => cursor([`${field}:${order}`, each, id])),
		];
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

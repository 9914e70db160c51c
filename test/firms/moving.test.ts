import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StampDraft } from '../../src/custody/index.ts';
import { makeScene, type Scene } from '../attacks/scene.ts';
import { CustodyFirm, type GivenSealed, noteValues, type RowToSeal } from '../support/firm-custody.ts';
import type { Person } from '../support/person.ts';
import { codesOf, writerOf } from './writer.ts';

let scene: Scene;
let custody: CustodyFirm;
let id: string;
beforeAll(async () => {
	scene = await makeScene();
	custody = await CustodyFirm.begin(scene.installation, scene.north);
	id = (await writerOf(scene).make('Note', { title: 'a title', body: 'a body' })).id;
	await custody.generate('NOTE');
});
afterAll(() => scene?.installation.close());

const RESEAL = 'mutation ($input: ResealRecordsInput!) { resealRecords(input: $input) { resealedIds } }';
const RETURN = 'mutation ($input: ReturnRecordsInput!) { returnRecords(input: $input) { returnedIds } }';
const LEFT = '{ recordsToReseal(class: "NOTE") { id ... on Note { revision title sealedFields { name } } } }';

async function move(to: 'MOVING' | 'FIRM' | 'BACK' | 'PLATFORM'): Promise<void> {
	await custody.append('custody.set', { class: 'NOTE', custody: to });
	await custody.setCustody('NOTE', to);
}

const sealed = (stamp: Partial<StampDraft> = {}, change: Partial<RowToSeal> = {}): Promise<GivenSealed> =>
	custody.seal({
		class: 'NOTE',
		table: 'notes',
		row: id,
		revision: 2,
		values: noteValues('a title', 'a body'),
		stamp: { origin: 'PLATFORM', ...stamp },
		...change,
	});
const reseal = async (given: GivenSealed, revision = 1) =>
	scene.api.ask(scene.north.owner, RESEAL, {
		input: { class: 'NOTE', records: [{ type: 'Note', id, revision, sealed: given }] },
	});
const give = (
	fields: readonly object[],
	{ by = scene.north.owner, revision = 2 }: { by?: Person; revision?: number } = {},
) => scene.api.ask(by, RETURN, { input: { class: 'NOTE', records: [{ type: 'Note', id, revision, fields }] } });

const FIELDS = [
	{ name: 'title', value: 'a title' },
	{ name: 'body', value: 'a body' },
];
const stored = async () => (await scene.admin`select * from notes where id = ${id}`)[0] ?? {};
const left = async () => (await scene.api.ask(scene.north.owner, LEFT)).data.recordsToReseal;
const countLeft = async (): Promise<number> => (await left()).length;

describe('a class that moves to the firm', () => {
	beforeAll(() => move('MOVING'));

	it('lists what the platform has sealed, opened, and takes no plaintext any more', async () => {
		expect(await left()).toContainEqual({ id, revision: 1, title: 'a title', sealedFields: [] });
		const plain = await writerOf(scene).update('Note', { id, expectedRevision: 1, title: 'plain' });
		expect(codesOf(plain)).toEqual(['BAD_USER_INPUT']);
	});

	it('takes a record from a device only as it is stored, as the platform’s, at the next revision', async () => {
		const attempts: Record<string, GivenSealed> = {
			'without its origin': await sealed({ origin: null }),
			'as a device’s': await sealed({ origin: custody.owner.id }),
			'at another revision': await sealed({}, { revision: 1 }),
			'with a value less': await sealed({}, { values: noteValues('a title', null) }),
			'with a longer value': await sealed({}, { values: noteValues('a title', 'b'.repeat(2_000)) }),
			'by another person’s device': await sealed({}, { by: custody.member }),
		};
		for (const [name, given] of Object.entries(attempts))
			expect([name, codesOf(await reseal(given)).length]).toEqual([name, 1]);
		expect((await stored()).stamp).toBeNull();
		expect((await reseal(await sealed(), 2)).data.resealRecords.resealedIds).toEqual([]);
	});

	it('ends at zero, with the same record under the firm’s key', async () => {
		const before = await countLeft();
		const given = await sealed();
		const answer = await reseal(given);
		expect(answer.data.resealRecords.resealedIds).toEqual([id]);
		expect(await scene.entriesOf(answer)).toMatchObject([{ action: 'content.update', records: [id] }]);
		expect(await stored()).toMatchObject({ revision: 2, stamp: given.stamp });
		expect((await stored()).title[1]).toBe(2);
		expect(await countLeft()).toBe(before - 1);
	});

	it('gives nothing back in this custody', async () => {
		expect(codesOf(await give(FIELDS))).toEqual(['CONFLICT']);
	});
});

describe('a class on its way back', () => {
	beforeAll(async () => {
		await move('FIRM');
		await move('BACK');
	});

	it('takes whole records from members of the firm only', async () => {
		const attempts: Record<string, readonly object[]> = {
			'without a field': FIELDS.slice(0, 1),
			'with a field twice': [...FIELDS, FIELDS[0] as object],
			'with a value less': [{ name: 'title', value: null }, FIELDS[1] as object],
			'with a longer value': [{ name: 'title', value: 'b'.repeat(900) }, FIELDS[1] as object],
			'with a field of another type': [FIELDS[0] as object, { name: 'memo', value: 'a body' }],
		};
		for (const [name, fields] of Object.entries(attempts))
			expect([name, codesOf(await give(fields))]).toEqual([name, ['BAD_USER_INPUT']]);
		for (const by of [scene.north.client, scene.operator])
			expect(codesOf(await give(FIELDS, { by }))).toEqual(['FORBIDDEN']);
		expect((await give(FIELDS, { by: scene.harbour.owner })).text).toContain('CONFLICT');
		expect((await give(FIELDS, { revision: 1 })).data.returnRecords.returnedIds).toEqual([]);
		expect((await stored()).title[1]).toBe(2);
	});

	it('stores them under the platform’s key again, without a stamp, on record', async () => {
		const answer = await give(FIELDS);
		expect(answer.data.returnRecords.returnedIds).toEqual([id]);
		expect(await scene.entriesOf(answer)).toMatchObject([{ action: 'content.update', records: [id] }]);
		expect(await stored()).toMatchObject({ revision: 3, stamp: null });
		expect((await stored()).title[1]).toBe(1);
		expect(await writerOf(scene).read('Note', id)).toMatchObject({ title: 'a title', body: 'a body' });
		expect((await give(FIELDS, { revision: 3 })).data.returnRecords.returnedIds).toEqual([]);
	});
});

import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCustodyHeader, type StampDraft } from '../../src/custody/index.ts';
import { makeScene, type Scene } from '../attacks/scene.ts';
import { CustodyFirm, type GivenSealed, noteValues, type RowToSeal } from '../support/firm-custody.ts';
import type { Person } from '../support/person.ts';
import { codesOf, writerOf } from './writer.ts';

let scene: Scene;
let custody: CustodyFirm;
beforeAll(async () => {
	scene = await makeScene();
	custody = await CustodyFirm.begin(scene.installation, scene.north);
	await custody.take('NOTE');
	await custody.take('COMMUNICATION');
});
afterAll(() => scene?.installation.close());

const RESEAL = 'mutation ($input: ResealRecordsInput!) { resealRecords(input: $input) { resealedIds } }';
const TO_RESEAL = `query ($first: Int, $after: ID) {
	recordsToReseal(class: "NOTE", first: $first, after: $after) { id ... on Note { revision sealedFields { name envelope stamp } } }
}`;

const sealNote = (row: string, change: Partial<RowToSeal> = {}): Promise<GivenSealed> =>
	custody.seal({ class: 'NOTE', table: 'notes', row, values: noteValues('a title', 'a body'), ...change });

/** A note that the member's device, or the owner's, has sealed. */
async function storedNote(by = custody.owner): Promise<string> {
	const id = uuidv7();
	const { owner, member } = scene.north;
	const answer = await writerOf(scene, by === custody.owner ? owner : member).create(
		'Note',
		{ id, sealed: await sealNote(id, { by }) },
		'id',
	);
	if (answer.errors.length > 0) throw new Error(answer.text);
	return id;
}

/** The note as the owner's device seals it again; by default with the values and the stamp that are right. */
const again = (id: string, stamp: Partial<StampDraft> = {}, change: Partial<RowToSeal> = {}) =>
	sealNote(id, { revision: 2, stamp: { origin: custody.owner.id, ...stamp }, ...change });

const reseal = (records: readonly object[], by: Person = scene.north.owner, of = 'NOTE') =>
	scene.api.ask(by, RESEAL, { input: { class: of, records } });
const record = (id: string, sealed: GivenSealed, revision = 1) => ({ type: 'Note', id, revision, sealed });

const countOf = async (by: Person = scene.north.owner): Promise<unknown> =>
	(await scene.api.ask(by, '{ resealing { class version count } }')).data?.resealing.find(
		({ class: of }: { class: string }) => of === 'NOTE',
	);
const stored = async (id: string) => (await scene.admin`select * from notes where id = ${id}`)[0] ?? {};

describe('re-sealing', () => {
	it('counts what is left, lists it in pages, and ends at zero with the same values under the new key', async () => {
		const ids = [await storedNote(), await storedNote(), await storedNote()];
		expect(await countOf()).toEqual({ class: 'NOTE', version: 1, count: 0 });
		await custody.generate('NOTE');
		expect(await countOf(scene.north.member)).toEqual({ class: 'NOTE', version: 2, count: 3 });
		const seen: string[] = [];
		for (let after: string | null = null; ; ) {
			const { data } = await scene.api.ask(scene.north.owner, TO_RESEAL, { first: 2, after });
			const page = data.recordsToReseal as readonly { id: string; sealedFields: readonly object[] }[];
			if (page.length === 0) break;
			expect(page.map(({ sealedFields }) => sealedFields.length)).toEqual(page.map(() => 2));
			seen.push(...page.map(({ id }) => id));
			after = seen.at(-1) ?? null;
		}
		expect(seen).toEqual(ids);
		const before = await stored(ids[0] as string);
		const records = await Promise.all(ids.map(async (id) => record(id, await again(id))));
		expect((await reseal(records)).data?.resealRecords.resealedIds).toEqual(ids);
		expect(await countOf()).toEqual({ class: 'NOTE', version: 2, count: 0 });
		const after = await stored(ids[0] as string);
		const { title: _, body: __, stamp: ___, revision: ____, ...same } = before;
		expect(after).toMatchObject({ ...same, revision: 2, stamp: records[0]?.sealed.stamp });
		expect(readCustodyHeader(after.title).version).toBe(2);
	});

	it('is on record: what was handed out, and what was replaced', async () => {
		const id = await storedNote();
		await custody.generate('NOTE');
		const read = await scene.api.ask(scene.north.owner, TO_RESEAL);
		expect(await scene.entriesOf(read)).toMatchObject([
			{ action: 'content.release', records: expect.arrayContaining([id]) },
		]);
		const written = await reseal([record(id, await again(id))]);
		expect(await scene.entriesOf(written)).toMatchObject([
			{ action: 'content.update', records: [id], coordinates: ['Note.title', 'Note.body'] },
		]);
	});

	it('counts every record while the firm has no key to seal under, and refuses to seal', async () => {
		const id = await storedNote();
		await custody.append('device.revoke', { devices: [custody.member.id] });
		expect(await countOf()).toMatchObject({ version: null, count: 5 });
		expect(codesOf(await reseal([record(id, await again(id))]))).toEqual(['CONFLICT']);
		await custody.generate('NOTE');
		expect(codesOf(await reseal([record(id, await again(id))]))).toEqual([]);
	});
});

describe('a re-sealing that is not one', () => {
	let id: string;
	beforeAll(async () => {
		id = await storedNote();
		await custody.generate('NOTE');
	});

	it('is refused, and nothing of the request is stored', async () => {
		const other = await storedNote();
		await custody.generate('NOTE');
		const good = await again(id);
		const swapped = async () => ({ ...good, fields: (await again(other)).fields });
		const version = Math.max(...(custody.log.classes.get('NOTE')?.versions.keys() ?? []));
		const attempts: Record<string, GivenSealed> = {
			'under an older version': await again(id, {}, { version: version - 1 }),
			'with the origin of a stranger': await again(id, { origin: 'ab'.repeat(32) }),
			'with the origin of another device': await again(id, { origin: custody.member.id }),
			'without the origin of an active author': await again(id, { origin: null }),
			'with another revision': await again(id, {}, { revision: 3 }),
			'of another record': await again(other),
			'with the envelopes of another record': await swapped(),
			'with a value less': await again(id, {}, { values: noteValues('a title', null) }),
			'with a field less': { ...good, fields: good.fields.slice(0, 1) },
			'with a longer value': await again(id, {}, { values: noteValues('a title', 'b'.repeat(2_000)) }),
			'by a device of another person': await again(id, {}, { by: custody.member }),
		};
		const row = await stored(id);
		for (const [name, sealed] of Object.entries(attempts)) {
			const answer = await reseal([record(other, await again(other)), record(id, sealed)]);
			expect([name, codesOf(answer).length]).toEqual([name, 1]);
		}
		expect(codesOf(await reseal([record(id, good), record(id, good)]))).toEqual(['BAD_USER_INPUT']);
		expect(codesOf(await reseal([record(id, good)], scene.north.owner, 'COMMUNICATION'))).toEqual(['BAD_USER_INPUT']);
		expect(await stored(id)).toEqual(row);
		expect((await stored(other)).revision).toBe(1);
	});

	it('changes nothing by people outside the firm, or of a record that has changed or needs none', async () => {
		const good = await again(id);
		for (const by of [scene.north.client, scene.operator])
			expect(codesOf(await reseal([record(id, good)], by))).toEqual(['FORBIDDEN']);
		expect((await reseal([record(id, good)], scene.harbour.owner)).data?.resealRecords.resealedIds).toEqual([]);
		expect((await reseal([record(id, good, 2)])).data?.resealRecords.resealedIds).toEqual([]);
		expect((await reseal([record(id, good)])).data?.resealRecords.resealedIds).toEqual([id]);
		const third = await again(id, {}, { revision: 3, values: noteValues('changed', 'changed') });
		expect((await reseal([record(id, third, 2)])).data?.resealRecords.resealedIds).toEqual([]);
		expect((await stored(id)).revision).toBe(2);
	});
});

it('a page that is asked for wrongly is refused, and says what is wrong', async () => {
	const ask = (args: string) => scene.api.ask(scene.north.owner, `{ recordsToReseal(${args}) { id } }`);
	const bad = ['class: "BILLING"', 'class: "note"', 'class: ""', 'class: null', 'class: "NOTE", after: "x"'];
	for (const args of [...bad, 'class: "NOTE", first: 0', 'class: "NOTE", first: 101', 'class: "NOTE", first: "1"']) {
		const answer = await ask(args);
		expect([args, answer.errors.length, answer.data?.recordsToReseal ?? null]).toEqual([args, 1, null]);
		expect([args, codesOf(answer)[0]]).toEqual([
			args,
			expect.stringMatching(/^(BAD_USER_INPUT|GRAPHQL_VALIDATION_FAILED)$/),
		]);
	}
});

it('a change of metadata, which has no stamp, does not stop the re-sealing after it', async () => {
	await custody.generate('COMMUNICATION');
	const thread = (
		await writerOf(scene, scene.north.owner).create('Thread', { id: uuidv7(), clientId: scene.north.clientId }, 'id')
	).data.createThread.thread.id;
	const id = uuidv7();
	const values = {
		subject: { column: 'subject', value: 's', pad: 64 },
		body: { column: 'body', value: 'b', pad: 256 },
	};
	const message = { class: 'COMMUNICATION', table: 'messages', row: id, thread, values };
	await writerOf(scene, scene.north.owner).create(
		'Message',
		{ id, threadId: thread, sealed: await custody.seal(message) },
		'id',
	);
	await scene.admin`update messages set revision = revision + 3 where id = ${id}`;
	await custody.generate('COMMUNICATION');
	const sealed = await custody.seal({ ...message, revision: 2, stamp: { origin: custody.owner.id } });
	const answer = await reseal([{ type: 'Message', id, revision: 4, sealed }], scene.north.owner, 'COMMUNICATION');
	expect(answer.data?.resealRecords.resealedIds).toEqual([id]);
});

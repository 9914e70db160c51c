import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, NO_PRIVILEGE, roleOf } from '../database/two-firms.ts';
import { codesOf, writerOf } from '../firms/writer.ts';
import { CustodyFirm, noteValues } from '../support/firm-custody.ts';
import { firmsealJson, newDirectory } from '../system/program.ts';
import { makeScene, type Scene } from './scene.ts';

const CANARY = 'canary-of-the-firm';

let scene: Scene;
let custody: CustodyFirm;
beforeAll(async () => {
	scene = await makeScene();
	custody = await CustodyFirm.begin(scene.installation, scene.north);
	for (const each of ['NOTE', 'COMMUNICATION', 'BILLING']) await custody.take(each);
});
afterAll(() => scene?.installation.close());

const sealNote = (row: string, by = custody.owner) =>
	custody.seal({ class: 'NOTE', table: 'notes', row, values: noteValues('t', 'b'), by });

/** Texts of rows and entries with the canary, as text or in base64. */
async function traces(): Promise<number> {
	const [row] = await scene.admin`
		select (select count(*) from notes n where n::text like ${`%${CANARY}%`} or encode(n.title, 'escape') like ${`%${CANARY}%`})::int
			+ (select count(*) from audit_entries where leaf like ${`%${CANARY}%`})::int as count`;
	return row?.count;
}

describe('a plain value of a class in the firm’s own custody', () => {
	const INPUT = 'mutation ($input: CreateNoteInput!) { x: createNote(input: $input) { y: note { id } } }';
	const FRAGMENT = 'fragment F on Mutation { createNote(input: $input) { note { id } } }';
	it.each<[string, string, (id: string) => Record<string, unknown>]>([
		['under an alias', INPUT, (id) => ({ input: { id, title: CANARY } })],
		[
			'in a fragment',
			`mutation ($input: CreateNoteInput!) { ...F } ${FRAGMENT}`,
			(id) => ({ input: { id, body: CANARY } }),
		],
		[
			'in a variable inside the input',
			'mutation ($id: ID, $t: String) { createNote(input: { id: $id, title: $t }) { note { id } } }',
			(id) => ({ id, t: CANARY }),
		],
		['in a literal', `mutation { createNote(input: { title: "${CANARY}" }) { note { id } } }`, () => ({})],
		[
			'in a default of a variable',
			`mutation ($input: CreateNoteInput = { title: "${CANARY}" }) { createNote(input: $input) { note { id } } }`,
			() => ({}),
		],
		[
			'in the parts of a list',
			'mutation ($input: CreateInvoiceInput!) { createInvoice(input: $input) { invoice { id } } }',
			(id) => ({ input: { id, number: 'C-1', currency: 'EUR', lineItems: [{ id: uuidv7(), description: CANARY }] } }),
		],
		[
			'in the name of a sealed field',
			INPUT,
			(id) => ({ input: { id, sealed: { stamp: '{}', fields: [{ name: CANARY }] } } }),
		],
		['as a stamp', INPUT, (id) => ({ input: { id, sealed: { stamp: CANARY, fields: [] } } })],
		['as an unknown argument', INPUT, (id) => ({ input: { id, [CANARY]: CANARY } })],
		['of another type', INPUT, (id) => ({ input: { id, title: { deep: CANARY } } })],
	])('is refused %s, and is in no answer, row or log', async (_name, query, variables) => {
		const id = uuidv7();
		const answer = await scene.api.ask(scene.north.owner, query, variables(id));
		expect(answer.errors.length).toBeGreaterThan(0);
		expect(answer.text).not.toContain(CANARY);
		expect(scene.api.lines.join()).not.toContain(CANARY);
		expect(await traces()).toBe(0);
	});
});

describe('a person without the right device', () => {
	const codes = async (by: Parameters<typeof writerOf>[1], device = custody.owner) => {
		const id = uuidv7();
		return codesOf(await writerOf(scene, by).create('Note', { id, sealed: await sealNote(id, device) }, 'id'));
	};

	it('stores nothing by the stamp of another person, of another row, or as someone outside the firm', async () => {
		expect(await codes(scene.north.owner)).toEqual([]);
		expect(await codes(scene.north.member)).toEqual(['FORBIDDEN']);
		for (const by of [scene.north.client, scene.operator, scene.harbour.owner]) expect(await codes(by)).toHaveLength(1);
		const [one, other] = [uuidv7(), uuidv7()];
		const sealed = await sealNote(one);
		expect(codesOf(await writerOf(scene, scene.north.owner).create('Note', { id: other, sealed }, 'id'))).toEqual([
			'BAD_USER_INPUT',
		]);
	});

	it('adds no entries of others, and reads no key log or wrap of another firm', async () => {
		const [row] = await scene.admin`select leaf from key_log_entries where firm_id = ${scene.north.id} and seq = 0`;
		const append = 'mutation ($input: AppendKeyLogInput!) { appendKeyLog(input: $input) { keyLog { size } } }';
		for (const by of [scene.north.member, scene.north.client, scene.operator, scene.harbour.owner]) {
			const { errors } = await scene.api.ask(by, append, { input: { entries: [row?.leaf] } });
			expect(errors.length).toBeGreaterThan(0);
		}
		const see = `{ keyLog { size head entries } keyWraps(class: "NOTE", recipient: "${custody.owner.id}") }`;
		for (const by of [scene.north.client, scene.operator]) {
			const { data } = await scene.api.ask(by, see);
			expect(data?.keyLog ?? null).toBe(null);
		}
		const stranger = await scene.api.ask(scene.harbour.owner, see);
		expect([stranger.data?.keyLog.size, stranger.data?.keyWraps]).toEqual([0, []]);
	});

	it('writes nothing once the key log has removed them, although the platform has not', async () => {
		expect(await codes(scene.north.member, custody.member)).toEqual([]);
		const person = custody.log.devices.get(custody.member.id)?.person ?? '';
		await custody.append('member.remove', { person });
		await custody.generate('NOTE');
		expect(await codes(scene.north.member, custody.member)).toEqual(['FORBIDDEN']);
	});
});

describe('the database', () => {
	const plainNote = (firm: string, title: string, stamp: string | null) =>
		`insert into notes (firm_id, id, author_id, title, stamp) select '${firm}', gen_random_uuid(), user_id, ${title}, ${
			stamp === null ? 'null' : `'${stamp}'`
		} from memberships where firm_id = '${firm}' limit 1`;

	it.each(['firm', 'operator', 'worker', 'broker'] as const)(
		'lets the %s login store no value that the platform sealed, and see no key log of another firm',
		async (side) => {
			const run = (statement: string, of = scene.north.id) =>
				scene.installation.signIn(side).begin(async (tx) => {
					await tx`select set_config('role', ${roleOf(side)}, true), set_config('firmseal.firm', ${of}, true)`;
					return tx.unsafe(statement);
				});
			for (const title of [`'\\xf501'::bytea || sha256('')`, `'plain'::bytea`, 'null'])
				for (const stamp of [null, '{}'])
					if (title !== 'null' || stamp === null)
						expect(await codeOf(run(plainNote(scene.north.id, title, stamp)))).not.toBe('done');
			for (const change of ['update key_log_entries set leaf = leaf', 'delete from key_log_entries'])
				expect(await codeOf(run(change))).toBe(NO_PRIVILEGE);
			if (side === 'firm') expect(await run('select 1 from key_log_entries', scene.harbour.id)).toHaveLength(0);
		},
	);
});

describe('an export', () => {
	it('has what devices sealed with its stamps, and says what it leaves out', async () => {
		const out = join(newDirectory(), 'export');
		const env = { FIRMSEAL_URL: scene.api.url, FIRMSEAL_TOKEN: `${scene.north.owner}` };
		const { code, error } = await firmsealJson(env, 'firm', 'export', '--out', out);
		expect([code, error]).toEqual([0, undefined]);
		const notes = readFileSync(join(out, 'notes.jsonl'), 'utf8')
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line));
		expect(notes.length).toBeGreaterThan(0);
		for (const { title, sealedFields } of notes) {
			expect(title).toBe(null);
			expect(sealedFields.map(({ name }: { name: string }) => name)).toEqual(['title', 'body']);
			for (const { envelope, stamp } of sealedFields)
				expect([typeof envelope, typeof stamp]).toEqual(['string', 'string']);
		}
		expect(readFileSync(join(out, 'README.txt'), 'utf8')).toContain(
			"The firm's key log and the wrapped keys are not here",
		);
	});
});

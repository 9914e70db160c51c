import { readFileSync } from 'node:fs';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDjangoCipher, createFernetCipher, type DjangoKey } from '../../../src/adapters/fernet/index.ts';
import { deriveFirmTag } from '../../../src/keys/index.ts';
import { claimsOf } from '../../support/claims.ts';
import { makeInstallation, type TestFirm, type TestInstallation } from '../../support/installation.ts';
import { embedded } from '../../support/own-servers.ts';
import type { RunningApi } from '../../system/program.ts';
import { type LegacyScene, makeLegacyScene, NOTES } from './scene.ts';
import { migrateAs, stepWorking } from './working.ts';

const KEY = 'DhBj5pizNyB0PUUrIb4-76aHNCnc0zGNZsspMSVSxhg=';
/** The key of the Fernet specification's own test vector, whose tokens are dated 1985. */
const OLD_KEY = 'cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=';
const OLD_TOKEN =
	'gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==';
const LOST_KEY = Buffer.alloc(32, 7).toString('base64');

/** Values of django-cryptography: pickles in bytes. */
const DJANGO = JSON.parse(readFileSync('test/vectors/django-v1.json', 'utf8')) as {
	readonly keys: readonly DjangoKey[];
	readonly refused: readonly { readonly name: string; readonly stored: string }[];
};
const pickled = (title: string) => createDjangoCipher(DJANGO.keys)?.seal(title, 'String') ?? new Uint8Array();

const sealedBy = (key: string, value: string | Uint8Array) => createFernetCipher([key])?.seal(Buffer.from(value)) ?? '';
const GOOD = sealedBy(KEY, 'A good one');

let scene: LegacyScene;
let installation: TestInstallation;
let north: TestFirm;
let api: RunningApi;

beforeAll(async () => {
	const legacy = {
		migration: 'ALTER TABLE "notes" ADD COLUMN "title_plain" bytea, ADD COLUMN "body_plain" bytea;',
		edited: {
			file: 'src/database/tables/notes.ts',
			change: (text: string) =>
				text
					.replace(
						"title: sealed('title'),",
						"titlePlain: bytea('title_plain'),\n\t\ttitle: sealed('title', { from: 'title_plain', format: 'django-cryptography' }),",
					)
					.replace(
						"body: sealed('body'),",
						"bodyPlain: bytea('body_plain'),\n\t\tbody: sealed('body', { from: 'body_plain', format: 'fernet' }),",
					)
					.replace('{ firmOwned, uniqueByFirmAndId }', '{ bytea, firmOwned, uniqueByFirmAndId }'),
		},
	};
	const settings = { FIRMSEAL_FERNET_KEYS: `${KEY},${OLD_KEY}`, FIRMSEAL_DJANGO_KEYS: JSON.stringify(DJANGO.keys) };
	const make = () => makeInstallation(embedded, { settings });
	scene = await makeLegacyScene({ moved: { ...NOTES, legacy }, firms: ['north'], make });
	({ installation } = scene);
	[north] = scene.firms as [TestFirm];
	api = await scene.serve();
}, 120_000);
afterAll(() => scene?.close());

const columns = { 'Note.body': 'body_plain', 'Note.title': 'title_plain' } as const;
type Coordinate = keyof typeof columns;
const as = (name: Parameters<typeof migrateAs>[1], subject: Coordinate) =>
	migrateAs(installation, name, [north.id], { subject, class: 'NOTE' });
const findings = async (coordinate: Coordinate) =>
	(await scene.migrate('status')).result.columns.find((each: { coordinate: string }) => each.coordinate === coordinate)
		.jobs.BACKFILL.findings;
/** Writes a note as a program would that doesn't know Firmseal. Returns its id. */
async function put(coordinate: Coordinate, value: string | Uint8Array | null): Promise<string> {
	const id = uuidv7();
	const stored = typeof value === 'string' ? Buffer.from(value) : value;
	await installation.admin`
		insert into notes (firm_id, id, author_id, ${installation.admin(columns[coordinate])})
		values (${north.id}, ${id}, ${claimsOf(north.member).sub}, ${stored})`;
	return id;
}
const read = async (id: string) => {
	const { data, errors } = await api.ask(north.member, `{ note(id: "${id}") { title body } }`);
	return { ...data?.note, codes: errors.map(({ extensions }) => extensions?.code) };
};
const stored = async (id: string) =>
	(
		await installation.admin`
		select title_plain, body_plain, title is not null as title, body is not null as body from notes where id = ${id}`
	)[0];
/** Bytes that begin like an envelope of the firm. */
const envelope = () =>
	Buffer.concat([Uint8Array.of(0xf5, 0x01, 0, 0, 0, 1), deriveFirmTag(north.id), Buffer.alloc(60, 7)]);

describe('a column of tokens and a column of pickles, with arbitrary data', () => {
	const bad: Record<string, string> = {};
	const good: Record<string, string> = {};

	it('is read if it holds a value, and nothing else is returned as a value', async () => {
		good.token = await put('Note.body', GOOD);
		good.old = await put('Note.body', OLD_TOKEN);
		good.none = await put('Note.body', null);
		bad.empty = await put('Note.body', '');
		bad.lostKey = await put('Note.body', sealedBy(LOST_KEY, 'No one has the key'));
		bad.cutOff = await put('Note.body', GOOD.slice(0, -8));
		bad.changed = await put(
			'Note.body',
			GOOD.replace(/.(?=.{20}$)/, (was) => (was === 'A' ? 'B' : 'A')),
		);
		bad.words = await put('Note.body', 'The words themselves');
		bad.noText = await put('Note.body', Uint8Array.of(0xff, 0xfe, 0, 1));
		bad.tokenOfNoText = await put('Note.body', sealedBy(KEY, Uint8Array.of(0xff, 0xfe, 0, 1)));
		bad.envelope = await put('Note.body', envelope());
		bad.token = await put('Note.title', GOOD);
		bad.hexadecimal = await put('Note.title', `\\x${envelope().toString('hex')}`);
		for (const [index, { stored: command }] of DJANGO.refused.slice(0, 2).entries())
			bad[`pickle${index}`] = await put('Note.title', Buffer.from(command, 'hex'));
		bad.numberAsTitle = await put('Note.title', createDjangoCipher(DJANGO.keys)?.seal(7, 'Int') ?? null);
		good.title = await put('Note.title', pickled('A title'));
		good.emptyTitle = await put('Note.title', pickled(''));
		expect(await read(good.token)).toMatchObject({ body: 'A good one', codes: [] });
		expect(await read(good.old)).toMatchObject({ body: 'hello', codes: [] });
		expect(await read(good.none)).toMatchObject({ body: null, codes: [] });
		expect(await read(good.title)).toMatchObject({ title: 'A title', codes: [] });
		for (const name of [
			'empty',
			'lostKey',
			'cutOff',
			'changed',
			'words',
			'noText',
			'tokenOfNoText',
			'envelope',
			'pickle0',
			'numberAsTitle',
		])
			expect([name, await read(bad[name] ?? '')]).toEqual([
				name,
				{ title: null, body: null, codes: ['CIPHERTEXT_INVALID'] },
			]);
	});

	it('waits for a worker with the Fernet keys, and reports no value as bad without them', async () => {
		const { FIRMSEAL_FERNET_KEYS: _, ...without } = installation.env;
		const worker = stepWorking(scene.program, { ...installation, env: without });
		for (const coordinate of ['Note.body', 'Note.title'] as const)
			expect(await as('expand', coordinate)).toMatchObject([{ state: 'DONE' }]);
		await scene.known();
		const both = await api.ask(
			north.member,
			'mutation { createNote(input: { title: "Both forms", body: "Both forms" }) { note { id } } }',
		);
		const written = await stored(both.data.createNote.note.id);
		expect(written).toMatchObject({ title: true, body: true });
		expect(createDjangoCipher(DJANGO.keys)?.open(written?.title_plain, 'String')).toBe('Both forms');
		const sealing = as('backfill', 'Note.body');
		await installation.workUntil(async () => {
			const [row] = await installation.admin`select trouble, failed::int as failed from jobs where kind = 'BACKFILL'`;
			expect(row?.failed ?? 0).toBe(0);
			return row?.trouble === 'KEY_UNAVAILABLE';
		});
		await worker.stop();
		scene.workInSteps();
		expect(await sealing).toMatchObject([{ state: 'FAILED', trouble: 'UNSEALABLE', failed: '8' }]);
		expect(await findings('Note.body')).toEqual({ invalid: 7, looksSealed: 1 });
		expect(await as('backfill', 'Note.title')).toMatchObject([{ state: 'FAILED', trouble: 'UNSEALABLE', failed: '5' }]);
		expect(await findings('Note.title')).toEqual({ invalid: 3, looksSealed: 2 });
	});

	it('leaves values that cannot be sealed unchanged, each named in the log, and seals the rest once', async () => {
		for (const [name, id] of Object.entries(bad))
			expect([name, await stored(id)]).toEqual([name, expect.objectContaining({ title: false, body: false })]);
		expect((await stored(bad.noText ?? ''))?.body_plain).toEqual(Buffer.of(0xff, 0xfe, 0, 1));
		expect(await stored(good.token ?? '')).toMatchObject({ body: true });
		expect(await stored(good.none ?? '')).toMatchObject({ body: false, body_plain: null });
		const [named] = await installation.admin`
			select count(distinct record)::int as rows from audit_entries, jsonb_array_elements_text(leaf::jsonb -> 'records') record
			where leaf::jsonb ->> 'action' = 'content.fail' and leaf::jsonb -> 'coordinates' ->> 0 in ('Note.body', 'Note.title')
				and leaf::jsonb ->> 'plane' = 'worker'`;
		expect(named?.rows).toBe(13);
		for (const coordinate of ['Note.body', 'Note.title'] as const)
			expect((await as('verify', coordinate)).map(({ trouble }) => trouble)).toEqual(['NOT_THE_SAME']);
	});

	it('continues once bad values are corrected', async () => {
		for (const name of ['empty', 'lostKey', 'cutOff', 'changed', 'words', 'noText', 'tokenOfNoText', 'envelope'])
			await installation.admin`
				update notes set body_plain = ${Buffer.from(sealedBy(KEY, `Put right: ${name}`))} where id = ${bad[name] ?? ''}`;
		for (const name of ['token', 'hexadecimal', 'pickle0', 'pickle1', 'numberAsTitle'])
			await installation.admin`update notes set title_plain = ${pickled(`Put right: ${name}`)} where id = ${bad[name] ?? ''}`;
		for (const coordinate of ['Note.body', 'Note.title'] as const)
			for (const name of ['backfill', 'verify', 'cutover'] as const)
				for (const end of await as(name, coordinate)) expect([name, end.state]).toEqual([name, 'DONE']);
		await scene.known();
		expect(await read(bad.words ?? '')).toMatchObject({ body: 'Put right: words', codes: [] });
		expect(await read(bad.token ?? '')).toMatchObject({ title: 'Put right: token', codes: [] });
		expect(await read(good.old ?? '')).toMatchObject({ body: 'hello', codes: [] });
		expect(await read(good.emptyTitle ?? '')).toMatchObject({ title: '', codes: [] });
	});
});

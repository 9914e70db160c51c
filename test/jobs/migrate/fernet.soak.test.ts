import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMail } from '../../../examples/demo/mail.ts';
import { toPythonValue } from '../../../src/adapters/fernet/django-values.ts';
import { writePickle } from '../../../src/adapters/fernet/write-pickle.ts';
import { claimsOf } from '../../support/claims.ts';
import { makeInstallation, type TestFirm } from '../../support/installation.ts';
import { embedded } from '../../support/own-servers.ts';
import type { RunningApi } from '../../system/program.ts';
import type { Expected } from '../load.ts';
import { expectAll } from '../mails.ts';
import { ended } from '../stage.ts';
import { type LegacyScene, makeLegacyScene, NOTES } from './scene.ts';

const PYTHON = '/usr/bin/python3';
const isThere =
	existsSync(PYTHON) && spawnSync(PYTHON, ['-c', 'from cryptography.fernet import MultiFernet']).status === 0;
if (process.env.FIRMSEAL_CI === '1' && !isThere) throw new Error('python3-cryptography is not installed.');
const skipped = isThere ? '' : ' (skipped: python3-cryptography is not installed)';

const [NEW, OLD, OTHER] = ['n', 'o', 'x'].map((letter) => Buffer.alloc(32, letter).toString('base64url')) as [
	string,
	string,
	string,
];
const CREATE = 'mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id title body revision } } }';

/**
 * The program that owns these columns. It works like Django's libraries for encrypted fields. `work` uses `keys` and the list `given`.
 */
function django<Answer>(keys: readonly string[], work: string, given: readonly unknown[]): Answer {
	const program = `import json, sys
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
given = json.load(sys.stdin)
keys = MultiFernet([Fernet(key + '=') for key in ${JSON.stringify(keys)}])
json.dump([${work} for each in given], sys.stdout)`;
	const { status, stdout, stderr } = spawnSync(PYTHON, ['-c', program], {
		input: JSON.stringify(given),
		maxBuffer: 2 ** 30,
	});
	if (status !== 0) throw new Error(String(stderr));
	return JSON.parse(stdout.toString()) as Answer;
}
const seal = (keys: readonly string[], texts: readonly string[]) =>
	django<string[]>(keys, 'keys.encrypt(each.encode()).decode()', texts);
const open = (texts: readonly string[]) => django<string[]>([NEW, OLD], 'keys.decrypt(each.encode()).decode()', texts);

describe.skipIf(!isThere)(
	`a column of Fernet tokens${skipped}`,
	() => {
		let scene: LegacyScene;
		let api: RunningApi;
		let north: TestFirm;
		const notes = new Map<string, Expected>();

		beforeAll(async () => {
			const legacy = { from: "{ from: 'body_plain', format: 'fernet' }" };
			scene = await makeLegacyScene({
				moved: { ...NOTES, legacy },
				firms: ['north'],
				make: () => makeInstallation(embedded),
			});
			[north] = scene.firms as [TestFirm];
			const keys = { FIRMSEAL_FERNET_KEYS: `${NEW}=,${OLD}=` };
			api = await scene.serve(keys);
			scene.work(keys);
			const bodies = (await readMail()).map(({ body }) => body);
			expect(bodies.length).toBeGreaterThan(5_000);
			const half = bodies.length / 2;
			// After a key rotation there are tokens of both keys.
			const tokens = [...seal([OLD], bodies.slice(0, half)), ...seal([NEW], bodies.slice(half))];
			await insert(tokens.map((token, index) => [bodies[index] as string, token]));
		}, 240_000);
		afterAll(() => scene?.close());

		async function insert(values: readonly (readonly [body: string, token: string])[]): Promise<string[]> {
			const author = claimsOf(north.member).sub;
			const rows = values.map(([body, token]) => {
				const id = uuidv7();
				notes.set(id, { title: null as never, body, revision: 1 });
				return { firm_id: north.id, id, author_id: author, body_plain: token };
			});
			for (let from = 0; from < rows.length; from += 1_000)
				await scene.installation.admin`insert into notes ${scene.installation.admin(rows.slice(from, from + 1_000))}`;
			return rows.map(({ id }) => id);
		}
		const stored = () =>
			scene.installation.admin`select id, body_plain as token, body is not null as sealed from notes`;
		const findings = async (kind: 'BACKFILL' | 'VERIFY') => {
			const { result } = await scene.migrate('status');
			return result.columns[0].jobs[kind];
		};

		it('is read unchanged, and each write after the first step is also a token for the old program', async () => {
			await expectAll(api, north, notes);
			await scene.step('expand');
			const body = 'Written while it is on its way: für alle';
			const { data, errors } = await api.ask(north.member, CREATE, { input: { title: 'Both', body } });
			expect(errors).toEqual([]);
			const { id, ...note } = data.createNote.note;
			notes.set(id, note);
			const [row] = await scene.installation
				.admin`select body_plain as token, body is not null as sealed from notes where id = ${id}`;
			expect(row?.sealed).toBe(true);
			expect(open([row?.token])).toEqual([body]);
		});

		it('is sealed except for values that no key opens, which are counted, and continues once they are fixed', async () => {
			const [token = '', foreign = ''] = [...seal([NEW], ['cut']), ...seal([OTHER], ['of another key'])];
			const made = await insert([
				['cut', token.slice(0, -8)],
				['of another key', foreign],
				['no token', 'no token'],
			]);
			const outcome = await scene.migrate('backfill', '--coordinate', 'Note.body');
			expect(outcome).toMatchObject({ ok: false, error: { message: expect.not.stringContaining('no token') } });
			expect(await findings('BACKFILL')).toMatchObject({ done: notes.size - 4, failed: 3, findings: { invalid: 3 } });
			const rows = await stored();
			expect(
				rows
					.filter(({ sealed }) => !sealed)
					.map(({ id }) => id)
					.sort(),
			).toEqual(made.toSorted());
			expect(await scene.failed('verify')).not.toBeUndefined();
			// The other program writes these values again.
			const mended = seal(
				[NEW],
				made.map((id) => notes.get(id)?.body ?? ''),
			);
			for (const [index, id] of made.entries())
				await scene.installation.admin`update notes set body_plain = ${mended[index] as string} where id = ${id}`;
			await scene.step('backfill');
			await scene.step('verify');
			expect(await findings('VERIFY')).toMatchObject({ failed: 0, findings: { SAME: notes.size } });
		});

		it('is read only from ciphertext after the cutover, and the old program reads all of it after a rollback', async () => {
			await scene.step('cutover');
			await expectAll(api, north, notes);
			await scene.step('rollback');
			const rows = await stored();
			expect(rows.length).toBe(notes.size);
			const texts = open(rows.map(({ token }) => token));
			expect(rows.filter(({ id }, index) => notes.get(id)?.body !== texts[index])).toEqual([]);
			for (const name of ['expand', 'backfill', 'verify', 'cutover'] as const) await scene.step(name);
		});

		it('is deleted permanently after two persons approve', async () => {
			const job = await scene.contract();
			const flushing = setInterval(() => void scene.installation.admin`checkpoint`.catch(() => {}), 1_000);
			expect(await ended(scene.installation, job).finally(() => clearInterval(flushing))).toMatchObject({
				state: 'DONE',
			});
			expect((await stored()).filter(({ token, sealed }) => token !== null || !sealed)).toEqual([]);
			// This worker can't read the files, so the report doesn't claim that they contain no tokens.
			const { result } = await scene.migrate('status');
			expect(result.columns[0]).toMatchObject({
				phase: 'CONTRACTED',
				report: { files: { proof: expect.stringMatching(/^not provable here: this worker cannot read/) } },
			});
			await expectAll(api, north, notes);
		});
	},
	240_000,
);

it.skipIf(!isThere)(`Python reads what is written for django-cryptography${skipped}`, () => {
	const written = (
		[
			['String', 'Grüße 👋'],
			['Boolean', true],
			['Int', -5],
			['Float', 1.25],
			['Decimal', '-12.50'],
			['DateTime', '2026-11-29T04:05:06.789Z'],
			['JSON', { a: [1] }],
		] as const
	).map(([type, value]) => writePickle(toPythonValue(type, value)).toString('hex'));
	expect(django([NEW], "repr(__import__('pickle').loads(bytes.fromhex(each)))", written)).toEqual([
		"'Grüße 👋'",
		'True',
		'-5',
		'1.25',
		"Decimal('-12.50')",
		'datetime.datetime(2026, 11, 29, 4, 5, 6, 789000, tzinfo=datetime.timezone.utc)',
		`'{"a":[1]}'`,
	]);
});

import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fitsDisplay, hasNoHiddenCharacters } from '../../src/access/index.ts';
import { servers } from '../support/both-servers.ts';
import { isSoak, SEED, scale } from '../support/scale.ts';
import { HIDDEN, VISIBLE_TEXTS } from '../support/visible-texts.ts';
import { addNote, codeOf, envelopeOf, makeTwoFirms, NOT_IN_SHAPE, type TwoFirms } from './two-firms.ts';

const SUITE_2 = Buffer.concat([Buffer.from('f502', 'hex'), randomBytes(60)]);
const OTHER_MARKER = Buffer.concat([Buffer.from('f401', 'hex'), randomBytes(60)]);

const NO_ENVELOPES: [string, Buffer][] = [
	['plaintext', Buffer.from('A sentence that is long enough for an envelope, and is none.')],
	[
		'plaintext that begins with a byte order mark',
		Buffer.from('\ufeffA sentence that is long enough for an envelope, and is none.'),
	],
	['hexadecimal of an envelope', Buffer.from(envelopeOf('x').toString('hex'))],
	['nothing', Buffer.alloc(0)],
	['zeros', Buffer.alloc(64)],
	['another suite', SUITE_2],
	['another marker', OTHER_MARKER],
	['an envelope without its last byte, of the shortest', envelopeOf('x').subarray(0, 38)],
	['the marker alone', Buffer.from('f501', 'hex')],
];

const SCRIPTS_WITH_JOINERS = 'Arab Syrc Nkoo Mong Deva Beng Guru Gujr Orya Taml Telu Knda Mlym Sinh Khmr Mymr'.split(
	' ',
);
const BESIDE_JOINERS = `[\\p{M}${SCRIPTS_WITH_JOINERS.map((script) => `\\p{scx=${script}}`).join('')}]`;
/** Texts that the tables accept and the program refuses: exactly those of SECURITY.md. */
const TAKEN_BESIDES = new RegExp(
	[
		String.raw`[\p{Cn}--[\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u{40000}-\u{10FFFF}]]`,
		`(?<=${BESIDE_JOINERS})[\u200c\u200d](?=${BESIDE_JOINERS})`,
		String.raw`(?<=[\p{S}\p{Emoji}])\uFE0F|(?<=[\p{S}\p{Emoji}]\uFE0F?)\u200D(?=[\p{S}\p{Emoji}])`,
	].join('|'),
	'gv',
);
const RULES = {
	lease_texts_reason_shown: 'LINES',
	lease_decision_texts_reason_shown: 'LINES',
	firms_name_shown: 'LINE',
	users_text_shown: 'LINE',
	invitations_text_shown: 'LINE',
} as const;

const isShown = (text: string, form: 'LINE' | 'LINES') =>
	hasNoHiddenCharacters(text, form) && (form === 'LINE' || fitsDisplay(text));

describe.each(servers)('the shape of columns on $name', (server) => {
	let two: TwoFirms;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
	});
	afterAll(() => two?.close());

	describe.each(['title', 'body'])('%s', (column) => {
		const insert = (value: Buffer, firm = two.north) =>
			two.as(
				'firm',
				firm.id,
				(tx) =>
					tx`insert into notes ${tx({ firm_id: firm.id, id: uuidv7(), author_id: firm.author, [column]: value })}`,
			);
		const update = (value: Buffer) =>
			two.as(
				'firm',
				two.north.id,
				(tx) => tx`update notes set ${tx({ [column]: value })} where id = ${two.north.note}`,
			);
		const asSuperuser = (value: Buffer) =>
			two.admin`update notes set ${two.admin({ [column]: value })} where id = ${two.north.note}`;

		it('accepts an envelope of the firm, and null', async () => {
			expect(await codeOf(insert(envelopeOf(two.north.id)))).toBe('done');
			expect(await codeOf(update(envelopeOf(two.north.id)))).toBe('done');
			expect(
				await codeOf(two.admin`update notes set ${two.admin({ [column]: null })} where id = ${two.north.note}`),
			).toBe('done');
		});

		it.each(NO_ENVELOPES)('refuses %s, from any role', async (_, value) => {
			expect(await codeOf(insert(value))).toBe(NOT_IN_SHAPE);
			expect(await codeOf(update(value))).toBe(NOT_IN_SHAPE);
			expect(await codeOf(asSuperuser(value))).toBe(NOT_IN_SHAPE);
		});

		it('refuses them in replication mode as well, and the type itself refuses them', async () => {
			const attempt = two.admin.begin(async (tx) => {
				await tx`set local session_replication_role = replica`;
				await tx`update notes set ${tx({ [column]: Buffer.from('plaintext '.repeat(9)) })}`;
			});
			expect(await codeOf(attempt)).toBe(NOT_IN_SHAPE);
			const cast = two.admin`select convert_to(${'plaintext '.repeat(9)}, 'UTF8')::sealed`;
			expect(await codeOf(cast)).toBe(NOT_IN_SHAPE);
		});

		it("refuses another firm's envelope, and one without a firm", async () => {
			for (const firm of [two.harbour.id, '', two.north.id.toUpperCase(), two.north.id.replaceAll('-', '')]) {
				expect([firm, await codeOf(insert(envelopeOf(firm)))]).toEqual([firm, NOT_IN_SHAPE]);
				expect([firm, await codeOf(asSuperuser(envelopeOf(firm)))]).toEqual([firm, NOT_IN_SHAPE]);
			}
		});

		it("refuses a copy from another firm's row", async () => {
			await two.admin`update notes set ${two.admin({ [column]: envelopeOf(two.harbour.id) })} where id = ${two.harbour.note}`;
			const copy = two.admin.unsafe(
				`update notes set ${column} = (select ${column} from notes where id = $1) where id = $2`,
				[two.harbour.note, two.north.note],
			);
			expect(await codeOf(copy)).toBe(NOT_IN_SHAPE);
		});
	});

	it('refuses a row that moves to another firm with its content', async () => {
		const id = await addNote(two.admin, two.north);
		const move = () =>
			two.admin`update notes set firm_id = ${two.harbour.id}, author_id = ${two.harbour.author} where id = ${id}`;
		expect(await codeOf(move())).toBe(NOT_IN_SHAPE);
		// Only because of the content: an emptied row may become a tombstone.
		await two.admin`update notes set title = null, body = null where id = ${id}`;
		expect(await codeOf(move())).toBe('done');
	});

	it('refuses a tombstone with content, in either order', async () => {
		const id = await addNote(two.admin, two.north);
		const { admin } = two;
		expect(await codeOf(admin`update notes set deleted_at = now() where id = ${id}`)).toBe(NOT_IN_SHAPE);
		expect(await codeOf(admin`update notes set deleted_at = now(), title = null where id = ${id}`)).toBe(NOT_IN_SHAPE);
		expect(await codeOf(admin`update notes set deleted_at = now(), title = null, body = null where id = ${id}`)).toBe(
			'done',
		);
		expect(await codeOf(admin`update notes set body = ${envelopeOf(two.north.id)} where id = ${id}`)).toBe(
			NOT_IN_SHAPE,
		);
	});

	it('contains no two rows with one id, across all firms', async () => {
		const taken = two.admin`insert into notes (firm_id, id, author_id) values (${two.harbour.id}, ${two.north.note}, ${two.harbour.author})`;
		expect(await codeOf(taken)).toBe('23505');
	});

	describe('text on which people base decisions', () => {
		/** The texts that each table accepts. */
		async function takenOf(texts: readonly string[]) {
			const rules = await two.admin`
				select conname as name, pg_get_expr(conbin, conrelid) as holds from pg_constraint where conname = any(${Object.keys(RULES)})`;
			expect(rules).toHaveLength(Object.keys(RULES).length);
			const taken = rules.map(async ({ name, holds }) => {
				const rows = await two.admin.unsafe(
					`select text from unnest($1::text[]) text, lateral (select text as name, text as reason, 'sam@sql.example' as email) given where ${holds}`,
					[[...texts]],
				);
				return [RULES[name as keyof typeof RULES], new Set(rows.map(({ text }) => text as string))] as const;
			});
			return Promise.all(taken);
		}

		it('is refused by the tables as by the program, for each single character', async () => {
			const all = Array.from({ length: 0x11_0000 }, (_, at) => at)
				.filter((at) => at > 0 && (at < 0xd800 || at > 0xdfff) && (isSoak || at % 211 === 0))
				.map((at) => String.fromCodePoint(at));
			for (const [form, taken] of await takenOf([...HIDDEN.slice(1), ...all])) {
				const isWrong = (text: string) => taken.has(text) !== isShown(text.replace(TAKEN_BESIDES, 'x'), form);
				expect([form, [...HIDDEN.slice(1), ...all].filter(isWrong)]).toEqual([form, []]);
			}
		});

		it('is limited to as many lines in the tables as in the program', async () => {
			const line = fc.constantFrom('', ' ', '\u3000', 'x', 'x ', `x${'\u2003 '.repeat(4)}x`, `x${'\u00a0'.repeat(9)}x`);
			const texts = fc.sample(
				fc.array(line, { maxLength: 4 }).map((lines) => lines.join('\n')),
				{ seed: SEED, numRuns: 200 },
			);
			const long = [40, 41].map((count) => Array(count).fill('x').join('\n'));
			for (const [form, taken] of await takenOf([...texts, ...long]))
				for (const text of [...texts, ...long])
					expect([form, text, taken.has(text)]).toEqual([form, text, isShown(text, form)]);
		});

		it('is accepted by the tables if the program accepts it, and otherwise only as SECURITY.md says', async () => {
			const seen = Array.from('a1#*١٣،।ملर्ᠯᠠ葛。、\u0301\u0303\u0378\u20e3\u{16ff2}\u{1f1e9}♀❤©😀🏴👨👩🏽 \n');
			const texts = fc.array(
				fc.oneof(
					fc.constantFrom(...HIDDEN.slice(1)),
					fc.constantFrom(...seen),
					fc.constantFrom('\u200c', '\u200d', '\ufe0f', ...VISIBLE_TEXTS),
				),
				{ maxLength: 8 },
			);
			const property = fc.asyncProperty(
				fc.array(
					texts.map((parts) => parts.join('')),
					{ minLength: 200, maxLength: 200 },
				),
				async (drawn) => {
					for (const [form, taken] of await takenOf(drawn))
						for (const text of drawn) {
							if (isShown(text, form)) expect([form, text, taken.has(text)]).toEqual([form, text, true]);
							else if (taken.has(text))
								expect([form, text, isShown(text.replace(TAKEN_BESIDES, 'x'), form)]).toEqual([form, text, true]);
						}
				},
			);
			await fc.assert(property, { numRuns: scale(200) });
		});
	});
});

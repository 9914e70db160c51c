import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeScene, type Scene } from '../attacks/scene.ts';
import { makeWorkspace, type Workspace } from '../attacks/workspace.ts';
import { tableNameOf } from './kinds.ts';
import { codesOf, shown, type Writer, writerOf } from './writer.ts';

let scene: Scene;
let work: Workspace;
let writer: Writer;
beforeAll(async () => {
	scene = await makeScene();
	work = await makeWorkspace(scene, scene.north);
	writer = writerOf(scene);
});
afterAll(() => scene?.installation.close());

const TEXTS = [
	'',
	'0',
	'false',
	'null',
	' ',
	' leading and trailing\t\n',
	'"quoted" \\ back',
	'👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301 é',
	'שלום ‏עולם\u202e reversed',
	'日本語のテキスト',
	"'; drop table notes; --",
	'<script>alert(1)</script>',
	'\u0001\u007f\ufeff',
	'x'.repeat(131_072),
	'ß'.repeat(65_536),
];

describe('text that is content', () => {
	it.each(TEXTS.map((text) => [text.slice(0, 30), text]))('%j is returned as it was written', async (_, body) => {
		const made = await writer.make('Note', { body, title: body.slice(0, 100) });
		expect(await writer.read('Note', made.id)).toMatchObject({ body, title: body.slice(0, 100) });
		const message = await writer.make('Message', { threadId: work.ids.thread, body });
		expect((await writer.read('Message', message.id)).body).toBe(body);
	});

	it('is not null if empty, and null is not empty', async () => {
		const made = await writer.make('Note', { title: '', body: null });
		expect(made).toMatchObject({ title: '', body: null });
		const [row] =
			await scene.admin`select title is null as title, body is null as body from notes where id = ${made.id}`;
		expect(row).toEqual({ title: false, body: true });
		const turned = await writer.update('Note', { id: made.id, expectedRevision: 1, title: null, body: '' });
		expect(shown(turned, 'updateNote')).toMatchObject({ title: null, body: '' });
		// The same holds for a repeated create.
		const input = { id: uuidv7(), title: '' };
		await writer.create('Note', input);
		expect(codesOf(await writer.create('Note', { ...input, title: null }))).toEqual(['CONFLICT']);
	});

	it('one byte too long is refused, counted in bytes', async () => {
		for (const body of ['x'.repeat(131_073), `${'ß'.repeat(65_536)}x`, '👍'.repeat(32_769)])
			expect(codesOf(await writer.create('Note', { body }))).toEqual(['BAD_USER_INPUT']);
	});

	it('is padded so that texts of different short lengths have the same stored length', async () => {
		const lengths = async (table: string, column: string, id: string) =>
			(
				await scene.admin`select octet_length(${scene.admin(column)}) as n from ${scene.admin(table)} where id = ${id}`
			)[0]?.n;
		const pairs: readonly [type: 'Note' | 'Comment' | 'Message', field: string, input: object][] = [
			['Note', 'title', {}],
			['Note', 'body', {}],
			['Comment', 'text', { about: { noteId: work.ids.note } }],
			['Message', 'subject', { threadId: work.ids.thread }],
		];
		for (const [type, field, input] of pairs) {
			const ids = await Promise.all(
				['', 'No', 'Yes, she accepts'].map(async (text) => (await writer.make(type, { ...input, [field]: text })).id),
			);
			const stored = await Promise.all(ids.map((id) => lengths(tableNameOf(type), field, id)));
			expect([type, field, new Set(stored).size]).toEqual([type, field, 1]);
		}
		const invoice = await writer.make('Invoice', {
			number: uuidv7(),
			currency: 'EUR',
			total: '1',
			lineItems: [{ quantity: '1' }, { quantity: '12345.678' }],
		});
		const items =
			await scene.admin`select octet_length(quantity) as n from invoice_line_items where invoice_id = ${invoice.id}`;
		expect(new Set(items.map(({ n }) => n)).size).toBe(1);
	});
});

describe('decimals', () => {
	const exact = ['0', '-0', '0.10', '1000000.0001', '-12.50', '1'.repeat(64), `0.${'3'.repeat(64)}`, '00012.00'];

	it('are returned as written if they are content', async () => {
		const lineItems = exact.map((value) => ({ description: null, quantity: value, unitAmount: value }));
		const made = await writer.make('Invoice', { number: uuidv7(), currency: 'EUR', total: '1', lineItems });
		const items = exact.map((value, index) => ({
			position: index + 1,
			description: null,
			quantity: value,
			unitAmount: value,
		}));
		expect(made.lineItems).toEqual(items);
		expect((await writer.read('Invoice', made.id)).lineItems).toEqual(items);
	});

	it.each(['1.50', '0', '0.0000', '-3.2000', '999999999999999.9999', '10.00'])(
		'add up for a whole invoice: %s',
		async (total) => {
			const made = await writer.make('Invoice', { number: uuidv7(), currency: 'EUR', total });
			expect(made).toMatchObject({ total, amountDue: total });
			expect(await writer.read('Invoice', made.id)).toMatchObject({ total, amountDue: total });
			const paid = await writer.update('Invoice', { id: made.id, expectedRevision: 1, amountDue: '0' });
			expect(shown(paid, 'updateInvoice')).toMatchObject({ total, amountDue: '0' });
		},
	);

	it('are refused if malformed', async () => {
		for (const total of [
			'1e3',
			'+1',
			'.5',
			'1.',
			'',
			' 1',
			'1,5',
			'NaN',
			'Infinity',
			'01',
			'1.00001',
			'1'.repeat(16),
		]) {
			const answer = await writer.create('Invoice', { number: uuidv7(), currency: 'EUR', total });
			expect([total, codesOf(answer)]).toEqual([total, ['BAD_USER_INPUT']]);
		}
	});
});

describe('numbers and times at their edges', () => {
	it.each([
		[1, '0001-01-01T00:00:00.000Z'],
		[1440, '9999-12-31T23:59:59.999Z'],
		[60, '1969-12-31T23:59:59.999Z'],
	])('%i minutes from %s', async (minutes, startedAt) => {
		const made = await writer.make('TimeEntry', { minutes, startedAt });
		expect(await writer.read('TimeEntry', made.id)).toMatchObject({ minutes, startedAt, client: null });
	});
});

describe('times', () => {
	it('are returned as given, in every time zone and date style of the database', async () => {
		const [name] = await scene.admin`select current_database() as database`;
		const times = [
			'0001-01-01T00:00:00.001Z',
			'0099-12-31T23:59:59.999Z',
			'1799-07-01T12:00:00.000Z',
			'2026-10-25T00:30:00.000Z',
		];
		try {
			for (const [zone, style] of [
				['America/New_York', 'German'],
				['Asia/Kolkata', 'SQL, DMY'],
			]) {
				await scene.admin.unsafe(`alter database ${name?.database} set timezone to '${zone}'`);
				await scene.admin.unsafe(`alter database ${name?.database} set datestyle to '${style}'`);
				const api = await scene.installation.serve();
				const there = writerOf({ ...scene, api });
				for (const startedAt of times) {
					const input = { id: uuidv7(), minutes: 1, startedAt };
					const made = shown(await there.create('TimeEntry', input), 'createTimeEntry');
					expect(made).toMatchObject({ startedAt });
					expect(await there.read('TimeEntry', input.id)).toEqual(made);
					expect(await writer.read('TimeEntry', input.id)).toEqual(made);
					expect(codesOf(await there.create('TimeEntry', input))).toEqual([]);
				}
			}
		} finally {
			await scene.admin.unsafe(`alter database ${name?.database} reset timezone`);
			await scene.admin.unsafe(`alter database ${name?.database} reset datestyle`);
		}
	});
});

describe('metadata text', () => {
	it.each(['Ää Öö ßẞ', '中文 名', 'עברית', '👍', "O'Brien; --", 'x'.repeat(200), '👍'.repeat(200)])(
		'%s is returned as it was written',
		async (name) => {
			const made = await writer.make('Client', { name });
			expect((await writer.read('Client', made.id)).name).toBe(name);
		},
	);
});

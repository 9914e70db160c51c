import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCustodyHeader, type StampDraft } from '../../src/custody/index.ts';
import { makeScene, type Scene } from '../attacks/scene.ts';
import type { Answer } from '../support/ask.ts';
import { CustodyFirm, type GivenSealed, noteValues, type RowToSeal } from '../support/firm-custody.ts';
import { codesOf, type Writer, writerOf } from './writer.ts';

let scene: Scene;
let custody: CustodyFirm;
let owner: Writer;
let member: Writer;
beforeAll(async () => {
	scene = await makeScene();
	custody = await CustodyFirm.begin(scene.installation, scene.north);
	await custody.take('NOTE');
	await custody.take('BILLING');
	await custody.take('COMMUNICATION');
	owner = writerOf(scene, scene.north.owner);
	member = writerOf(scene, scene.north.member);
});
afterAll(() => scene?.installation.close());

const SEALED = 'id revision sealedFields { name envelope stamp }';
const noteRow = (row: string, change: Partial<RowToSeal> = {}): RowToSeal => ({
	class: 'NOTE',
	table: 'notes',
	row,
	values: noteValues('a title', 'a body'),
	...change,
});
const sealNote = (row: string, change?: Partial<RowToSeal>): Promise<GivenSealed> => custody.seal(noteRow(row, change));

/** A note that the owner's device has sealed. */
async function storedNote(): Promise<{ id: string; sealed: GivenSealed }> {
	const id = uuidv7();
	const sealed = await sealNote(id);
	const answer = await owner.create('Note', { id, sealed }, SEALED);
	if (answer.errors.length > 0) throw new Error(answer.text);
	return { id, sealed };
}

const shownFields = ({ stamp, fields }: GivenSealed) => fields.map((field) => ({ ...field, stamp }));

/** What a write of a note left in the database, or nothing. */
const countOf = async (id: string): Promise<number> =>
	(
		await scene.admin`select from notes where id = ${id} and (title is not null or body is not null or stamp is not null)`
	).length;

const flip = (envelope: string | null, at: number): string => {
	const bytes = Buffer.from(envelope ?? '', 'base64');
	bytes[at] = (bytes[at] ?? 0) ^ 1;
	return bytes.toString('base64');
};
const withField = ({ stamp, fields }: GivenSealed, name: string, change: (envelope: string) => string | null) => ({
	stamp,
	fields: fields.map((field) => (field.name === name ? { name, envelope: change(field.envelope as string) } : field)),
});

describe('a create in the firm’s own custody', () => {
	it('stores exactly what the device sealed, and answers it the same way as later reads', async () => {
		const id = uuidv7();
		const sealed = await sealNote(id);
		const answer = await owner.create('Note', { id, sealed }, `${SEALED} title body`);
		const note = { id, revision: 1, title: null, body: null, sealedFields: shownFields(sealed) };
		expect(answer.data.createNote.note).toEqual(note);
		expect(answer.sealed.map(({ reason }) => reason)).toEqual(['FIRM_CUSTODY', 'FIRM_CUSTODY']);
		const read = await scene.api.ask(scene.north.member, `{ note(id: "${id}") { ${SEALED} title body } }`);
		expect(read.data.note).toEqual(note);
	});

	it('is idempotent with the same bytes, and CONFLICT with others', async () => {
		const { id, sealed } = await storedNote();
		const again = await owner.create('Note', { id, sealed }, SEALED);
		expect(again.data.createNote.note).toMatchObject({ id, revision: 1 });
		expect(codesOf(await owner.create('Note', { id, sealed: await sealNote(id) }, 'id'))).toEqual(['CONFLICT']);
	});

	it('takes null for a field that is left out, if the stamp says so', async () => {
		const id = uuidv7();
		const { stamp, fields } = await sealNote(id, { values: noteValues('a title', null) });
		const sealed = { stamp, fields: fields.filter(({ name }) => name === 'title') };
		const { data } = await owner.create('Note', { id, sealed }, SEALED);
		expect(data.createNote.note.sealedFields).toEqual([
			{ name: 'title', envelope: fields[0]?.envelope, stamp },
			{ name: 'body', envelope: null, stamp },
		]);
	});

	it('takes a message under its thread’s key and an invoice with sealed lines', async () => {
		const client = { clientId: scene.north.clientId };
		const thread = (await owner.create('Thread', { id: uuidv7(), ...client }, 'id')).data.createThread.thread.id;
		const row = uuidv7();
		const values = {
			subject: { column: 'subject', value: 's', pad: 64 },
			body: { column: 'body', value: 'b', pad: 256 },
		};
		const message = await custody.seal({ class: 'COMMUNICATION', table: 'messages', row, thread, values });
		const written = await owner.create('Message', { id: row, threadId: thread, sealed: message }, SEALED);
		expect(written.data.createMessage.message.sealedFields).toEqual(shownFields(message));

		const [invoice, line] = [uuidv7(), uuidv7()];
		const decimal = (column: string, value: string) => ({ column, value, type: 'Decimal', pad: 32 }) as const;
		const sealed = await custody.seal({
			class: 'BILLING',
			table: 'invoices',
			row: invoice,
			values: {
				total: decimal('total', '12.5'),
				amountDue: decimal('amount_due', '12.5'),
				memo: { column: 'memo', value: null },
			},
		});
		const lineValues = {
			description: { column: 'description', value: 'work', pad: 64 },
			quantity: decimal('quantity', '1'),
			unitAmount: decimal('unit_amount', '12.5'),
		};
		const ofLine = await custody.seal({ class: 'BILLING', table: 'invoice_line_items', row: line, values: lineValues });
		const input = { number: 'S-1', currency: 'EUR', sealed };
		const lines = [{ id: line, sealed: ofLine }];
		const made = await owner.create(
			'Invoice',
			{ ...input, id: invoice, lineItems: lines },
			`id lineItems { ${SEALED} }`,
		);
		expect(made.data.createInvoice.invoice.lineItems).toEqual([
			{ id: line, revision: 1, sealedFields: shownFields(ofLine) },
		]);
		// The id of a line is taken, also after it was replaced.
		const changed = { id: invoice, expectedRevision: 1, lineItems: lines };
		expect(codesOf(await owner.update('Invoice', changed, 'id'))).toEqual(['CONFLICT']);
		const twice = { ...changed, lineItems: [...lines, ...lines] };
		expect(codesOf(await owner.update('Invoice', twice, 'id'))).toEqual(['CONFLICT']);
		const other = { ...changed, lineItems: [{ id: line, description: 'plain' }] };
		expect(codesOf(await owner.update('Invoice', other, 'id'))).toEqual(['BAD_USER_INPUT']);
	});
});

describe('an update in the firm’s own custody', () => {
	it('changes one value, and its stamp names the values that stay', async () => {
		const { id, sealed } = await storedNote();
		const hash = (await custody.sealBytes(noteRow(id))).hashes;
		const [, body] = sealed.fields;
		const stays = JSON.parse(sealed.stamp).columns.body;
		const change = await sealNote(id, {
			revision: 2,
			values: { title: { column: 'title', value: 'other', pad: 64 } },
			others: { body: stays },
			by: custody.member,
		});
		const { data, text } = await member.update('Note', { id, expectedRevision: 1, sealed: change }, SEALED);
		expect(data?.updateNote.note ?? text).toEqual({
			id,
			revision: 2,
			sealedFields: [
				{ ...change.fields[0], stamp: change.stamp },
				{ ...body, stamp: change.stamp },
			],
		});
		// The same without the hash of the value that stays, or with another one.
		for (const others of [{}, { body: hash.body as string }, { body: null }]) {
			const values = { title: { column: 'title', value: 'third', pad: 64 } };
			const wrong = await sealNote(id, { revision: 3, values, others });
			const answer = await owner.update('Note', { id, expectedRevision: 2, sealed: wrong }, 'id');
			expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
		}
		expect((await scene.admin`select revision from notes where id = ${id}`)[0]?.revision).toBe(2);
	});

	it('removes a value with null', async () => {
		const { id, sealed } = await storedNote();
		const { body } = JSON.parse(sealed.stamp).columns;
		const values = { title: { column: 'title', value: null } };
		const change = await sealNote(id, { revision: 2, values, others: { body } });
		const { data } = await owner.update('Note', { id, expectedRevision: 1, sealed: change }, SEALED);
		expect(data.updateNote.note.sealedFields[0]).toEqual({ name: 'title', envelope: null, stamp: change.stamp });
	});
});

type Attack = [name: string, code: string, make: (id: string) => Promise<Record<string, unknown>>];
const stamped = (id: string, stamp: Partial<StampDraft>) => sealNote(id, { stamp });

const ATTACKS: readonly Attack[] = [
	['a plain argument', 'BAD_USER_INPUT', async () => ({ title: 'canary-plain' })],
	['a plain null', 'BAD_USER_INPUT', async (id) => ({ title: null, sealed: await sealNote(id) })],
	['plain and sealed content', 'BAD_USER_INPUT', async (id) => ({ body: 'canary-both', sealed: await sealNote(id) })],
	['nothing', 'BAD_USER_INPUT', async () => ({})],
	['sealed: null', 'BAD_USER_INPUT', async () => ({ sealed: null })],
	[
		'an envelope of the platform’s suite',
		'BAD_USER_INPUT',
		async (id) => ({ sealed: withField(await sealNote(id), 'title', (envelope) => `9QE${envelope.slice(3)}`) }),
	],
	[
		'another firm’s tag',
		'BAD_USER_INPUT',
		async (id) => ({ sealed: withField(await sealNote(id), 'title', (each) => flip(each, 6)) }),
	],
	[
		'a changed value',
		'BAD_USER_INPUT',
		async (id) => ({ sealed: withField(await sealNote(id), 'title', (each) => flip(each, 70)) }),
	],
	[
		'a value that the stamp does not have',
		'BAD_USER_INPUT',
		async (id) => ({ sealed: withField(await sealNote(id), 'title', () => null) }),
	],
	[
		'plaintext in base64',
		'BAD_USER_INPUT',
		async (id) => ({
			sealed: withField(await sealNote(id), 'title', () => Buffer.from('canary-base64'.repeat(9)).toString('base64')),
		}),
	],
	[
		'base64 without padding',
		'BAD_USER_INPUT',
		async (id) => ({ sealed: withField(await sealNote(id), 'body', (each) => each.replace(/=*$/, '!')) }),
	],
	[
		'a field twice',
		'BAD_USER_INPUT',
		async (id) => {
			const { stamp, fields } = await sealNote(id);
			return { sealed: { stamp, fields: [...fields, ...fields] } };
		},
	],
	[
		'a field that the type does not have',
		'BAD_USER_INPUT',
		async (id) => {
			const { stamp, fields } = await sealNote(id);
			return { sealed: { stamp, fields: [...fields, { name: 'constructor', envelope: null }] } };
		},
	],
	[
		'a value that is too long',
		'BAD_USER_INPUT',
		async (id) => ({ sealed: await sealNote(id, { values: noteValues('x'.repeat(1100), 'b') }) }),
	],
	['the stamp of another row', 'BAD_USER_INPUT', async (id) => ({ sealed: await stamped(id, { row: uuidv7() }) })],
	[
		'the stamp of another table',
		'BAD_USER_INPUT',
		async (id) => ({ sealed: await stamped(id, { table: 'comments' }) }),
	],
	['the stamp of another class', 'BAD_USER_INPUT', async (id) => ({ sealed: await stamped(id, { class: 'BILLING' }) })],
	[
		'the stamp of another firm',
		'BAD_USER_INPUT',
		async (id) => ({ sealed: await stamped(id, { firm: scene.harbour.id }) }),
	],
	['the stamp of another revision', 'BAD_USER_INPUT', async (id) => ({ sealed: await stamped(id, { revision: 3 }) })],
	['another generation', 'BAD_USER_INPUT', async (id) => ({ sealed: await stamped(id, { generation: 3 }) })],
	['a sub-log', 'BAD_USER_INPUT', async (id) => ({ sealed: await stamped(id, { log: uuidv7() }) })],
	['an unknown head', 'CONFLICT', async (id) => ({ sealed: await stamped(id, { head: 'ab'.repeat(32) }) })],
	[
		'a column that the stamp lacks',
		'BAD_USER_INPUT',
		async (id) => {
			const { hashes } = await custody.sealBytes(noteRow(id));
			return { sealed: await stamped(id, { columns: { title: hashes.title as string } }) };
		},
	],
	[
		'a column that the table does not have',
		'BAD_USER_INPUT',
		async (id) => ({ sealed: await sealNote(id, { others: { secret: null } }) }),
	],
	[
		'a stamp that is not canonical',
		'BAD_USER_INPUT',
		async (id) => {
			const sealed = await sealNote(id);
			return { sealed: { ...sealed, stamp: ` ${sealed.stamp}` } };
		},
	],
	[
		'a signature of something else',
		'BAD_USER_INPUT',
		async (id) => {
			const [sealed, other] = [await sealNote(id), await sealNote(id)];
			const { signature } = JSON.parse(other.stamp);
			return { sealed: { ...sealed, stamp: JSON.stringify({ ...JSON.parse(sealed.stamp), signature }) } };
		},
	],
	['a colleague’s device', 'FORBIDDEN', async (id) => ({ sealed: await sealNote(id, { by: custody.member }) })],
];

describe('refused, and nothing is stored', () => {
	it.each(ATTACKS)('%s', async (_name, code, make) => {
		const id = uuidv7();
		const answer = await owner.create('Note', { id, ...(await make(id)) }, 'id');
		expect([codesOf(answer), answer.data?.createNote ?? null]).toEqual([[code], null]);
		expect(answer.text).not.toMatch(/canary|Y2FuYXJ5/);
		expect(await countOf(id)).toBe(0);

		const stored = await storedNote();
		const given = await make(stored.id);
		const update = await owner.update('Note', { id: stored.id, expectedRevision: 1, ...given }, 'id');
		expect(codesOf(update)).toHaveLength(1);
		expect((await scene.admin`select stamp from notes where id = ${stored.id}`)[0]?.stamp).toBe(stored.sealed.stamp);
	});

	it('`sealed`, or the id of a line, for a class in PLATFORM custody', async () => {
		const harbour = writerOf(scene, scene.harbour.owner);
		const sealed = await sealNote(uuidv7());
		expect(codesOf(await harbour.create('Note', { id: uuidv7(), sealed }, 'id'))).toEqual(['BAD_USER_INPUT']);
		const invoice = { id: uuidv7(), number: 'S-2', currency: 'EUR' };
		const lineItems = [{ id: uuidv7(), description: 'a' }];
		const withTotal = { ...invoice, total: '1' };
		expect(codesOf(await harbour.create('Invoice', { ...withTotal, lineItems }, 'id'))).toEqual(['BAD_USER_INPUT']);
		const { errors } = await harbour.create('Invoice', invoice, 'id');
		expect(errors[0]?.message).toBe('The argument input.total is missing: give the total of the invoice.');
	});

	it('a plaintext sent by mistake is in no table, log or answer', async () => {
		const rows = await scene.admin`
			select (select count(*) from audit_entries where leaf like '%canary%')::int as entries,
				(select count(*) from notes n where n::text like '%canary%' or encode(n.title, 'escape') like '%canary%'
					or encode(n.body, 'escape') like '%canary%')::int as notes`;
		expect(rows[0]).toEqual({ entries: 0, notes: 0 });
		expect(scene.api.lines.join()).not.toMatch(/canary|Y2FuYXJ5/);
	});
});

describe('after the key log has moved on', () => {
	it('a create that was stored before is repeated, and another one under the same id is refused', async () => {
		const { id, sealed } = await storedNote();
		const other = await sealNote(id);
		await custody.generate('NOTE');
		const again = await owner.create('Note', { id, sealed }, SEALED);
		expect(again.data?.createNote.note ?? again.text).toEqual({ id, revision: 1, sealedFields: shownFields(sealed) });
		const body = withField(sealed, 'body', () => other.fields[1]?.envelope ?? null);
		for (const [by, given] of [
			[owner, other],
			[owner, { ...sealed, stamp: other.stamp }],
			[owner, body],
			[member, sealed],
		] as const)
			expect(codesOf(await by.create('Note', { id, sealed: given }, SEALED))).toHaveLength(1);
		const late = codesOf(await owner.create('Note', { id: uuidv7(), sealed }, 'id'));
		expect(late).toEqual(['BAD_USER_INPUT']);
	});

	const attempt = async (sealed: (id: string) => Promise<GivenSealed>, by: Writer = owner): Promise<Answer> => {
		const id = uuidv7();
		return by.create('Note', { id, sealed: await sealed(id) }, 'id');
	};

	it('refuses values under a version that is not the newest, or is stale, and a device that was revoked', async () => {
		await custody.generate('NOTE');
		expect(codesOf(await attempt((id) => sealNote(id, { version: 1 })))).toEqual(['CONFLICT']);
		expect(codesOf(await attempt((id) => sealNote(id)))).toEqual([]);
		expect(codesOf(await attempt((id) => sealNote(id, { by: custody.member }), member))).toEqual([]);
		const { head } = custody.log;
		await custody.append('device.revoke', { devices: [custody.member.id] });
		expect(codesOf(await attempt((id) => sealNote(id)))).toEqual(['CONFLICT']);
		const version = await custody.generate('NOTE');
		expect(codesOf(await attempt((id) => sealNote(id)))).toEqual([]);
		// Also with the head at which it was active.
		for (const stamp of [{}, { head }])
			expect(codesOf(await attempt((id) => sealNote(id, { by: custody.member, stamp }), member))).toEqual([
				'FORBIDDEN',
			]);
		const { fields } = await custody.sealBytes(noteRow(uuidv7()));
		expect(readCustodyHeader(fields[0]?.envelope as Uint8Array).version).toBe(version);
	});
});

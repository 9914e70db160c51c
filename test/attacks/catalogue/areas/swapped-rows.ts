import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { expect } from 'vitest';
import { codeOf, envelopeOf } from '../../../database/two-firms.ts';
import type { Area, Attack, Evidence } from '../attack.ts';
import type { AttackAnswer, Stage } from '../stage.ts';

const NOTE = 'query ($id: ID!) { note(id: $id) { id revision title body } }';

/** The stored bytes of a value. */
async function stored({ admin }: Stage, table: string, column: string, id: string): Promise<Buffer> {
	const [row] = await admin`select ${admin(column)} as value from ${admin(table)} where id = ${id}`;
	return Buffer.from(row?.value);
}

const store = ({ admin }: Stage, table: string, column: string, id: string, value: Buffer | null) =>
	admin`update ${admin(table)} set ${admin(column)} = ${value} where id = ${id}`;

/** Changes the stored title of an own note, and reads the note. */
async function titleBecomes(stage: Stage, ...changes: ((title: Buffer) => Buffer)[]): Promise<Evidence> {
	const answers: AttackAnswer[] = [];
	for (const change of changes) {
		const id = await stage.note();
		await store(stage, 'notes', 'title', id, change(await stored(stage, 'notes', 'title', id)));
		const told = await stage.ask(stage.north.member, NOTE, { id });
		// The rest of the row is answered.
		expect(told.data.note).toMatchObject({ id, title: null, body: expect.stringContaining(stage.ours.marker) });
		answers.push(told);
	}
	return { answers };
}

const closed = (attack: string, run: Attack['run']): Attack => ({
	attack,
	expected: 'CIPHERTEXT_INVALID for the value, on record, with an alert; the rest of the row is answered',
	layer: 'envelope',
	run,
});

const flipped = (at: number) => (value: Buffer) => {
	const changed = Buffer.from(value);
	changed.writeUInt8((value.at(at) ?? 0) ^ 1, at < 0 ? value.length + at : at);
	return changed;
};

/** Stores values in a note's title as an administrator, and returns the SQLSTATE of each. */
async function statesOf(stage: Stage, ...values: Buffer[]): Promise<Evidence> {
	const id = await stage.note();
	const states: string[] = [];
	for (const value of values) states.push(await codeOf(store(stage, 'notes', 'title', id, value)));
	const { data } = await stage.ask(stage.north.member, NOTE, { id });
	expect(data.note.title).toContain(stage.ours.marker);
	return { states };
}

export const swappedRows: Area = {
	title: 'A database administrator swaps values',
	attacks: [
		closed('The title of another note of the firm', async (stage) => {
			const other = await stored(stage, 'notes', 'title', await stage.note());
			return titleBecomes(stage, () => other);
		}),
		closed('The titles of two notes, exchanged', async (stage) => {
			const ids = [await stage.note(), await stage.note()] as const;
			const [a, b] = [await stored(stage, 'notes', 'title', ids[0]), await stored(stage, 'notes', 'title', ids[1])];
			await store(stage, 'notes', 'title', ids[0], b);
			await store(stage, 'notes', 'title', ids[1], a);
			return {
				answers: [
					await stage.ask(stage.north.member, NOTE, { id: ids[0] }),
					await stage.ask(stage.north.member, NOTE, { id: ids[1] }),
				],
			};
		}),
		closed('A note’s own body as its title (another column)', async (stage) => {
			const id = await stage.note();
			await store(stage, 'notes', 'title', id, await stored(stage, 'notes', 'body', id));
			const told = await stage.ask(stage.north.member, NOTE, { id });
			expect(told.data.note.body).toContain(stage.ours.marker);
			return { answers: [told] };
		}),
		closed('A message’s body as a note’s title (another table and class)', async (stage) => {
			const body = await stored(stage, 'messages', 'body', stage.ours.ids.message);
			return titleBecomes(stage, () => body);
		}),
		closed('A line item’s quantity and amount, exchanged (both valid Decimals)', async (stage) => {
			const { admin, ask, north } = stage;
			const create = 'mutation ($input: CreateInvoiceInput!) { createInvoice(input: $input) { invoice { id } } }';
			const lineItems = [{ description: 'hours', quantity: '2', unitAmount: '300.00' }];
			const input = { number: uuidv7(), currency: 'EUR', total: '600.00', lineItems };
			const { id } = (await ask(north.member, create, { input })).data.createInvoice.invoice;
			await admin`update invoice_line_items set quantity = unit_amount, unit_amount = quantity where invoice_id = ${id}`;
			const told = await ask(
				north.member,
				`{ invoice(id: "${id}") { lineItems { description quantity unitAmount } } }`,
			);
			expect(told.data.invoice.lineItems).toEqual([{ description: 'hours', quantity: null, unitAmount: null }]);
			return { answers: [told] };
		}),
		closed('Another firm’s value, with its firm tag replaced by this firm’s', async (stage) => {
			const theirs = await stored(stage, 'notes', 'title', stage.theirs.ids.note);
			return titleBecomes(stage, (own) =>
				Buffer.concat([theirs.subarray(0, 6), own.subarray(6, 10), theirs.subarray(10)]),
			);
		}),
		closed('One flipped bit: in the key’s version, the nonce, the ciphertext, the padding, the tag', (stage) =>
			titleBecomes(stage, ...[5, 10, 22, 60, -1].map(flipped)),
		),
		closed('An envelope that is cut short, cut to the minimum, one byte longer, doubled', (stage) =>
			titleBecomes(
				stage,
				(own) => own.subarray(0, -1),
				(own) => own.subarray(0, 39),
				(own) => Buffer.concat([own, Buffer.alloc(1)]),
				(own) => Buffer.concat([own, own]),
			),
		),
		closed('The version of a key that never existed: 0, 2, the maximum', (stage) => {
			const versions = [0, 2, 0xffffffff].map((version) => (own: Buffer) => {
				const changed = Buffer.from(own);
				changed.writeUInt32BE(version, 2);
				return changed;
			});
			return titleBecomes(stage, ...versions);
		}),
		closed('A forged value: random or zero bytes after a valid header', (stage) =>
			titleBecomes(
				stage,
				(own) => Buffer.concat([own.subarray(0, 10), randomBytes(own.length - 10)]),
				() => envelopeOf(stage.north.id),
				(own) => Buffer.concat([own.subarray(0, 10), Buffer.alloc(own.length - 10)]),
			),
		),
		closed(
			'Different kinds of damage, to learn from the errors which step failed (a padding oracle)',
			async (stage) => {
				const { answers = [] } = await titleBecomes(
					stage,
					flipped(5),
					flipped(22),
					flipped(-1),
					(own) => own.subarray(0, 39),
					() => envelopeOf(stage.north.id),
				);
				expect(new Set(answers.map(({ errors }) => JSON.stringify(errors))).size).toBe(1);
				return { answers };
			},
		),
		closed('The id of a row, changed without its content', async (stage) => {
			const [from, to] = [await stage.note(), uuidv7()];
			await stage.admin`update notes set id = ${to} where id = ${from}`;
			const told = await stage.ask(stage.north.member, NOTE, { id: to });
			await stage.admin`update notes set id = ${from} where id = ${to}`;
			expect(told.data.note).toMatchObject({ title: null, body: null });
			return { answers: [told] };
		}),
		closed('Thirty damaged values in one answer, to hide one among the errors', async (stage) => {
			const ids = await Promise.all(Array.from({ length: 30 }, () => stage.note({}, stage.harbour)));
			await stage.admin`update notes set title = set_byte(title, 30, get_byte(title, 30) # 1) where id = any (${ids})`;
			const told = await stage.ask(stage.harbour.member, '{ notes(first: 1000) { nodes { id title body } } }');
			expect(told.errors).toHaveLength(20);
			const nodes = told.data.notes.nodes.filter(({ id }: { id: string }) => ids.includes(id));
			expect(nodes.map(({ title }: { title: unknown }) => title)).toEqual(ids.map(() => null));
			const failed = (await stage.entriesOf(told)).filter(({ action }) => action === 'content.fail');
			expect(failed.flatMap(({ records }) => records).sort()).toEqual(ids.sort());
			return { answers: [told] };
		}),
		{
			attack: 'Plaintext, an empty value, another suite, an envelope without a firm, by a superuser',
			expected: '23514, also for a superuser',
			layer: 'database rule',
			run: (stage) =>
				statesOf(
					stage,
					Buffer.from('plain text that is longer than an envelope has to be'),
					Buffer.alloc(0),
					Buffer.concat([Buffer.from([0xf5, 2]), Buffer.alloc(60)]),
					Buffer.concat([Buffer.from([0xf5, 1, 0, 0, 0, 1]), Buffer.alloc(60)]),
				),
		},
		{
			attack: 'Another firm’s unchanged value, and whole rows moved to another firm, by a superuser',
			expected: '23514 and 23503: a firm tag and related rows belong to one firm',
			layer: 'database rule',
			async run(stage) {
				const { states = [] } = await statesOf(stage, await stored(stage, 'notes', 'title', stage.theirs.ids.note));
				const { note, message } = stage.ours.ids;
				const moved = await Promise.all([
					codeOf(stage.admin`update notes set firm_id = ${stage.harbour.id} where id = ${note}`),
					codeOf(stage.admin`update messages set firm_id = ${stage.harbour.id} where id = ${message}`),
				]);
				return { states: [...states, ...moved] };
			},
		},
		{
			attack: 'A message, moved into a thread that is shared with a client (metadata, not content)',
			expected: 'Works: metadata is not authenticated. The client’s read is on record',
			layer: 'none',
			async run(stage) {
				const { admin, ask, north, ours, secret } = stage;
				const create = async (type: string, input: object): Promise<string> => {
					const field = type.toLowerCase();
					const query = `mutation ($input: Create${type}Input!) { create${type}(input: $input) { ${field} { id } } }`;
					return (await ask(north.member, query, { input })).data[`create${type}`][field].id;
				};
				const hidden = await create('Thread', {});
				const id = await create('Message', { threadId: hidden, body: secret() });
				const read = () => ask(north.client, `{ message(id: "${id}") { body } }`);
				expect((await read()).data).toEqual({ message: null });
				await admin`update messages set thread_id = ${ours.ids.thread} where id = ${id}`;
				const told = await read();
				expect(told.data.message.body).toContain(ours.marker);
				expect(await stage.entriesOf(told)).toMatchObject([
					{ action: 'content.open', records: [id], actor: { roles: ['CLIENT'] } },
				]);
				await admin`update messages set thread_id = ${hidden} where id = ${id}`;
				return { admitted: 'may move a row by its metadata' };
			},
		},
	],
};

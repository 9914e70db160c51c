import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeScene, type Scene } from '../attacks/scene.ts';
import { codesOf, outcomesOf, shown, type Writer, writerOf } from './writer.ts';

let scene: Scene;
let writer: Writer;
beforeAll(async () => {
	scene = await makeScene();
	writer = writerOf(scene);
});
afterAll(() => scene?.installation.close());

const invoice = (number: string) => ({ number, currency: 'EUR', total: '1.00' });
const TAKEN = 'Another invoice of the firm has this number: choose another number.';

describe('the number of an invoice', () => {
	it('belongs to one living invoice of the firm', async () => {
		const first = await writer.make('Invoice', invoice('2026-1'));
		const second = await writer.create('Invoice', invoice('2026-1'));
		expect(second.errors.map(({ extensions, message }) => [extensions.code, message])).toEqual([['CONFLICT', TAKEN]]);
		const other = await writer.make('Invoice', invoice('2026-2'));
		const renamed = await writer.update('Invoice', { id: other.id, expectedRevision: 1, number: '2026-1' });
		expect(renamed.errors.map(({ message }) => message)).toEqual([TAKEN]);
		expect(await writer.read('Invoice', other.id)).toEqual(other);
		// An invoice may keep its own number.
		const same = await writer.update('Invoice', { id: first.id, expectedRevision: 1, number: '2026-1' });
		expect(shown(same, 'updateInvoice')).toMatchObject({ number: '2026-1', revision: 2 });
	});

	it('is free again once the invoice is deleted or has another number', async () => {
		const first = await writer.make('Invoice', invoice('free-1'));
		await writer.remove('Invoice', first.id, 1);
		const second = await writer.make('Invoice', invoice('free-1'));
		await writer.update('Invoice', { id: second.id, expectedRevision: 1, number: 'free-2' });
		expect(await writer.make('Invoice', invoice('free-1'))).toMatchObject({ number: 'free-1' });
	});

	it('may be used by another firm too', async () => {
		await writer.make('Invoice', invoice('everybody’s'));
		const theirs = await writerOf(scene, scene.harbour.member).make('Invoice', invoice('everybody’s'));
		expect(theirs).toMatchObject({ number: 'everybody’s', firmId: scene.harbour.id });
	});

	it('goes to one of twenty concurrent requests', async () => {
		const answers = await Promise.all(Array.from({ length: 20 }, () => writer.create('Invoice', invoice('wanted'))));
		expect(outcomesOf(answers)).toEqual({ done: 1, CONFLICT: 19 });
	});

	it('leaves nothing of an invoice that is refused because of it, or of its items', async () => {
		await writer.make('Invoice', invoice('whole'));
		const counted = () =>
			scene.admin`select (select count(*) from invoices) as invoices, (select count(*) from invoice_line_items) as items`;
		const before = await counted();
		const id = uuidv7();
		const refused = await writer.create('Invoice', { id, ...invoice('whole'), lineItems: [{ description: 'x' }] });
		expect(codesOf(refused)).toEqual(['CONFLICT']);
		expect(await counted()).toEqual(before);
		expect(shown(await writer.create('Invoice', { id, ...invoice('whole-2') }), 'createInvoice').id).toBe(id);
	});
});

describe('an invoice', () => {
	it('is a draft, and its total is due, unless stated otherwise', async () => {
		expect(await writer.make('Invoice', invoice(uuidv7()))).toMatchObject({
			status: 'DRAFT',
			total: '1.00',
			amountDue: '1.00',
			issuedAt: null,
			dueAt: null,
			client: null,
			memo: null,
			lineItems: [],
		});
	});

	it('has at most two hundred items, in the given order', async () => {
		const lineItems = Array.from({ length: 200 }, (_, n) => ({ description: `item ${n}` }));
		const made = await writer.make('Invoice', { ...invoice(uuidv7()), lineItems });
		const positions = made.lineItems.map((item: { position: number; description: string }) => [
			item.position,
			item.description,
		]);
		expect(positions).toEqual(lineItems.map(({ description }, index) => [index + 1, description]));
		const more = await writer.create('Invoice', { ...invoice(uuidv7()), lineItems: [...lineItems, {}] });
		expect(codesOf(more)).toEqual(['BAD_USER_INPUT']);
		const replaced = await writer.update('Invoice', {
			id: made.id,
			expectedRevision: 1,
			lineItems: lineItems.toReversed(),
		});
		expect(shown(replaced, 'updateInvoice').lineItems[0]).toMatchObject({ position: 1, description: 'item 199' });
	});

	it('can lose all its items by one change, whose entry names their content', async () => {
		const made = await writer.make('Invoice', { ...invoice(uuidv7()), lineItems: [{ description: 'x' }] });
		const answer = await writer.update('Invoice', { id: made.id, expectedRevision: 1, lineItems: [] }, 'id');
		expect(codesOf(answer)).toEqual([]);
		const [entry] = await scene.entriesOf(answer);
		expect(entry?.coordinates).toContain('InvoiceLineItem.description');
	});
});

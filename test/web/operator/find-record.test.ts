import { describe, expect, it } from 'vitest';
import { placeOf } from '../../../web/operator/screens/firms/find/place-of.ts';
import { recordIdIn } from '../../../web/operator/screens/firms/find/record-id-in.ts';

const [ID, FIRM, WHOLE] = [
	'00efd2c6-8000-7000-8000-02f66e13a303',
	'01a23183-63e1-7520-9cf4-35326d1915ee',
	'01a23183-63e1-7520-9cf4-000000000001',
];

describe('the id in what the firm has sent', () => {
	it.each([
		['an id', ID],
		['the address of the workspace', `https://app.example/#/notes/${ID}`],
		['an address of the console, which names the firm before', `http://127.0.0.1/operator#/firms/${FIRM}/notes/${ID}`],
		['a sentence', `It is “${ID.toUpperCase()}”, since Monday.`],
	])('is found in %s', (_, text) => expect(recordIdIn(text)).toBe(ID));
	it.each(['', 'my note', ID.slice(1), 'javascript:alert(1)'])('is not found in %j', (text) =>
		expect(recordIdIn(text)).toBeNull(),
	);
});

describe('where the console shows it', () => {
	const whole = { id: WHOLE };
	const none = { document: null, message: null, note: null, invoice: null };
	it.each([
		[{ __typename: 'Note', id: ID, firmId: FIRM }, `/firms/${FIRM}/notes/${ID}`],
		[{ __typename: 'Thread', id: ID, firmId: FIRM }, `/firms/${FIRM}/messages/${ID}`],
		[{ __typename: 'Message', id: ID, firmId: FIRM, thread: whole }, `/firms/${FIRM}/messages/${WHOLE}/${ID}`],
		[{ __typename: 'DocumentVersion', id: ID, firmId: FIRM, document: whole }, `/firms/${FIRM}/documents/${WHOLE}`],
		[{ __typename: 'InvoiceLineItem', id: ID, firmId: FIRM, invoice: null }, null],
		[{ __typename: 'Comment', id: ID, firmId: FIRM, ...none, note: whole }, `/firms/${FIRM}/notes/${WHOLE}`],
		[
			{ __typename: 'Comment', id: ID, firmId: FIRM, ...none, message: { id: ID, thread: whole } },
			`/firms/${FIRM}/messages/${WHOLE}/${ID}`,
		],
		[{ __typename: 'Firm', id: FIRM, slug: 'f', name: 'F', status: 'ACTIVE' }, `/firms/${FIRM}`],
		[{ __typename: 'BreakGlassLease', id: ID, firmId: FIRM, state: 'ACTIVE' }, `/leases/${ID}`],
		[{ __typename: 'Alert', id: ID }, null],
	] as const)('%j', (node, place) => expect(placeOf(node as Parameters<typeof placeOf>[0])).toBe(place));
});

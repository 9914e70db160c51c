import { describe, expect, it } from 'vitest';
import { FIRM, memberDecision, operatorDecision, rowId, sealedText, TITLE, termsOf, workbench } from './workbench.ts';

const row = { firm: FIRM, id: rowId(1) };
const stored = sealedText(TITLE, row.id, 'one');

describe('comparing a value with what is stored', () => {
	it.each([
		['the same text', 'one', true],
		['another text of that length', 'onE', false],
		['its beginning', 'on', false],
		['more than it', 'one two', false],
		['the empty text', '', false],
		['null', null, false],
		['nothing', undefined, false],
	])('compares what is stored with %s', async (_, value, held) => {
		const { content } = workbench();
		expect(await content.matchesStored(content.begin(termsOf(memberDecision())), TITLE, row, stored, value)).toBe(held);
	});

	it.each([
		['null', null, true],
		['nothing', undefined, true],
		['a text', 'one', false],
		['the empty text', '', false],
	])('compares SQL NULL with %s', async (_, value, held) => {
		const { content } = workbench();
		expect(await content.matchesStored(content.begin(termsOf(memberDecision())), TITLE, row, null, value)).toBe(held);
	});

	it('shows a denied caller nothing of what is stored, and records the attempt', async () => {
		const { content, drafts } = workbench();
		const session = content.begin(termsOf(operatorDecision()));
		for (const value of ['one', 'two', null, undefined])
			expect(await content.matchesStored(session, TITLE, row, stored, value)).toBe(false);
		await content.settle(session);
		expect(drafts).toMatchObject([{ action: 'content.deny', counts: { 'Note.title': 4 } }]);
	});

	it('is an opening in the log, as any other', async () => {
		const { content, drafts } = workbench();
		const session = content.begin(termsOf(memberDecision()));
		await content.matchesStored(session, TITLE, row, stored, 'a guess');
		await content.settle(session);
		expect(drafts).toMatchObject([{ action: 'content.open', coordinates: ['Note.title'], records: [row.id] }]);
	});
});

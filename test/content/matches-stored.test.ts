import { describe, expect, it } from 'vitest';
import { FIRM, memberDecision, operatorDecision, rowId, sealedText, TITLE, termsOf, workbench } from './workbench.ts';

const row = { firm: FIRM, id: rowId(1) };
const stored = sealedText(TITLE, row.id, 'one');

describe('comparing a value with the stored one', () => {
	it.each([
		['the same text', 'one', true],
		['another text of that length', 'onE', false],
		['its prefix', 'on', false],
		['a longer text', 'one two', false],
		['the empty text', '', false],
		['null', null, false],
		['nothing', undefined, false],
	])('compares the stored value with %s', async (_, value, isEqual) => {
		const { content } = workbench();
		expect(await content.matchesStored(content.begin(termsOf(memberDecision())), TITLE, row, stored, value)).toBe(
			isEqual,
		);
	});

	it.each([
		['null', null, true],
		['nothing', undefined, true],
		['a text', 'one', false],
		['the empty text', '', false],
	])('compares SQL NULL with %s', async (_, value, isEqual) => {
		const { content } = workbench();
		expect(await content.matchesStored(content.begin(termsOf(memberDecision())), TITLE, row, null, value)).toBe(
			isEqual,
		);
	});

	it('reveals nothing to a denied caller, and records the attempt', async () => {
		const { content, drafts } = workbench();
		const session = content.begin(termsOf(operatorDecision()));
		for (const value of ['one', 'two', null, undefined])
			expect(await content.matchesStored(session, TITLE, row, stored, value)).toBe(false);
		await content.settle(session);
		expect(drafts).toMatchObject([{ action: 'content.deny', counts: { 'Note.title': 1 } }]);
	});

	it('is recorded as an opening', async () => {
		const { content, drafts } = workbench();
		const session = content.begin(termsOf(memberDecision()));
		await content.matchesStored(session, TITLE, row, stored, 'a guess');
		await content.settle(session);
		expect(drafts).toMatchObject([{ action: 'content.open', coordinates: ['Note.title'], records: [row.id] }]);
	});
});

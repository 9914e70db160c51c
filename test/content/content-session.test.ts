import { describe, expect, it } from 'vitest';
import type { Principal } from '../../src/access/index.ts';
import type { Act } from '../../src/audit/index.ts';
import { contentEntry, authorizationOf as termsOfPrincipal } from '../../src/content/index.ts';
import { FIRM, MEMO, memberDecision, OTHER_FIRM, rowId, sealedText, TITLE, termsOf, workbench } from './workbench.ts';

const USER = rowId(7);
const row = { firm: FIRM, id: rowId(1) };
const terms = termsOf(memberDecision());

describe('the authorization terms of a request', () => {
	it.each<[Principal, object]>([
		[
			{ kind: 'firm', user: USER, person: USER, firm: FIRM, role: 'MEMBER', client: null, proven: true },
			{
				actor: { kind: 'firm', user: USER, roles: ['MEMBER'] },
				plane: 'firm',
				decision: { allowed: true, firm: FIRM },
			},
		],
		[
			{ kind: 'operator', user: USER, person: USER, roles: new Set(['OPERATOR', 'AUDITOR'] as const), proven: true },
			{
				actor: { kind: 'operator', user: USER, roles: ['OPERATOR', 'AUDITOR'] },
				plane: 'operator',
				decision: { allowed: false, reason: 'NO_LEASE' },
			},
		],
	])('come from the principal: $kind', (principal, expected) => {
		const made = termsOfPrincipal(principal, rowId(8), 'ab'.repeat(32));
		expect(made).toMatchObject({ ...expected, request: rowId(8), document: 'ab'.repeat(32) });
		expect(workbench().content.begin(made).authorization).toBe(made);
	});
});

describe('an additional entry of a request', () => {
	const denied = (over: Partial<Act> = {}) =>
		contentEntry(terms, {
			action: 'request.deny',
			decision: 'DENIED',
			reason: 'FORBIDDEN',
			firm: FIRM,
			coordinates: ['Query.note'],
			...over,
		});

	it('is written once however often the document causes it, and separately from entries that differ', async () => {
		const { content, drafts } = workbench();
		const session = content.begin(terms);
		const different = [
			denied(),
			denied({ coordinates: ['Query.notes'] }),
			denied({ firm: OTHER_FIRM }),
			denied({ action: 'share.add', decision: 'ALLOWED', reason: null, records: [row.id] }),
		];
		for (const entry of [...different, ...different]) session.addEntry(entry);
		await content.settle(session);
		expect(drafts).toEqual(different);
	});
});

describe('the limit on opened content', () => {
	const MAX_BYTES = 64 * 1024 * 1024;

	it('is 64 MiB of envelopes for the whole request', () => {
		const session = workbench().content.begin(terms);
		expect([session.spendBytes(MAX_BYTES - 1), session.spendBytes(1), session.isOverspent]).toEqual([
			true,
			true,
			false,
		]);
		expect([session.spendBytes(1), session.isOverspent]).toEqual([false, true]);
	});

	it('answers null beyond it, and TOO_EXPENSIVE at the end, with the earlier openings recorded', async () => {
		const { content, load, drafts } = workbench();
		await load(FIRM, 'NOTE');
		const session = content.begin(terms);
		const sealed = sealedText(TITLE, row.id, 'x');
		session.spendBytes(MAX_BYTES - sealed.length);
		expect(content.openValue(session, TITLE, row, sealed)).toBe('x');
		expect(
			content.openValue(session, TITLE, { firm: FIRM, id: rowId(2) }, sealedText(TITLE, rowId(2), 'y')),
		).toBeNull();
		await expect(content.settle(session)).rejects.toMatchObject({
			code: 'TOO_EXPENSIVE',
			message: expect.stringMatching(/more than 64 MiB/),
		});
		expect(drafts).toMatchObject([{ action: 'content.open', records: [row.id] }]);
	});
});

describe('the keys that an entry names', () => {
	it('are those of the classes that were opened, and no others', async () => {
		const { content, drafts } = workbench();
		const session = content.begin(terms);
		await content.openValue(session, TITLE, row, sealedText(TITLE, row.id, 'x'));
		const bill = { firm: FIRM, id: rowId(2) };
		await content.openValue(session, MEMO, bill, sealedText(MEMO, bill.id, 'y'));
		await content.settle(session);
		expect(drafts.map(({ coordinates, keys }) => [coordinates, keys.map((key) => key.class)])).toEqual([
			[['Note.title'], ['NOTE']],
			[['Invoice.memo'], ['BILLING']],
		]);
	});
});

describe('an error from content', () => {
	it('says what went wrong', async () => {
		const { content } = workbench();
		const session = content.begin(terms);
		expect(() => content.openValue(session, TITLE, row, undefined)).toThrow(
			/^Note\.title was requested, but its column/,
		);
		await expect(
			content.sealValues(session, row.id, [
				{ field: TITLE, value: 'x' },
				{ field: MEMO, value: 'y' },
			]),
		).rejects.toThrow(/two content classes/);
		expect(() => content.begin({ ...terms, decision: { ...terms.decision } })).toThrow(/access rules did not make/);
		session.end();
		expect(() => session.assertOpen()).toThrow(/after the request had been answered/);
	});
});

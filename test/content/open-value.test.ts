import { describe, expect, it, vi } from 'vitest';
import { FirmsealError } from '../../src/errors.ts';
import { KeyUnavailableError } from '../../src/keys/index.ts';
import {
	BODY,
	FIRM,
	MEMO,
	memberDecision,
	OTHER_FIRM,
	operatorDecision,
	rowId,
	sealedText,
	TITLE,
	termsOf,
	workbench,
} from './workbench.ts';

const row = { firm: FIRM, id: rowId(1) };
const code = (code: string) => expect.objectContaining({ code });

describe('opening a value', () => {
	it('returns a promise while the key is loading, and the value itself once the key is cached', async () => {
		const { content, asked } = workbench();
		const session = content.begin(termsOf(memberDecision()));
		const first = content.openValue(session, TITLE, row, sealedText(TITLE, row.id, 'one'));
		expect(first).toBeInstanceOf(Promise);
		expect(await first).toBe('one');
		const body = content.openValue(session, BODY, row, sealedText(BODY, row.id, ''));
		expect([typeof body, body]).toEqual(['string', '']);
		expect(asked).toEqual([`${FIRM}/NOTE/1`]);
	});

	it('returns null at once for null and for a withheld value, requests no key, and counts each object once', () => {
		const { content, asked } = workbench();
		const member = content.begin(termsOf(memberDecision()));
		expect(content.openValue(member, TITLE, row, null)).toBeNull();
		const operator = content.begin(termsOf(operatorDecision()));
		for (const sealed of [undefined, null, sealedText(TITLE, row.id, 'x')])
			expect(content.openValue(operator, TITLE, row, sealed)).toBeNull();
		expect(content.openValue(operator, TITLE, { ...row, id: rowId(2) }, null)).toBeNull();
		expect(asked).toEqual([]);
		expect(content.withheld(operator)).toEqual([{ coordinate: 'Note.title', reason: 'NO_LEASE', count: 2 }]);
	});

	it('withholds a row of another firm, even with a valid envelope of that firm', () => {
		const { content, asked } = workbench();
		const session = content.begin(termsOf(memberDecision()));
		const theirs = { firm: OTHER_FIRM, id: rowId(2) };
		expect(content.openValue(session, TITLE, theirs, sealedText(TITLE, theirs.id, 'theirs', OTHER_FIRM))).toBeNull();
		expect(content.withheld(session)).toEqual([{ coordinate: 'Note.title', reason: 'NOT_SHARED', count: 1 }]);
		expect(asked).toEqual([]);
	});

	it('answers CIPHERTEXT_INVALID for anything that is not an envelope, records it, and requests no key', async () => {
		const { content, asked, drafts } = workbench();
		const session = content.begin(termsOf(memberDecision()));
		for (const plain of [
			new Uint8Array(),
			new TextEncoder().encode('plain text that was left in the column, by a mistake'),
		])
			expect(() => content.openValue(session, TITLE, row, plain)).toThrow(code('CIPHERTEXT_INVALID'));
		await content.settle(session);
		expect(drafts).toMatchObject([
			{ action: 'content.fail', reason: 'CIPHERTEXT_INVALID', coordinates: ['Note.title'] },
		]);
		expect(asked).toEqual([]);
	});

	it('throws INTERNAL, and does not answer null, if the column was not read', () => {
		const { content } = workbench();
		const session = content.begin(termsOf(memberDecision()));
		expect(() => content.openValue(session, TITLE, row, undefined)).toThrow(code('INTERNAL'));
	});

	it('reports 20 errors for values that do not open, and answers null for the rest', async () => {
		const { content, load, drafts } = workbench();
		await load(FIRM, 'NOTE');
		const session = content.begin(termsOf(memberDecision()));
		const outcomes = Array.from({ length: 30 }, (_, n) => {
			try {
				return content.openValue(
					session,
					TITLE,
					{ firm: FIRM, id: rowId(n) },
					sealedText(TITLE, rowId(1_000 + n), 'moved'),
				);
			} catch (error) {
				return (error as { code: string }).code;
			}
		});
		expect(outcomes.filter((outcome) => outcome === 'CIPHERTEXT_INVALID')).toHaveLength(20);
		expect(outcomes.slice(20)).toEqual(Array(10).fill(null));
		await content.settle(session);
		expect(drafts).toMatchObject([
			{ action: 'content.fail', reason: 'CIPHERTEXT_INVALID', records: Array.from({ length: 30 }, (_, n) => rowId(n)) },
		]);
	});

	it('reports KEY_UNAVAILABLE once for each coordinate', async () => {
		const { content, failKeys, drafts } = workbench();
		failKeys(new KeyUnavailableError('REFUSED', 'disabled'));
		const session = content.begin(termsOf(memberDecision()));
		const outcomes = await Promise.allSettled(
			[1, 2, 3].flatMap((n) =>
				[TITLE, BODY].map((field) =>
					content.openValue(session, field, { firm: FIRM, id: rowId(n) }, sealedText(field, rowId(n), 'x')),
				),
			),
		);
		const refused = outcomes.filter(({ status }) => status === 'rejected');
		expect(refused).toHaveLength(2);
		for (const outcome of refused) expect(outcome).toMatchObject({ reason: { code: 'KEY_UNAVAILABLE' } });
		expect(outcomes.filter((outcome) => outcome.status === 'fulfilled').map(({ value }) => value)).toEqual(
			Array(4).fill(null),
		);
		await content.settle(session);
		expect(drafts.map(({ coordinates, records, reason }) => [coordinates, records.length, reason])).toEqual([
			[['Note.title'], 3, 'KEY_UNAVAILABLE'],
			[['Note.body'], 3, 'KEY_UNAVAILABLE'],
		]);
	});

	it('rethrows every error that is not a coded refusal, so that it cannot pass as a null', async () => {
		const { content, failKeys } = workbench();
		const session = content.begin(termsOf(memberDecision()));
		for (const mistake of [new TypeError('a mistake of ours'), new FirmsealError('INTERNAL', 'a mistake of ours')]) {
			failKeys(mistake);
			await expect(content.openValue(session, TITLE, row, sealedText(TITLE, row.id, 'x'))).rejects.toBe(mistake);
		}
	});
});

describe('settling a request', () => {
	it('ends the request: nothing is opened afterwards, even if settling fails', async () => {
		for (const trouble of [null, new Error('disk full')]) {
			const { content, load, failLog } = workbench();
			await load(FIRM, 'NOTE');
			const session = content.begin(termsOf(memberDecision()));
			content.openValue(session, TITLE, row, sealedText(TITLE, row.id, 'x'));
			failLog(trouble);
			await content.settle(session).catch(() => {});
			for (const sealed of [sealedText(TITLE, row.id, 'x'), null])
				expect(() => content.openValue(session, TITLE, row, sealed)).toThrow(code('INTERNAL'));
			expect(() => content.openValue(session, TITLE, { firm: OTHER_FIRM, id: row.id }, undefined)).toThrow(
				code('INTERNAL'),
			);
		}
	});

	it('also stops a value whose key arrives too late, so it is never opened unrecorded', async () => {
		const { content, drafts } = workbench();
		const session = content.begin(termsOf(memberDecision()));
		const late = content.openValue(session, TITLE, row, sealedText(TITLE, row.id, 'late'));
		const settled = content.settle(session);
		await expect(late).rejects.toMatchObject({ code: 'INTERNAL' });
		await settled;
		expect(drafts).toEqual([]);
	});

	it('rethrows the error of the log, and does not call the log if nothing happened', async () => {
		const { content, load, failLog, drafts } = workbench();
		const disk = new Error('disk full');
		failLog(disk);
		await content.settle(content.begin(termsOf(memberDecision())));
		failLog(null);
		expect(drafts).toEqual([]);
		await load(FIRM, 'NOTE');
		const session = content.begin(termsOf(memberDecision()));
		content.openValue(session, TITLE, row, sealedText(TITLE, row.id, 'x'));
		failLog(disk);
		await expect(content.settle(session)).rejects.toBe(disk);
	});

	it('reports counts for metrics, and failures for the people on call', async () => {
		const onSettled = vi.fn();
		const onFailure = vi.fn();
		const { content, load } = workbench({ onOutcome: onSettled, onFailure });
		await load(FIRM, 'NOTE');
		const session = content.begin(termsOf(memberDecision()));
		content.openValue(session, TITLE, row, sealedText(TITLE, row.id, 'x'));
		expect(() => content.openValue(session, BODY, row, sealedText(TITLE, row.id, 'x'))).toThrow(
			code('CIPHERTEXT_INVALID'),
		);
		content.openValue(session, MEMO, { firm: OTHER_FIRM, id: rowId(3) }, null);
		await content.settle(session);
		expect(onSettled.mock.calls.sort()).toEqual([
			['denied', 'BILLING', 1],
			['failed', 'NOTE', 1],
			['opened', 'NOTE', 1],
		]);
		expect(onFailure.mock.calls).toEqual([
			[{ code: 'CIPHERTEXT_INVALID', firm: FIRM, requestId: termsOf(memberDecision()).request, count: 1 }],
		]);
	});
});

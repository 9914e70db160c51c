import { describe, expect, it } from 'vitest';
import { type ContentDecision, decideContent } from '../../src/access/index.ts';
import {
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

const real = memberDecision() as Extract<ContentDecision, { allowed: true }>;

const forged: readonly [name: string, decision: unknown][] = [
	['an object that looks like one', { allowed: true, kind: 'membership', firm: FIRM, classes: ['NOTE'] }],
	['a spread copy', { ...real }],
	['a spread copy for another firm', { ...real, firm: OTHER_FIRM }],
	['a structured clone', structuredClone(real)],
	['an heir', Object.create(real)],
	['a Proxy', new Proxy(real, {})],
	[
		'a Proxy that changes the firm',
		new Proxy(real, { get: (target, key, self) => (key === 'firm' ? OTHER_FIRM : Reflect.get(target, key, self)) }),
	],
	['an operator’s denial turned around', { ...operatorDecision(), allowed: true, firm: FIRM, classes: ['NOTE'] }],
	['nothing', {}],
];

describe('a decision that the access rules did not issue', () => {
	it.each(forged)('opens no request: %s', (_, decision) => {
		const { content } = workbench();
		expect(() => content.begin(termsOf(decision as ContentDecision))).toThrow(
			expect.objectContaining({ code: 'INTERNAL' }),
		);
	});

	it('cannot be widened after it was issued', () => {
		expect(() => Object.assign(real, { firm: OTHER_FIRM })).toThrow(TypeError);
		expect(() => Object.assign(operatorDecision(), { allowed: true })).toThrow(TypeError);
		expect(
			Object.isFrozen(decideContent({ kind: 'operator', user: FIRM, person: FIRM, roles: new Set(), proven: true })),
		).toBe(true);
	});
});

describe('sealing values', () => {
	it.each([
		['a denied operator', operatorDecision()],
		[
			'a client',
			decideContent({ kind: 'firm', user: FIRM, person: FIRM, firm: FIRM, role: 'CLIENT', client: FIRM, proven: true }),
		],
	])('is FORBIDDEN to %s, before any key is requested', async (_, decision) => {
		const { content, asked } = workbench();
		const session = content.begin(termsOf(decision));
		await expect(content.sealValues(session, rowId(1), [{ field: TITLE, value: 'x' }])).rejects.toMatchObject({
			code: 'FORBIDDEN',
			message: 'You may not write this content.',
		});
		await expect(content.sealValues(session, rowId(1), [{ field: TITLE, value: null }])).rejects.toMatchObject({
			code: 'FORBIDDEN',
		});
		expect(asked).toEqual([]);
	});

	it('encodes every value before it requests a key, so a value that cannot be sealed costs no call', async () => {
		const { content, asked } = workbench();
		const session = content.begin(termsOf(memberDecision()));
		for (const bad of ['\0', '\ud800', 7, {}]) {
			const values = [
				{ field: TITLE, value: 'fine' },
				{ field: TITLE, value: bad },
			];
			await expect(content.sealValues(session, rowId(1), values)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
		}
		expect(asked).toEqual([]);
	});

	it('preserves order and nulls, requests no key if all values are null, and seals what can be opened again', async () => {
		const { content, asked } = workbench();
		const session = content.begin(termsOf(memberDecision()));
		expect(await content.sealValues(session, rowId(1), [{ field: TITLE, value: null }])).toEqual([null]);
		expect(await content.sealValues(session, rowId(1), [])).toEqual([]);
		expect(asked).toEqual([]);
		const [none, sealed] = await content.sealValues(session, rowId(1), [
			{ field: TITLE, value: undefined },
			{ field: TITLE, value: 'kept' },
		]);
		expect(none).toBeNull();
		expect(content.openValue(session, TITLE, { firm: FIRM, id: rowId(1) }, sealed)).toBe('kept');
	});

	it('refuses values of two classes in one row', async () => {
		const { content } = workbench();
		const session = content.begin(termsOf(memberDecision()));
		await expect(
			content.sealValues(session, rowId(1), [
				{ field: TITLE, value: 'x' },
				{ field: MEMO, value: 'y' },
			]),
		).rejects.toMatchObject({ code: 'INTERNAL' });
	});

	it('seals for the firm of the decision, so a member of another firm cannot open the value', async () => {
		const { content } = workbench();
		const [sealed] = await content.sealValues(content.begin(termsOf(memberDecision())), rowId(1), [
			{ field: TITLE, value: 'x' },
		]);
		const theirs = content.begin(termsOf(memberDecision(OTHER_FIRM)));
		await expect(content.openValue(theirs, TITLE, { firm: OTHER_FIRM, id: rowId(1) }, sealed)).rejects.toMatchObject({
			code: 'CIPHERTEXT_INVALID',
		});
		expect(
			Buffer.compare(sealedText(TITLE, rowId(1), 'x').subarray(0, 10), sealed?.subarray(0, 10) ?? Buffer.alloc(0)),
		).toBe(0);
	});
});

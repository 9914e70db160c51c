import { expect, it } from 'vitest';
import { createSlots } from '../../../src/api/limits/slots.ts';

it('limits the slots of each account and of all together, and frees each slot only once', () => {
	const slots = createSlots({ max: 3, maxPerFirm: 3, maxPerAccount: 2 });
	const take = (account: string) => slots({ account, firm: account, isClient: false });
	const [first] = [take('a'), take('a')];
	expect(() => take('a')).toThrow(/^The limit is 2 transfers of your account /);
	take('b');
	expect(() => take('c')).toThrow(/try again/);
	first?.();
	first?.();
	take('c');
	expect(() => take('b')).toThrow(/try again/);
});

it('says when to try again', () => {
	const take = createSlots({ max: 1, maxPerFirm: 1, maxPerAccount: 1 });
	take({ account: 'a', firm: 'one', isClient: false });
	expect(() => take({ account: 'b', firm: 'two', isClient: false })).toThrow(
		expect.objectContaining({ code: 'RATE_LIMITED', retryAfter: 5 }),
	);
});

it('leaves slots for other firms, however many accounts a firm has', () => {
	const slots = createSlots({ max: 5, maxPerFirm: 3, maxPerAccount: 2 });
	const take = (account: string, firm: string) => slots({ account, firm, isClient: false });
	const given = ['a', 'b', 'c'].map((account) => take(account, 'one'));
	expect(() => take('d', 'one')).toThrow(/^The limit is 3 transfers of your firm /);
	take('e', 'two');
	given[0]?.();
	take('d', 'one');
});

it('gives a firm’s clients together half of the firm’s slots, and leaves the rest to its own people', () => {
	const take = createSlots({ max: 20, maxPerFirm: 6, maxPerAccount: 2 });
	const guest = (account: string, firm = 'one') => take({ account, firm, isClient: true });
	const given = ['a', 'b', 'c'].map((account) => guest(account));
	expect(() => guest('d')).toThrow(/^The limit is 3 transfers of the firm’s clients /);
	guest('d', 'two');
	for (const account of ['e', 'f', 'g']) take({ account, firm: 'one', isClient: false });
	expect(() => take({ account: 'h', firm: 'one', isClient: false })).toThrow(/^The limit is 6 transfers of your firm /);
	given[0]?.();
	guest('d');
});

it('takes all the requested slots at once, or none of them', () => {
	const take = createSlots({ max: 10, maxPerFirm: 6, maxPerAccount: 4 });
	const of = (account: string, firm = 'one') => ({ account, firm, isClient: false });
	const release = take(of('a'), 3);
	expect(() => take(of('a'), 2)).toThrow(/^The limit is 4 /);
	take(of('a'));
	expect(() => take(of('b'), 3)).toThrow(/^The limit is 6 /);
	take(of('b'), 2);
	expect(() => take(of('c', 'two'), 5)).toThrow(/^The limit is 4 /);
	take(of('c', 'two'), 4);
	expect(() => take(of('d', 'three'))).toThrow(/^Too many /);
	release();
	release();
	take(of('d', 'three'), 3);
});

it('reserves some slots for the platform’s people, however many firms use all of theirs', () => {
	const take = createSlots({ max: 8, maxForFirms: 6, maxPerFirm: 3, maxPerAccount: 3 });
	const ofFirm = (firm: string) => () => take({ account: `of ${firm}`, firm, isClient: false }, 3);
	const ofPlatform = (account: string) => take({ account, firm: account, isClient: false, isOperator: true });
	const [one] = [ofFirm('one')(), ofFirm('two')()];
	expect(ofFirm('three')).toThrow(/^Too many /);
	for (const account of ['auditor', 'operator']) ofPlatform(account);
	expect(() => ofPlatform('approver')).toThrow(/^Too many /);
	one();
	ofPlatform('approver');
	// The platform's slots beyond its part belong to no firm.
	expect(ofFirm('three')).toThrow(/^Too many /);
});

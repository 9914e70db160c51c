import { expect, it } from 'vitest';
import { createSlots } from '../../src/api/files/slots.ts';

it('gives each account so many places, all together so many, and each back once', () => {
	const slots = createSlots({ most: 3, mostOfFirm: 3, mostEach: 2 });
	const take = (account: string) => slots(account, account);
	const [first] = [take('a'), take('a')];
	expect(() => take('a')).toThrow(/which is the most/);
	take('b');
	expect(() => take('c')).toThrow(/try again/);
	first?.();
	first?.();
	take('c');
	expect(() => take('b')).toThrow(/try again/);
});

it('says when to come again', () => {
	const take = createSlots({ most: 1, mostOfFirm: 1, mostEach: 1 });
	take('a', 'one');
	expect(() => take('b', 'two')).toThrow(expect.objectContaining({ code: 'RATE_LIMITED', retryAfter: 5 }));
});

it('leaves room for others, however many accounts a firm has', () => {
	const take = createSlots({ most: 5, mostOfFirm: 3, mostEach: 2 });
	const given = ['a', 'b', 'c'].map((account) => take(account, 'one'));
	expect(() => take('d', 'one')).toThrow(/^Your firm has 3 transfers/);
	take('e', 'two');
	given[0]?.();
	take('d', 'one');
});

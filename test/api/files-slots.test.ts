import { expect, it } from 'vitest';
import { createSlots } from '../../src/api/files/slots.ts';

it('gives each account so many places, all together so many, and each back once', () => {
	const take = createSlots({ most: 3, mostEach: 2 });
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
	const take = createSlots({ most: 1, mostEach: 1 });
	take('a');
	expect(() => take('b')).toThrow(expect.objectContaining({ code: 'RATE_LIMITED', retryAfter: 5 }));
});

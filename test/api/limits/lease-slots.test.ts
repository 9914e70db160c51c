import { expect, it } from 'vitest';
import { createLeaseSlots } from '../../../src/api/limits/lease-slots.ts';
import { steppedClock } from '../../support/stepped-clock.ts';

const refused = (sentence: string) => expect.objectContaining({ code: 'RATE_LIMITED', message: sentence });
const TOO_MANY = 'More than 3 requests under leases of yours would be under way: wait until one has ended.';

it('gives one person three places, so that several others find one, and the next to who waited first', async () => {
	const take = createLeaseSlots(8, steppedClock());
	const [first] = await Promise.all([take('a'), take('a'), take('a')]);
	const order: string[] = [];
	const waiting = ['fourth', 'fifth'].map((name) => take('a').then(() => order.push(name)));
	await Promise.all(['b', 'b', 'b', 'c', 'd'].map((person) => take(person)));
	expect(order).toEqual([]);
	first?.();
	await waiting[0];
	// Given back once.
	first?.();
	expect(order).toEqual(['fourth']);
});

it('gives a place to who has waited longest, and not to who comes as it is given back', async () => {
	const take = createLeaseSlots(2, steppedClock());
	const [first, second] = await Promise.all([take('a'), take('a')]);
	const order: string[] = [];
	const ask = async (person: string) => {
		const giveBack = await take(person);
		order.push(person);
		return giveBack;
	};
	const waiting = [ask('b'), ask('c')];
	first?.();
	const late = ask('d');
	await Promise.race([waiting[0], late]);
	second?.();
	const later = ask('e');
	await Promise.race([waiting[1], later]);
	expect(order).toEqual(['b', 'c']);
	(await waiting[1])?.();
	(await late)();
	await later;
	expect(order).toEqual(['b', 'c', 'd', 'e']);
});

it('gives a place first to those of whom fewest places are, so that some do not hand all of them on among each other', async () => {
	const take = createLeaseSlots(8, steppedClock());
	const people = ['a', 'a', 'a', 'b', 'b', 'b', 'c', 'c'];
	const held = await Promise.all(people.map((person) => take(person)));
	const order: string[] = [];
	const waiting = ['c', 'b', 'a', 'c', 'other'].map((person) => take(person).then(() => order.push(person)));
	held[0]?.();
	await waiting[4];
	held[1]?.();
	await waiting[2];
	held[3]?.();
	await waiting[0];
	held[4]?.();
	await waiting[1];
	expect(order).toEqual(['other', 'a', 'c', 'b']);
});

it('refuses who has waited in vain, for places of their own and for those of all, and says when to come again', async () => {
	const clock = steppedClock();
	const take = createLeaseSlots(4, clock);
	const [first] = await Promise.all([take('a'), take('a'), take('a'), take('b')]);
	const waiting = ['a', 'c'].map((person) => take(person));
	const told = Promise.allSettled(waiting);
	await clock.advance(7_999);
	await clock.advance(1);
	expect(await told).toEqual([
		{ status: 'rejected', reason: refused(TOO_MANY) },
		{
			status: 'rejected',
			reason: refused('Too many requests under leases are under way: try again in a few seconds.'),
		},
	]);
	await expect(waiting[0]).rejects.toMatchObject({ retryAfter: 5 });
	// Who has left takes nothing.
	first?.();
	await take('c');
});

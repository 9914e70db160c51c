import { expect, it } from 'vitest';
import { createLeaseSlots } from '../../../src/api/limits/lease-slots.ts';
import { steppedClock } from '../../support/stepped-clock.ts';

const refused = (sentence: string) => expect.objectContaining({ code: 'RATE_LIMITED', message: sentence });
const TOO_MANY = 'The limit is 3 requests under leases of your account at once: wait until one has ended.';

it('one person gets three lease slots, others find one free, and the next goes to the first who waited', async () => {
	const take = createLeaseSlots(8, steppedClock());
	const [first] = await Promise.all([take('a'), take('a'), take('a')]);
	const order: string[] = [];
	const waiting = ['fourth', 'fifth'].map((name) => take('a').then(() => order.push(name)));
	await Promise.all(['b', 'b', 'b', 'c', 'd'].map((person) => take(person)));
	expect(order).toEqual([]);
	first?.();
	await waiting[0];
	// Releases only once.
	first?.();
	expect(order).toEqual(['fourth']);
});

it('a freed slot goes to the person who has waited longest, not to one who has just arrived', async () => {
	const take = createLeaseSlots(2, steppedClock());
	const [first, second] = await Promise.all([take('a'), take('a')]);
	const order: string[] = [];
	const ask = async (person: string) => {
		const release = await take(person);
		order.push(person);
		return release;
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

it('a freed slot goes first to the person who holds the fewest, so that some cannot keep all for themselves', async () => {
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

it('a wait that is too long is refused, for a person’s own slots and for those of all, with a time to try again', async () => {
	const clock = steppedClock();
	const take = createLeaseSlots(4, clock);
	const [first] = await Promise.all([take('a'), take('a'), take('a'), take('b')]);
	const waiting = ['a', 'c'].map((person) => take(person));
	const outcomes = Promise.allSettled(waiting);
	await clock.advance(7_999);
	await clock.advance(1);
	expect(await outcomes).toEqual([
		{ status: 'rejected', reason: refused(TOO_MANY) },
		{
			status: 'rejected',
			reason: refused('Too many requests under leases are under way: try again in a few seconds.'),
		},
	]);
	await expect(waiting[0]).rejects.toMatchObject({ retryAfter: 5 });
	// A caller who has left takes no slot.
	first?.();
	await take('c');
});

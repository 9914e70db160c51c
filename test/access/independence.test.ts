import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areIndependent, countIndependentVoters, type Voter } from '../../src/access/index.ts';
import { scale } from '../support/scale.ts';

const DAY = 86_400_000;
const now = new Date('2026-06-15T12:00:00Z');
const ago = (days: number) => new Date(now.getTime() - days * DAY);
const named = (person: string): Voter => ({ person, introducedBy: [], introducedAt: ago(400) });
const by = (person: string, introducedBy: readonly string[], days = 1): Voter => ({
	person,
	introducedBy,
	introducedAt: ago(days),
});

const voters = fc.record({
	person: fc.constantFrom('a', 'b', 'c', 'd'),
	introducedBy: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 2 }),
	introducedAt: fc.option(fc.constantFrom(ago(-1), ago(0), ago(29.9), ago(30), ago(90))),
});

describe('two independent voters', () => {
	it.each([
		{ of: 'two persons named by `init`', one: named('a'), other: named('b'), yes: true },
		{ of: 'two accounts of one person', one: named('a'), other: by('a', ['c'], 90), yes: false },
		{ of: 'a new person and the one who introduced them', one: named('a'), other: by('b', ['a']), yes: false },
		{ of: 'a new person and anyone else', one: named('c'), other: by('b', ['a']), yes: true },
		{
			of: 'a person introduced 30 days ago and the one who introduced them',
			one: named('a'),
			other: by('b', ['a'], 30),
			yes: true,
		},
		{ of: 'two new persons with the same introducer', one: by('c', ['a']), other: by('b', ['a']), yes: false },
		{
			of: 'a new person introduced by a new person, and the introducer of that one',
			one: named('a'),
			other: by('c', ['b', 'a']),
			yes: false,
		},
		{
			of: 'a person whose row has a future date, and the one who introduced them',
			one: named('a'),
			other: by('b', ['a'], -1),
			yes: false,
		},
		{
			of: 'two persons from before introductions were recorded',
			one: { ...named('a'), introducedAt: null },
			other: { ...named('b'), introducedAt: null },
			yes: true,
		},
	])('count as stated for $of: $yes', ({ one, other, yes }) => {
		expect([areIndependent(one, other, now), areIndependent(other, one, now)]).toEqual([yes, yes]);
	});

	it('are never more than the persons, and never include a person who is not independent of the requester', () => {
		fc.assert(
			fc.property(fc.array(voters, { maxLength: 6 }), voters, (all, asks) => {
				const others = all.filter(({ person }) => person !== asks.person);
				expect(countIndependentVoters(all, now, [asks])).toBeLessThanOrEqual(
					new Set(others.map(({ person }) => person)).size,
				);
				expect(countIndependentVoters([asks], now, [asks])).toBe(0);
			}),
			{ numRuns: scale(2_000) },
		);
	});
});

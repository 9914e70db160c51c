import { describe, expect, it } from 'vitest';
import { whyNotFresh } from '../../src/access/index.ts';

const now = new Date('2026-11-24T12:00:00.000Z');
const at = (milliseconds: number) => new Date(now.getTime() + milliseconds);

describe('a sign-in', () => {
	it.each([
		['now', at(0), true],
		['five minutes ago', at(-300_000), true],
		['a millisecond more ago', at(-300_001), false],
		['a day ago', at(-86_400_000), false],
		['a minute ahead, by a clock that differs', at(60_000), true],
		['more than that ahead', at(60_001), false],
		['that the issuer says nothing of', null, false],
		['that can’t be believed', 'UNBELIEVABLE', false],
	] as const)('%s', (_, signedIn, fresh) => expect(whyNotFresh('Agreeing', signedIn, now) === null).toBe(fresh));

	it('that is not enough is said to be so with the mend, which is the issuer’s for one that is not told', () => {
		expect(whyNotFresh('Agreeing', at(-1_000), now)).toBeNull();
		for (const signedIn of [at(-300_001), 'UNBELIEVABLE'] as const)
			expect(whyNotFresh('Agreeing', signedIn, now)).toMatch(
				/^Agreeing needs a sign-in of the last five minutes: sign in/,
			);
		expect(whyNotFresh('Agreeing', null, now)).toMatch(/^Agreeing needs a fresh .+ in FIRMSEAL_AUTH_TIME_CLAIM\.$/);
	});
});

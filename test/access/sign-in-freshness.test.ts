import { describe, expect, it } from 'vitest';
import { whyNotFresh } from '../../src/access/index.ts';

const now = new Date('2026-11-24T12:00:00.000Z');
const at = (milliseconds: number) => new Date(now.getTime() + milliseconds);

describe('a sign-in for a sensitive operation', () => {
	it.each([
		['now', at(0), true],
		['five minutes ago', at(-300_000), true],
		['five minutes and a millisecond ago', at(-300_001), false],
		['a day ago', at(-86_400_000), false],
		['a minute ahead, by another clock', at(60_000), true],
		['more than a minute ahead', at(60_001), false],
		['without a time from the issuer', null, false],
		['with an unbelievable time', 'UNBELIEVABLE', false],
	] as const)('is judged: %s', (_, signedIn, fresh) =>
		expect(whyNotFresh('Agreeing', signedIn, now) === null).toBe(fresh),
	);

	it('is refused with instructions, which concern the issuer if the time is unknown', () => {
		expect(whyNotFresh('Agreeing', at(-1_000), now)).toBeNull();
		for (const signedIn of [at(-300_001), 'UNBELIEVABLE'] as const)
			expect(whyNotFresh('Agreeing', signedIn, now)).toMatch(
				/^Agreeing needs a sign-in of the last five minutes: sign in/,
			);
		expect(whyNotFresh('Agreeing', null, now)).toMatch(/^Agreeing needs a fresh .+ in FIRMSEAL_AUTH_TIME_CLAIM\.$/);
	});
});

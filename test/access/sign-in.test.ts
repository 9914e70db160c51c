import { describe, expect, it } from 'vitest';
import { isFresh } from '../../src/access/index.ts';

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
		['that the issuer says nothing of', null, true],
		['that can’t be believed', 'UNBELIEVABLE', false],
	] as const)('%s', (_, signedIn, fresh) => expect(isFresh(signedIn, now)).toBe(fresh));
});

import { fc, test } from '@fast-check/vitest';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { createAdmission, type Party, RateLimitedError } from '../../../src/api/limits/index.ts';
import { SEED, scale } from '../../support/scale.ts';
import { steppedClock } from '../../support/stepped-clock.ts';
import { AT_ONCE, by, firm, SHARES, WAITING, WORKING } from './slots-of-a-firm.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const steps = fc.array(
	fc.record({
		token: fc.integer({ min: 0, max: 11 }),
		ip: fc.integer({ min: 0, max: 3 }),
		ends: fc.integer({ min: 0, max: 3 }),
		isForgotten: fc.boolean(),
	}),
	{ maxLength: 60 },
);

/** Two firms, each with an owner, a member and a client, with two tokens each. */
function ownerOf(token: number) {
	const account = token % 6;
	const [role] = SHARES[Math.floor(account / 2)] as (typeof SHARES)[number];
	return { account: `account ${account}`, party: firm(`firm ${account % 2}`, role) };
}

test.prop([steps], { seed: SEED, numRuns: scale(300) })(
	'for any order of arrivals, attributions and ends, no one exceeds their share and every slot is freed',
	async (drawn) => {
		const admission = createAdmission(AT_ONCE, steppedClock());
		const live = new Map<() => void, Party>();
		const answers: Promise<unknown>[] = [];
		const settle = () => vi.advanceTimersByTimeAsync(0);
		const endOne = () => [...live.keys()][0]?.();
		const liveOf = (whose: string, roles: readonly string[]) =>
			[...live.values()].filter(({ name, role }) => name === whose && roles.includes(role)).length;
		for (const { token, ip, ends, isForgotten } of drawn) {
			const { account, party } = ownerOf(token);
			const request = by(`token ${token}`, `192.0.2.${ip}`);
			if (isForgotten) admission.forgetAccount(request);
			const work = async () => {
				await admission.assignAccount(request, account, party);
				await new Promise<void>((resolve) => {
					const end = () => {
						live.delete(end);
						resolve();
					};
					live.set(end, party);
				});
			};
			answers.push(admission.admit(request, work).catch((error: unknown) => error));
			await settle();
			for (let n = 0; n < ends; n++) endOne();
			await settle();
			for (const name of ['firm 0', 'firm 1'])
				for (const [n, [, most]] of SHARES.entries()) {
					const roles = SHARES.slice(0, n + 1).map(([role]) => role);
					expect(liveOf(name, roles)).toBeLessThanOrEqual(most * 2);
				}
			expect(admission.requestCounts().working).toBe(live.size);
		}
		for (; live.size > 0; await settle()) endOne();
		const errors = (await Promise.all(answers)).filter((answer) => answer !== undefined);
		expect(errors.every((error) => error instanceof RateLimitedError)).toBe(true);
		expect(admission.requestCounts()).toEqual({ working: 0, waiting: 0 });
		// All slots and queues are free again.
		for (const token of [0, 1]) {
			void admission.assignAccount(by(`token ${token}`), 'anyone', firm(`firm ${token}`));
			const whole = Array.from({ length: WORKING + WAITING }, () => admission.admit(by(`token ${token}`), settle));
			await Promise.all(whole);
		}
	},
);

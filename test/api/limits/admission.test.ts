import { fc, test } from '@fast-check/vitest';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
	createAdmission,
	type IncomingRequest,
	type OverloadReason,
	type Party,
	RateLimitedError,
} from '../../../src/api/limits/index.ts';
import { systemClock } from '../../../src/clock/clock.ts';
import { SEED, scale } from '../../support/scale.ts';
import { steppedClock } from '../../support/stepped-clock.ts';

/** The least that can be set. */
const AT_ONCE = 24;
/** Of one firm. */
const WORKING = 3;
const WAITING = 12;
/** Of that, all together, its clients have at most; its clients and members; all. */
const SHARES = [
	['CLIENT', 1, 6],
	['MEMBER', 2, 9],
	['OWNER', WORKING, WAITING],
] as const;

const by = (token: string, ip = '192.0.2.1'): IncomingRequest => ({
	ip,
	headers: { authorization: `Bearer ${token}` },
});
const from = (ip: string): IncomingRequest => ({ ip, headers: {} });

const firm = (name: string, role: Party['role'] = 'OWNER'): Party => ({ name, role });

/** Requests that are worked on until they are told to end. */
function newStage() {
	const refused: OverloadReason[] = [];
	const admission = createAdmission(AT_ONCE, systemClock, (why) => refused.push(why));
	const running: (() => void)[] = [];
	let begun = 0;
	/** Of whom it is, is found once it is worked on. */
	const send = (request: IncomingRequest, found?: { readonly account: string; readonly party: Party }) =>
		admission
			.admit(request, async () => {
				if (found) await admission.assignAccount(request, found.account, found.party);
				begun += 1;
				return new Promise<string>((resolve) => running.push(() => resolve('answered')));
			})
			.catch((error: unknown) => error);
	const turn = () => vi.advanceTimersByTimeAsync(0);
	return {
		admission,
		refused,
		send,
		turn,
		begun: () => begun,
		running,
		/** Requests of a firm that is known, one token. */
		sendMany(name: string, count: number, party = firm(name)) {
			void admission.assignAccount(by(name), name, party);
			return Array.from({ length: count }, () => send(by(name)));
		},
		async endAll() {
			for (await turn(); running.length > 0; await turn()) running.shift()?.();
		},
	};
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('of one firm', () => {
	it('an eighth of the places is worked on, half as many as there are wait, and more is refused at once', async () => {
		const { admission, begun, endAll, refused, sendMany, send, turn } = newStage();
		const answers = sendMany('loud', WORKING + WAITING);
		await turn();
		expect([begun(), admission.requestCounts()]).toEqual([WORKING, { working: WORKING, waiting: WAITING }]);
		expect(() => admission.assertCapacity(by('loud'))).toThrow(RateLimitedError);
		const error = await send(by('loud'));
		expect(error).toMatchObject({ name: 'RateLimitedError', code: 'RATE_LIMITED', retryAfter: 2 });
		expect(refused).toEqual(['firm', 'firm']);
		await endAll();
		expect(await Promise.all(answers)).toEqual(Array(WORKING + WAITING).fill('answered'));
		expect(admission.requestCounts()).toEqual({ working: 0, waiting: 0 });
		expect(vi.getTimerCount()).toBe(0);
		expect(() => admission.assertCapacity(by('loud'))).not.toThrow();
	});

	it('what waits is worked on in the order in which it came', async () => {
		const { admission } = newStage();
		const order: number[] = [];
		const one = (n: number) => admission.admit(by('loud'), async () => void order.push(n));
		await Promise.all([0, 1, 2, 3, 4, 5].map(one));
		expect(order).toEqual([0, 1, 2, 3, 4, 5]);
	});

	it('many tokens have the places of one, however many addresses they come from', async () => {
		const { admission, begun, endAll, send, turn } = newStage();
		for (let n = 0; n < WORKING * 2; n++) {
			void admission.assignAccount(by(`token ${n}`), `person ${n}`, firm('loud'));
			void send(by(`token ${n}`, `192.0.2.${n}`));
		}
		await turn();
		expect(begun()).toBe(WORKING);
		await endAll();
	});
});

describe('of one firm whose tokens are new, and come from many addresses', () => {
	const sendNew = (stage: ReturnType<typeof newStage>, count: number, party = firm('loud'), account = 'person') =>
		Array.from({ length: count }, (_, n) => stage.send(by(`${account}-${n}`, `192.0.2.${n % 8}`), { account, party }));

	it('twice an eighth of the places is worked on, half as many as there are wait, and more is refused before anything is done', async () => {
		const stage = newStage();
		const { admission, begun, endAll, refused, turn } = stage;
		const most = WORKING * 2 + WAITING;
		const answers = sendNew(stage, AT_ONCE);
		await turn();
		expect([begun(), admission.requestCounts()]).toEqual([WORKING * 2, { working: WORKING * 2, waiting: WAITING }]);
		expect(refused).toEqual(Array(AT_ONCE - most).fill('firm'));
		expect(await answers.at(-1)).toMatchObject({ code: 'RATE_LIMITED', retryAfter: 2 });
		await endAll();
		expect(await Promise.all(answers.slice(0, most))).toEqual(Array(most).fill('answered'));
		expect([begun(), admission.requestCounts()]).toEqual([most, { working: 0, waiting: 0 }]);
	});

	it('what waits is refused after two seconds more, and keeps no place', async () => {
		const stage = newStage();
		const { admission, begun, endAll, refused, turn } = stage;
		const answers = sendNew(stage, WORKING * 2 + 1);
		await turn();
		await vi.advanceTimersByTimeAsync(2_000);
		expect(await answers.at(-1)).toMatchObject({ code: 'RATE_LIMITED', retryAfter: 2 });
		expect([refused, begun()]).toEqual([['late'], WORKING * 2]);
		expect(admission.requestCounts()).toEqual({ working: WORKING * 2, waiting: 0 });
		await endAll();
	});

	it('nothing is taken from others at their address, who sign in as well', async () => {
		const stage = newStage();
		const { begun, endAll, send, turn } = stage;
		for (let n = 0; n < WORKING * 3; n++) void send(by(`person ${n}`), { account: 'person', party: firm('loud') });
		await turn();
		const answer = send(by('new'), { account: 'owner', party: firm('quiet') });
		await turn();
		expect(begun()).toBe(WORKING * 2 + 1);
		await endAll();
		expect(await answer).toBe('answered');
	});

	it('a request counts once, whether or not its firm was known when it came, and its place is given back', async () => {
		const stage = newStage();
		for (let round = 0; round < 3; round++) {
			const answers = sendNew(stage, WORKING);
			await stage.endAll();
			expect(await Promise.all(answers)).toEqual(Array(WORKING).fill('answered'));
		}
		expect([stage.refused, stage.admission.requestCounts()]).toEqual([[], { working: 0, waiting: 0 }]);
	});

	it.each([
		['clients have half', 'CLIENT', 1, 6, 'MEMBER'],
		['all but its owners have three quarters', 'MEMBER', 2, 9, 'OWNER'],
	] as const)(
		'%s, together, new tokens or not, and who is above them has the rest',
		async (_, role, working, waiting, above) => {
			const stage = newStage();
			const { admission, begun, endAll, refused, sendMany, turn } = stage;
			const lower = sendMany('lower', working + waiting, firm('loud', role));
			await turn();
			expect([begun(), admission.requestCounts()]).toEqual([working, { working, waiting }]);
			expect(() => admission.assertCapacity(by('lower'))).toThrow('requests of yours');
			void sendNew(stage, working + 1, firm('loud', role), 'another');
			await turn();
			expect([begun(), refused.length]).toEqual([2 * working, 2]);
			const [known] = sendMany('upper', 1, firm('loud', above));
			const [fresh] = sendNew(stage, 1, firm('loud', above), 'upper too');
			await turn();
			expect([begun(), refused.length]).toEqual([2 * working + 2, 2]);
			await endAll();
			expect([await known, await fresh, await lower[0]]).toEqual(Array(3).fill('answered'));
			const bodies = Array.from({ length: working + waiting }, () => admission.reserveBody(by('lower')));
			expect(() => admission.reserveBody(by('lower'))).toThrow(RateLimitedError);
			bodies.push(admission.reserveBody(by('upper')));
			for (const giveBack of bodies) giveBack();
		},
	);

	it('members wait in a line that clients have not filled, and owners in one that neither has', async () => {
		const { begun, endAll, sendMany, turn } = newStage();
		const answers = SHARES.flatMap(([role]) => sendMany(role, AT_ONCE, firm('loud', role)));
		await turn();
		expect(begun()).toBe(WORKING);
		await endAll();
		const counts = SHARES.map(([, working, waiting]) => working + waiting);
		const each = await Promise.all(answers);
		const answered = SHARES.map(
			(_, n) => each.slice(n * AT_ONCE, (n + 1) * AT_ONCE).filter((one) => one === 'answered').length,
		);
		expect(answered[0]).toBe(counts[0]);
		expect(answered[1]).toBeGreaterThan(0);
		expect(answered[2]).toBeGreaterThan(WAITING);
	});
});

describe('of several firms', () => {
	it('a quiet one is worked on at once beside a loud one that has filled its places and its line', async () => {
		const { begun, endAll, sendMany, turn } = newStage();
		void sendMany('loud', WORKING + WAITING + 5);
		const [answer] = sendMany('quiet', 1);
		await turn();
		expect(begun()).toBe(WORKING + 1);
		await endAll();
		expect(await answer).toBe('answered');
	});

	it('no more are worked on and wait than there are places for all', async () => {
		const { admission, begun, endAll, refused, sendMany, send, turn } = newStage();
		// Of each firm what is worked on or would be next is in the line of all.
		for (let n = 0; n < (2 * AT_ONCE) / WORKING; n++) void sendMany(`firm ${n}`, WORKING);
		await turn();
		expect([begun(), admission.requestCounts()]).toEqual([AT_ONCE, { working: AT_ONCE, waiting: AT_ONCE }]);
		expect(() => admission.assertCapacity(by('another'))).toThrow('under way here');
		expect(await send(by('another'))).toMatchObject({ code: 'RATE_LIMITED' });
		expect(refused).toEqual(['all', 'all']);
		await endAll();
		expect(begun()).toBe(AT_ONCE * 2);
	});
});

describe('long bodies that are being read', () => {
	it('are as many of a firm as it may have requests, and of strangers together twice as many as there are places', () => {
		const { admission, refused } = newStage();
		void admission.assignAccount(by('known'), 'member', firm('firm'));
		const taken = Array.from({ length: WORKING + WAITING }, () => admission.reserveBody(by('known')));
		expect(() => admission.reserveBody(by('known'))).toThrow(RateLimitedError);
		for (let n = 0; n < AT_ONCE * 2; n++) taken.push(admission.reserveBody(from(`192.0.2.${n % 4}`)));
		expect(() => admission.reserveBody(from('192.0.2.9'))).toThrow('under way here');
		expect(refused).toEqual(['firm', 'all']);
		void admission.assignAccount(by('another'), 'other', firm('another firm'));
		admission.reserveBody(by('another'))();
		// Each once, however often it is said.
		for (const giveBack of [...taken, ...taken]) giveBack();
		for (let n = 0; n < WORKING + WAITING; n++) admission.reserveBody(from('192.0.2.1'));
		expect(() => admission.reserveBody(from('192.0.2.1'))).toThrow('requests of yours');
	});
});

describe('a request that waits', () => {
	it('is refused after two seconds, is never worked on, and leaves its turn to the next', async () => {
		const { admission, begun, endAll, refused, sendMany, send, turn } = newStage();
		const answers = sendMany('stuck', WORKING + 1);
		await vi.advanceTimersByTimeAsync(1_900);
		expect(refused).toEqual([]);
		const next = send(by('stuck'));
		await vi.advanceTimersByTimeAsync(200);
		expect(await answers[WORKING]).toMatchObject({ code: 'RATE_LIMITED', retryAfter: 2 });
		expect([refused, admission.requestCounts()]).toEqual([['late'], { working: WORKING, waiting: 1 }]);
		await endAll();
		await turn();
		expect(await next).toBe('answered');
		expect(begun()).toBe(WORKING + 1);
	});

	it('waits no longer once it is worked on, however long that takes', async () => {
		const { endAll, refused, sendMany } = newStage();
		const [answer] = sendMany('slow', 1);
		await vi.advanceTimersByTimeAsync(60_000);
		await endAll();
		expect([await answer, refused]).toEqual(['answered', []]);
	});
});

describe('whose a request is', () => {
	it('that has no token, or one that is not known, is told by its address', async () => {
		const { begun, endAll, send, turn } = newStage();
		for (const request of [from('192.0.2.1'), by('a guess'), by('another guess'), by('a third')]) void send(request);
		await turn();
		expect(begun()).toBe(WORKING);
		void send(from('192.0.2.2'));
		await turn();
		expect(begun()).toBe(WORKING + 1);
		await endAll();
	});

	it('no guess at a token makes it a firm’s', async () => {
		const { admission, begun, endAll, send, sendMany, turn } = newStage();
		for (let n = 0; n < WORKING + WAITING; n++) void send(by(`guess ${n}`));
		const [answer] = sendMany('quiet', 1);
		await turn();
		expect(begun()).toBe(WORKING + 1);
		expect(() => admission.assertCapacity(by('one more guess'))).toThrow(RateLimitedError);
		await endAll();
		expect(await answer).toBe('answered');
	});

	it('is its address’s again, with whichever token, once whoever has them may do nothing any more', async () => {
		const { admission, begun, endAll, send, sendMany, turn } = newStage();
		for (let n = 0; n < WORKING + WAITING; n++)
			void admission.assignAccount(by(`removed ${n}`, '192.0.2.9'), 'removed', firm('small'));
		void admission.assignAccount(by('small'), 'small', firm('small'));
		admission.forgetAccount(by('removed 0', '192.0.2.9'));
		for (let n = 0; n < WORKING + WAITING; n++) void send(by(`removed ${n}`, '192.0.2.9'));
		await turn();
		expect(begun()).toBe(WORKING);
		expect(() => admission.assertCapacity(by('removed 1', '192.0.2.9'))).toThrow(RateLimitedError);
		const [answer] = sendMany('small', 1);
		await turn();
		expect(begun()).toBe(WORKING + 1);
		await endAll();
		expect(await answer).toBe('answered');
	});
});

const steps = fc.array(
	fc.record({
		token: fc.integer({ min: 0, max: 11 }),
		ip: fc.integer({ min: 0, max: 3 }),
		ends: fc.integer({ min: 0, max: 3 }),
		isForgotten: fc.boolean(),
	}),
	{ maxLength: 60 },
);

/** Of two firms, each with an owner, a member and a client, and two tokens of each. */
function ownerOf(token: number) {
	const account = token % 6;
	const [role] = SHARES[Math.floor(account / 2)] as (typeof SHARES)[number];
	return { account: `account ${account}`, party: firm(`firm ${account % 2}`, role) };
}

test.prop([steps], { seed: SEED, numRuns: scale(300) })(
	'however requests come, are found to be of a firm and end, none has more than its share, and nothing is left',
	async (drawn) => {
		const admission = createAdmission(AT_ONCE, steppedClock());
		const live = new Map<() => void, Party>();
		const answers: Promise<unknown>[] = [];
		const turn = () => vi.advanceTimersByTimeAsync(0);
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
			await turn();
			for (let n = 0; n < ends; n++) endOne();
			await turn();
			for (const name of ['firm 0', 'firm 1'])
				for (const [n, [, most]] of SHARES.entries()) {
					const roles = SHARES.slice(0, n + 1).map(([role]) => role);
					expect(liveOf(name, roles)).toBeLessThanOrEqual(most * 2);
				}
			expect(admission.requestCounts().working).toBe(live.size);
		}
		for (; live.size > 0; await turn()) endOne();
		const errors = (await Promise.all(answers)).filter((answer) => answer !== undefined);
		expect(errors.every((error) => error instanceof RateLimitedError)).toBe(true);
		expect(admission.requestCounts()).toEqual({ working: 0, waiting: 0 });
		// All places and lines are there again.
		for (const token of [0, 1]) {
			void admission.assignAccount(by(`token ${token}`), 'anyone', firm(`firm ${token}`));
			const whole = Array.from({ length: WORKING + WAITING }, () => admission.admit(by(`token ${token}`), turn));
			await Promise.all(whole);
		}
	},
);

it('an error of the work is the caller’s, and gives the place back', async () => {
	const { admission } = newStage();
	for (let n = 0; n < AT_ONCE; n++)
		await expect(admission.admit(by('one'), () => Promise.reject(new Error('of the work')))).rejects.toThrow(
			'of the work',
		);
	expect(admission.requestCounts()).toEqual({ working: 0, waiting: 0 });
});

describe('of a firm that is never without a request', () => {
	it('the places beside its own are given back', async () => {
		const { begun, endAll, refused, running, send, sendMany, turn } = newStage();
		void sendMany('loud', WORKING);
		await turn();
		for (let n = 0; n < WORKING * 3; n++) {
			void send(by(`new ${n}`, '192.0.2.7'), { account: 'person', party: firm('loud') });
			await turn();
			expect(begun()).toBe(WORKING + n + 1);
			running.pop()?.();
			await turn();
		}
		expect(refused).toEqual([]);
		await endAll();
	});

	it('the places of a request that has waited for too long are given back', async () => {
		const { admission, begun, endAll, refused, sendMany, turn } = newStage();
		for (let n = 0; n < AT_ONCE / WORKING; n++) void sendMany(`firm ${n}`, WORKING);
		void sendMany('late', 1);
		// Its share is kept by a body that is being read.
		const giveBack = admission.reserveBody(by('late'));
		await turn();
		await vi.advanceTimersByTimeAsync(2_000);
		expect(refused).toEqual(['late']);
		await endAll();
		const before = begun();
		void sendMany('late', WORKING);
		await turn();
		expect(begun() - before).toBe(WORKING);
		await endAll();
		giveBack();
	});
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
	createAdmission,
	type IncomingRequest,
	type OverloadReason,
	type Party,
	RateLimitedError,
} from '../../../src/api/limits/index.ts';
import { systemClock } from '../../../src/clock/clock.ts';
import { AT_ONCE, by, firm, SHARES, WAITING, WORKING } from './slots-of-a-firm.ts';

const from = (ip: string): IncomingRequest => ({ ip, headers: {} });

/** Requests that run until the test ends them. */
function newStage() {
	const refused: OverloadReason[] = [];
	const admission = createAdmission(AT_ONCE, systemClock, (why) => refused.push(why));
	const running: (() => void)[] = [];
	let begun = 0;
	/** `found`: the account, which is known only once the request runs. */
	const send = (request: IncomingRequest, found?: { readonly account: string; readonly party: Party }) =>
		admission
			.admit(request, async () => {
				if (found) await admission.assignAccount(request, found.account, found.party);
				begun += 1;
				return new Promise<string>((resolve) => running.push(() => resolve('answered')));
			})
			.catch((error: unknown) => error);
	const settle = () => vi.advanceTimersByTimeAsync(0);
	return {
		admission,
		refused,
		send,
		settle,
		begun: () => begun,
		running,
		/** Requests of a known firm, all with one token. */
		sendMany(name: string, count: number, party = firm(name)) {
			void admission.assignAccount(by(name), name, party);
			return Array.from({ length: count }, () => send(by(name)));
		},
		async endAll() {
			for (await settle(); running.length > 0; await settle()) running.shift()?.();
		},
	};
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('requests of one firm', () => {
	it('run in an eighth of the slots, wait in half as many as there are slots, and beyond that are refused at once', async () => {
		const { admission, begun, endAll, refused, sendMany, send, settle } = newStage();
		const answers = sendMany('loud', WORKING + WAITING);
		await settle();
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

	it('run in the order in which they arrived', async () => {
		const { admission } = newStage();
		const order: number[] = [];
		const one = (n: number) => admission.admit(by('loud'), async () => void order.push(n));
		await Promise.all([0, 1, 2, 3, 4, 5].map(one));
		expect(order).toEqual([0, 1, 2, 3, 4, 5]);
	});

	it('share the firm’s slots, however many tokens and addresses they come from', async () => {
		const { admission, begun, endAll, send, settle } = newStage();
		for (let n = 0; n < WORKING * 2; n++) {
			void admission.assignAccount(by(`token ${n}`), `person ${n}`, firm('loud'));
			void send(by(`token ${n}`, `192.0.2.${n}`));
		}
		await settle();
		expect(begun()).toBe(WORKING);
		await endAll();
	});
});

describe('requests of one firm with new tokens from many addresses', () => {
	const sendNew = (stage: ReturnType<typeof newStage>, count: number, party = firm('loud'), account = 'person') =>
		Array.from({ length: count }, (_, n) => stage.send(by(`${account}-${n}`, `192.0.2.${n % 8}`), { account, party }));

	it('run in at most twice the firm’s slots; the rest wait or are refused before any work', async () => {
		const stage = newStage();
		const { admission, begun, endAll, refused, settle } = stage;
		const most = WORKING * 2 + WAITING;
		const answers = sendNew(stage, AT_ONCE);
		await settle();
		expect([begun(), admission.requestCounts()]).toEqual([WORKING * 2, { working: WORKING * 2, waiting: WAITING }]);
		expect(refused).toEqual(Array(AT_ONCE - most).fill('firm'));
		expect(await answers.at(-1)).toMatchObject({ code: 'RATE_LIMITED', retryAfter: 2 });
		await endAll();
		expect(await Promise.all(answers.slice(0, most))).toEqual(Array(most).fill('answered'));
		expect([begun(), admission.requestCounts()]).toEqual([most, { working: 0, waiting: 0 }]);
	});

	it('are refused after two more seconds of waiting, and free their slots', async () => {
		const stage = newStage();
		const { admission, begun, endAll, refused, settle } = stage;
		const answers = sendNew(stage, WORKING * 2 + 1);
		await settle();
		await vi.advanceTimersByTimeAsync(2_000);
		expect(await answers.at(-1)).toMatchObject({ code: 'RATE_LIMITED', retryAfter: 2 });
		expect([refused, begun()]).toEqual([['late'], WORKING * 2]);
		expect(admission.requestCounts()).toEqual({ working: WORKING * 2, waiting: 0 });
		await endAll();
	});

	it('take nothing from other firms that sign in from the same address', async () => {
		const stage = newStage();
		const { begun, endAll, send, settle } = stage;
		for (let n = 0; n < WORKING * 3; n++) void send(by(`person ${n}`), { account: 'person', party: firm('loud') });
		await settle();
		const answer = send(by('new'), { account: 'owner', party: firm('quiet') });
		await settle();
		expect(begun()).toBe(WORKING * 2 + 1);
		await endAll();
		expect(await answer).toBe('answered');
	});

	it('count once, whether or not the firm was known on arrival, and free their slots', async () => {
		const stage = newStage();
		for (let round = 0; round < 3; round++) {
			const answers = sendNew(stage, WORKING);
			await stage.endAll();
			expect(await Promise.all(answers)).toEqual(Array(WORKING).fill('answered'));
		}
		expect([stage.refused, stage.admission.requestCounts()]).toEqual([[], { working: 0, waiting: 0 }]);
	});

	it.each([
		['clients have at most half', 'CLIENT', 1, 6, 'MEMBER'],
		['all but the owners have at most three quarters', 'MEMBER', 2, 9, 'OWNER'],
	] as const)(
		'are shared: %s, with new tokens or known ones, and those above have the rest',
		async (_, role, working, waiting, above) => {
			const stage = newStage();
			const { admission, begun, endAll, refused, sendMany, settle } = stage;
			const lower = sendMany('lower', working + waiting, firm('loud', role));
			await settle();
			expect([begun(), admission.requestCounts()]).toEqual([working, { working, waiting }]);
			expect(() => admission.assertCapacity(by('lower'))).toThrow('of your requests are running');
			void sendNew(stage, working + 1, firm('loud', role), 'another');
			await settle();
			expect([begun(), refused.length]).toEqual([2 * working, 2]);
			const [known] = sendMany('upper', 1, firm('loud', above));
			const [fresh] = sendNew(stage, 1, firm('loud', above), 'upper too');
			await settle();
			expect([begun(), refused.length]).toEqual([2 * working + 2, 2]);
			await endAll();
			expect([await known, await fresh, await lower[0]]).toEqual(Array(3).fill('answered'));
			const bodies = Array.from({ length: working + waiting }, () => admission.reserveBody(by('lower')));
			expect(() => admission.reserveBody(by('lower'))).toThrow(RateLimitedError);
			bodies.push(admission.reserveBody(by('upper')));
			for (const release of bodies) release();
		},
	);

	it('wait in separate queues: clients cannot fill the members’ queue, nor both together the owners’', async () => {
		const { begun, endAll, sendMany, settle } = newStage();
		const answers = SHARES.flatMap(([role]) => sendMany(role, AT_ONCE, firm('loud', role)));
		await settle();
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

describe('requests of several firms', () => {
	it('run at once for a quiet firm, beside a busy one that has filled its slots and its queue', async () => {
		const { begun, endAll, sendMany, settle } = newStage();
		void sendMany('loud', WORKING + WAITING + 5);
		const [answer] = sendMany('quiet', 1);
		await settle();
		expect(begun()).toBe(WORKING + 1);
		await endAll();
		expect(await answer).toBe('answered');
	});

	it('run and wait only up to the slots for all', async () => {
		const { admission, begun, endAll, refused, sendMany, send, settle } = newStage();
		// Of each firm, the running requests and the next ones are in the common queue.
		for (let n = 0; n < (2 * AT_ONCE) / WORKING; n++) void sendMany(`firm ${n}`, WORKING);
		await settle();
		expect([begun(), admission.requestCounts()]).toEqual([AT_ONCE, { working: AT_ONCE, waiting: AT_ONCE }]);
		expect(() => admission.assertCapacity(by('another'))).toThrow('server has too many requests');
		expect(await send(by('another'))).toMatchObject({ code: 'RATE_LIMITED' });
		expect(refused).toEqual(['all', 'all']);
		await endAll();
		expect(begun()).toBe(AT_ONCE * 2);
	});
});

describe('long bodies being read', () => {
	it('are limited per firm to its number of requests, and for all strangers together to twice the slots', () => {
		const { admission, refused } = newStage();
		void admission.assignAccount(by('known'), 'member', firm('firm'));
		const taken = Array.from({ length: WORKING + WAITING }, () => admission.reserveBody(by('known')));
		expect(() => admission.reserveBody(by('known'))).toThrow(RateLimitedError);
		for (let n = 0; n < AT_ONCE * 2; n++) taken.push(admission.reserveBody(from(`192.0.2.${n % 4}`)));
		expect(() => admission.reserveBody(from('192.0.2.9'))).toThrow('server has too many requests');
		expect(refused).toEqual(['firm', 'all']);
		void admission.assignAccount(by('another'), 'other', firm('another firm'));
		admission.reserveBody(by('another'))();
		// Each releases only once, however often it is called.
		for (const release of [...taken, ...taken]) release();
		for (let n = 0; n < WORKING + WAITING; n++) admission.reserveBody(from('192.0.2.1'));
		expect(() => admission.reserveBody(from('192.0.2.1'))).toThrow('of your requests are running');
	});
});

describe('a waiting request', () => {
	it('is refused after two seconds, never runs, and leaves its place in the queue to the next', async () => {
		const { admission, begun, endAll, refused, sendMany, send, settle } = newStage();
		const answers = sendMany('stuck', WORKING + 1);
		await vi.advanceTimersByTimeAsync(1_900);
		expect(refused).toEqual([]);
		const next = send(by('stuck'));
		await vi.advanceTimersByTimeAsync(200);
		expect(await answers[WORKING]).toMatchObject({ code: 'RATE_LIMITED', retryAfter: 2 });
		expect([refused, admission.requestCounts()]).toEqual([['late'], { working: WORKING, waiting: 1 }]);
		await endAll();
		await settle();
		expect(await next).toBe('answered');
		expect(begun()).toBe(WORKING + 1);
	});

	it('is no longer limited in time once it runs', async () => {
		const { endAll, refused, sendMany } = newStage();
		const [answer] = sendMany('slow', 1);
		await vi.advanceTimersByTimeAsync(60_000);
		await endAll();
		expect([await answer, refused]).toEqual(['answered', []]);
	});
});

describe('a request is attributed', () => {
	it('to its address if it has no token or an unknown one', async () => {
		const { begun, endAll, send, settle } = newStage();
		for (const request of [from('192.0.2.1'), by('a guess'), by('another guess'), by('a third')]) void send(request);
		await settle();
		expect(begun()).toBe(WORKING);
		void send(from('192.0.2.2'));
		await settle();
		expect(begun()).toBe(WORKING + 1);
		await endAll();
	});

	it('to no firm if its token is guessed', async () => {
		const { admission, begun, endAll, send, sendMany, settle } = newStage();
		for (let n = 0; n < WORKING + WAITING; n++) void send(by(`guess ${n}`));
		const [answer] = sendMany('quiet', 1);
		await settle();
		expect(begun()).toBe(WORKING + 1);
		expect(() => admission.assertCapacity(by('one more guess'))).toThrow(RateLimitedError);
		await endAll();
		expect(await answer).toBe('answered');
	});

	it('to its address again once its account has no rights left, whichever of its tokens it has', async () => {
		const { admission, begun, endAll, send, sendMany, settle } = newStage();
		for (let n = 0; n < WORKING + WAITING; n++)
			void admission.assignAccount(by(`removed ${n}`, '192.0.2.9'), 'removed', firm('small'));
		void admission.assignAccount(by('small'), 'small', firm('small'));
		admission.forgetAccount(by('removed 0', '192.0.2.9'));
		for (let n = 0; n < WORKING + WAITING; n++) void send(by(`removed ${n}`, '192.0.2.9'));
		await settle();
		expect(begun()).toBe(WORKING);
		expect(() => admission.assertCapacity(by('removed 1', '192.0.2.9'))).toThrow(RateLimitedError);
		const [answer] = sendMany('small', 1);
		await settle();
		expect(begun()).toBe(WORKING + 1);
		await endAll();
		expect(await answer).toBe('answered');
	});
});

it('an error of the work reaches the caller, and frees the slot', async () => {
	const { admission } = newStage();
	for (let n = 0; n < AT_ONCE; n++)
		await expect(admission.admit(by('one'), () => Promise.reject(new Error('of the work')))).rejects.toThrow(
			'of the work',
		);
	expect(admission.requestCounts()).toEqual({ working: 0, waiting: 0 });
});

describe('a firm that always has a request under way', () => {
	it('frees the slots beyond its own share', async () => {
		const { begun, endAll, refused, running, send, sendMany, settle } = newStage();
		void sendMany('loud', WORKING);
		await settle();
		for (let n = 0; n < WORKING * 3; n++) {
			void send(by(`new ${n}`, '192.0.2.7'), { account: 'person', party: firm('loud') });
			await settle();
			expect(begun()).toBe(WORKING + n + 1);
			running.pop()?.();
			await settle();
		}
		expect(refused).toEqual([]);
		await endAll();
	});

	it('frees the slots of a request that has waited too long', async () => {
		const { admission, begun, endAll, refused, sendMany, settle } = newStage();
		for (let n = 0; n < AT_ONCE / WORKING; n++) void sendMany(`firm ${n}`, WORKING);
		void sendMany('late', 1);
		// A body being read keeps its share.
		const release = admission.reserveBody(by('late'));
		await settle();
		await vi.advanceTimersByTimeAsync(2_000);
		expect(refused).toEqual(['late']);
		await endAll();
		const before = begun();
		void sendMany('late', WORKING);
		await settle();
		expect(begun() - before).toBe(WORKING);
		await endAll();
		release();
	});
});

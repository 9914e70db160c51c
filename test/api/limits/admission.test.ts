import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Arriving, createAdmission, type Overload, RateLimitedError } from '../../../src/api/limits/index.ts';
import { systemClock } from '../../../src/clock.ts';

const AT_ONCE = 16;
/** Of one firm. */
const WORKING = 2;
const WAITING = 8;

const by = (token: string, ip = '192.0.2.1'): Arriving => ({ ip, headers: { authorization: `Bearer ${token}` } });
const from = (ip: string): Arriving => ({ ip, headers: {} });

/** Requests that are worked on until they are told to end. */
function newStage() {
	const refused: Overload[] = [];
	const admission = createAdmission(AT_ONCE, systemClock, (why) => refused.push(why));
	const running: (() => void)[] = [];
	let begun = 0;
	const send = (request: Arriving) =>
		admission
			.admit(request, () => {
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
		/** Requests of a firm that is known, one token. */
		sendMany(firm: string, count: number) {
			admission.know(by(firm), firm);
			return Array.from({ length: count }, () => send(by(firm)));
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
		expect([begun(), admission.underWay()]).toEqual([WORKING, { working: WORKING, waiting: WAITING }]);
		expect(() => admission.check(by('loud'))).toThrow(RateLimitedError);
		const error = await send(by('loud'));
		expect(error).toMatchObject({ name: 'RateLimitedError', code: 'RATE_LIMITED', retryAfter: 2 });
		expect(refused).toEqual(['firm', 'firm']);
		await endAll();
		expect(await Promise.all(answers)).toEqual(Array(WORKING + WAITING).fill('answered'));
		expect(admission.underWay()).toEqual({ working: 0, waiting: 0 });
		expect(vi.getTimerCount()).toBe(0);
		expect(() => admission.check(by('loud'))).not.toThrow();
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
			admission.know(by(`token ${n}`), 'loud');
			void send(by(`token ${n}`, `192.0.2.${n}`));
		}
		await turn();
		expect(begun()).toBe(WORKING);
		await endAll();
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
		for (let n = 0; n < AT_ONCE; n++) void sendMany(`firm ${n}`, WORKING);
		await turn();
		expect([begun(), admission.underWay()]).toEqual([AT_ONCE, { working: AT_ONCE, waiting: AT_ONCE }]);
		expect(() => admission.check(by('another'))).toThrow('under way here');
		expect(await send(by('another'))).toMatchObject({ code: 'RATE_LIMITED' });
		expect(refused).toEqual(['all', 'all']);
		await endAll();
		expect(begun()).toBe(AT_ONCE * 2);
	});
});

describe('long bodies that are being read', () => {
	it('are as many of a firm as it may have requests, and of strangers together twice as many as there are places', () => {
		const { admission, refused } = newStage();
		admission.know(by('known'), 'firm');
		const taken = Array.from({ length: WORKING + WAITING }, () => admission.receive(by('known')));
		expect(() => admission.receive(by('known'))).toThrow(RateLimitedError);
		for (let n = 0; n < AT_ONCE * 2; n++) taken.push(admission.receive(from(`192.0.2.${n % 4}`)));
		expect(() => admission.receive(from('192.0.2.9'))).toThrow('under way here');
		expect(refused).toEqual(['firm', 'all']);
		admission.know(by('another'), 'another firm');
		admission.receive(by('another'))();
		// Each once, however often it is said.
		for (const giveBack of [...taken, ...taken]) giveBack();
		for (let n = 0; n < WORKING + WAITING; n++) admission.receive(from('192.0.2.1'));
		expect(() => admission.receive(from('192.0.2.1'))).toThrow('requests of yours');
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
		expect([refused, admission.underWay()]).toEqual([['late'], { working: WORKING, waiting: 1 }]);
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
		expect(() => admission.check(by('one more guess'))).toThrow(RateLimitedError);
		await endAll();
		expect(await answer).toBe('answered');
	});

	it('is its address’s again once whoever has the token may do nothing any more', async () => {
		const { admission, begun, endAll, send, sendMany, turn } = newStage();
		admission.know(by('removed', '192.0.2.9'), 'small');
		admission.know(by('small'), 'small');
		admission.forget(by('removed', '192.0.2.9'));
		for (let n = 0; n < WORKING + WAITING; n++) void send(by('removed', '192.0.2.9'));
		await turn();
		expect(begun()).toBe(WORKING);
		expect(() => admission.check(by('removed', '192.0.2.9'))).toThrow(RateLimitedError);
		const [answer] = sendMany('small', 1);
		await turn();
		expect(begun()).toBe(WORKING + 1);
		await endAll();
		expect(await answer).toBe('answered');
	});
});

it('an error of the work is the caller’s, and gives the place back', async () => {
	const { admission } = newStage();
	for (let n = 0; n < AT_ONCE; n++)
		await expect(admission.admit(by('one'), () => Promise.reject(new Error('of the work')))).rejects.toThrow(
			'of the work',
		);
	expect(admission.underWay()).toEqual({ working: 0, waiting: 0 });
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FirmsealError, SetupError } from '../../src/errors.ts';
import { type Keyring, KeyUnavailableError, resilientKeyring } from '../../src/keys/index.ts';
import { FIRM, OTHER_FIRM } from './new-data-keys.ts';
import { fail, never, outcomeOf, resilientKeyringOver, unavailableError } from './unreliable-keyring.ts';

const CONTEXT = { firm: FIRM, class: 'NOTE' };
const WRAPPED = new Uint8Array(48);

/** Each method, called for one firm. */
const CALLS: Readonly<Record<keyof Keyring, (keyring: Keyring, firm?: string) => Promise<unknown>>> = {
	describeKey: (keyring, firm = FIRM) => keyring.describeKey(firm),
	listGrants: (keyring, firm = FIRM) => keyring.listGrants(firm),
	check: (keyring) => keyring.check(),
	unwrap: (keyring, firm = FIRM) => keyring.unwrap({ ...CONTEXT, firm }, WRAPPED),
	rewrap: (keyring, firm = FIRM) => keyring.rewrap({ ...CONTEXT, firm }, WRAPPED),
	wrap: (keyring, firm = FIRM) => keyring.wrap({ ...CONTEXT, firm }, WRAPPED),
	inspectOwnKey: (keyring, firm = FIRM) => keyring.inspectOwnKey(firm, 'a-key'),
	rewrapToNext: (keyring, firm = FIRM) => keyring.rewrapToNext({ ...CONTEXT, firm }, WRAPPED),
	generateDataKey: (keyring, firm = FIRM) => keyring.generateDataKey({ ...CONTEXT, firm }),
	createGrant: (keyring, firm = FIRM) => keyring.createGrant({ name: 'bg', ...CONTEXT, firm }),
	revokeGrant: (keyring, firm = FIRM) => keyring.revokeGrant({ name: 'bg', firm }),
	createKey: (keyring, firm = FIRM) => keyring.createKey(firm),
	rotateKey: (keyring, firm = FIRM) => keyring.rotateKey(firm),
	disableKey: (keyring, firm = FIRM) => keyring.disableKey(firm),
	enableKey: (keyring, firm = FIRM) => keyring.enableKey(firm),
	scheduleDeletion: (keyring, firm = FIRM) => keyring.scheduleDeletion(firm, 7),
	cancelDeletion: (keyring, firm = FIRM) => keyring.cancelDeletion(firm),
	setNextKey: (keyring, firm = FIRM) => keyring.setNextKey(firm, null),
	switchKey: (keyring, firm = FIRM) => keyring.switchKey(firm, 'a-key'),
	releaseKey: (keyring, firm = FIRM) => keyring.releaseKey(firm, 'previous', 30),
};
const AGAIN = [
	'describeKey',
	'listGrants',
	'check',
	'unwrap',
	'rewrap',
	'wrap',
	'inspectOwnKey',
	'rewrapToNext',
	'generateDataKey',
	'createGrant',
	'revokeGrant',
] as const;
const ONCE = [
	'createKey',
	'rotateKey',
	'disableKey',
	'enableKey',
	'scheduleDeletion',
	'cancelDeletion',
	'setNextKey',
	'switchKey',
	'releaseKey',
] as const;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Lets the fake clock run until the call has ended. */
async function ended(call: Promise<unknown>) {
	const outcome = outcomeOf(call);
	await vi.runAllTimersAsync();
	return outcome;
}

describe('a call that failed', () => {
	it('is tested for every method of the port', () => {
		expect([...AGAIN, ...ONCE].toSorted()).toEqual(Object.keys(CALLS).toSorted());
	});

	it.each(AGAIN.flatMap((method) => (['AWAY', 'THROTTLED'] as const).map((reason) => [method, reason] as const)))(
		'is retried: %s, %s',
		async (method, reason) => {
			const { keyring, calls, retries } = resilientKeyringOver((_, index) => (index < 3 ? fail(reason) : 'answer'));
			expect(await ended(CALLS[method](keyring))).toMatchObject({ outcome: 'ok' });
			expect(calls.map((call) => call.method)).toEqual(Array(4).fill(method));
			expect(retries()).toEqual(Array(3).fill(reason));
		},
	);

	it.each(ONCE.flatMap((method) => (['AWAY', 'THROTTLED'] as const).map((reason) => [method, reason] as const)))(
		'is not retried, since it may have been carried out: %s, %s',
		async (method, reason) => {
			const { keyring, calls, retries } = resilientKeyringOver(() => fail(reason));
			expect(await ended(CALLS[method](keyring))).toEqual({ outcome: reason, after: 0 });
			expect(calls).toHaveLength(1);
			expect(retries()).toEqual([]);
		},
	);

	it.each(Object.keys(CALLS) as (keyof Keyring)[])(
		'is never retried if it was refused or invalid: %s',
		async (method) => {
			for (const error of [
				unavailableError('REFUSED'),
				new FirmsealError('BAD_USER_INPUT', 'no'),
				new SetupError('no role'),
			]) {
				const { keyring, calls } = resilientKeyringOver(() => {
					throw error;
				});
				await expect(CALLS[method](keyring)).rejects.toBe(error);
				expect(calls).toHaveLength(1);
			}
		},
	);

	it('is retried after an unexpected error, which is passed on in the end', async () => {
		const error = new Error('socket hang up');
		// Too short to open the breaker.
		const { keyring, calls } = resilientKeyringOver(
			() => {
				throw error;
			},
			{ budget: 300, random: () => 0.5 },
		);
		expect(await ended(CALLS.unwrap(keyring))).toMatchObject({ outcome: error });
		expect(calls).toHaveLength(4);
	});

	it('passes on its arguments, grant tokens included', async () => {
		const given: unknown[] = [];
		const through = resilientKeyring(
			{ unwrap: async (...all: unknown[]) => void given.push(...all) } as unknown as Keyring,
			{ side: 'operator' },
		);
		await through.unwrap(CONTEXT, WRAPPED, ['token']);
		expect(given).toEqual([CONTEXT, WRAPPED, ['token']]);
	});
});

describe('the time limit of a call', () => {
	it.each([
		['firm', 4_000],
		['worker', 4_000],
		['operator', 2_000],
		['broker', 2_000],
	] as const)('of a %s process ends it after %i ms, even if the service never answers', async (side, after) => {
		const { keyring } = resilientKeyringOver(never, { side });
		expect(await ended(CALLS.unwrap(keyring))).toEqual({ outcome: 'AWAY', after });
	});

	it.each(ONCE)('is thirty seconds for %s', async (method) => {
		const { keyring } = resilientKeyringOver(never);
		expect(await ended(CALLS[method](keyring))).toEqual({ outcome: 'AWAY', after: 30_000 });
	});

	it('covers all its attempts', async () => {
		const slow = () => new Promise((_, reject) => setTimeout(() => reject(unavailableError('AWAY')), 900));
		const { keyring, calls } = resilientKeyringOver(slow, { random: () => 0.5 });
		const { outcome, after } = await ended(CALLS.unwrap(keyring));
		expect(outcome).toBe('AWAY');
		expect(after).toBeLessThanOrEqual(4_000);
		expect(calls).toHaveLength(5);
	});

	it('allows one call as many attempts as fit, which alone never open the breaker', async () => {
		const { keyring, calls, states } = resilientKeyringOver(() => fail('AWAY'), { random: () => 0.999 });
		const { after } = await ended(CALLS.unwrap(keyring));
		expect(after).toBeGreaterThan(3_000);
		expect(calls.length).toBeGreaterThanOrEqual(7);
		expect(states()).toEqual([]);
	});

	it('ends the call before a pause that would exceed it', async () => {
		const { keyring, calls } = resilientKeyringOver(() => fail('THROTTLED'), { random: () => 0.999 });
		const { outcome, after } = await ended(CALLS.unwrap(keyring));
		expect(outcome).toBe('THROTTLED');
		expect(after).toBeGreaterThan(3_000);
		expect(after).toBeLessThanOrEqual(4_000);
		expect((calls.at(-1)?.at ?? 0) - (calls[0]?.at ?? 0)).toBe(after);
	});

	it('overwrites an answer that comes too late', async () => {
		const plaintext = new Uint8Array(32).fill(7);
		const late = () => new Promise((resolve) => setTimeout(() => resolve({ plaintext }), 5_000));
		const { keyring } = resilientKeyringOver(late);
		const asked = outcomeOf(CALLS.generateDataKey(keyring));
		await vi.advanceTimersByTimeAsync(4_500);
		expect(await asked).toMatchObject({ outcome: 'AWAY' });
		expect(plaintext.every((byte) => byte === 7)).toBe(true);
		await vi.runAllTimersAsync();
		expect(plaintext.every((byte) => byte === 0)).toBe(true);
	});

	it('leaves no timer and no waiting call behind', async () => {
		const { keyring, waiting } = resilientKeyringOver((_, index) => (index % 2 ? 'answer' : fail('THROTTLED')));
		for (let call = 0; call < 10; call++) await ended(CALLS.unwrap(keyring));
		expect(vi.getTimerCount()).toBe(0);
		expect(waiting()).toBe(0);
	});
});

describe('a call of an operator', () => {
	it('is made once if the service is unavailable', async () => {
		const { keyring, calls } = resilientKeyringOver(() => fail('AWAY'), { side: 'operator' });
		expect(await ended(CALLS.unwrap(keyring))).toEqual({ outcome: 'AWAY', after: 0 });
		expect(calls).toHaveLength(1);
	});

	it('is retried after every other caller if the service is overloaded', async () => {
		for (const random of [0, 0.5, 0.999]) {
			const operator = resilientKeyringOver((_, index) => (index ? 'answer' : fail('THROTTLED')), {
				side: 'operator',
				random: () => random,
			});
			const firm = resilientKeyringOver((_, index) => (index ? 'answer' : fail('THROTTLED')), { random: () => random });
			const [last, first] = await Promise.all([
				ended(CALLS.unwrap(operator.keyring)),
				ended(CALLS.unwrap(firm.keyring)),
			]);
			expect([first.outcome, last.outcome]).toEqual(['ok', 'ok']);
			expect(first.after).toBeLessThan(50);
			expect(last.after).toBeGreaterThanOrEqual(1_000);
		}
	});
});

describe('the breaker', () => {
	const away = { is: true };
	const answer = () => (away.is ? fail('AWAY') : 'answer');
	beforeEach(() => {
		away.is = true;
	});
	const once = { side: 'operator' } as const;

	it('opens after ten consecutive attempts that found the service unavailable, and then makes no calls', async () => {
		const { keyring, calls, states } = resilientKeyringOver(answer, once);
		for (let call = 1; call <= 10; call++) {
			expect(states()).toEqual([]);
			expect(await outcomeOf(CALLS.unwrap(keyring))).toMatchObject({ outcome: 'AWAY' });
		}
		expect(states()).toEqual(['open']);
		for (const firm of [FIRM, OTHER_FIRM])
			expect(await outcomeOf(CALLS.unwrap(keyring, firm))).toEqual({ outcome: 'AWAY', after: 0 });
		expect(calls).toHaveLength(10);
	});

	it('ends the attempts of a firm’s call at once, even of one that waits for its next attempt', async () => {
		const { keyring, calls } = resilientKeyringOver(answer, { random: () => 0.5 });
		const both = await Promise.all([ended(CALLS.unwrap(keyring)), ended(CALLS.unwrap(keyring))]);
		expect(both.map(({ outcome }) => outcome)).toEqual(['AWAY', 'AWAY']);
		for (const { after } of both) expect(after).toBeLessThan(1_000);
		expect(calls.length).toBeLessThanOrEqual(11);
	});

	it.each(['REFUSED', 'THROTTLED'] as const)('counts %s as a sign of life', async (reason) => {
		const { keyring, states } = resilientKeyringOver((_, index) => fail(index % 10 === 9 ? reason : 'AWAY'), once);
		for (let call = 0; call < 40; call++) {
			await ended(CALLS.unwrap(keyring));
		}
		expect(states()).toEqual([]);
	});

	it('passes on the last error of a call that it ends', async () => {
		const error = new KeyUnavailableError('AWAY', 'This process has no credentials.');
		const answerOf = () => {
			throw error;
		};
		const { keyring, states } = resilientKeyringOver(answerOf, { random: () => 0 });
		const asked = CALLS.unwrap(keyring).catch((thrown: unknown) => thrown);
		await vi.runAllTimersAsync();
		expect(await asked).toBe(error);
		expect(states()).toEqual(['open']);
		await expect(CALLS.unwrap(keyring)).rejects.toThrow('The key service does not answer; try again later.');
	});

	it('counts a call that was never answered', async () => {
		const { keyring, states } = resilientKeyringOver(never, once);
		for (let call = 0; call < 10; call++) await ended(CALLS.unwrap(keyring));
		expect(states()).toEqual(['open']);
	});

	it('allows one call after two seconds, shares its outcome with all others, and closes if it succeeds', async () => {
		const { keyring, calls, states } = resilientKeyringOver(answer, once);
		for (let call = 0; call < 10; call++) await outcomeOf(CALLS.unwrap(keyring));
		await vi.advanceTimersByTimeAsync(1_999);
		await outcomeOf(CALLS.unwrap(keyring));
		expect(calls).toHaveLength(10);
		await vi.advanceTimersByTimeAsync(1);
		// Still unavailable: one call was made, and ten share its result.
		const shared = await Promise.all(Array.from({ length: 10 }, () => outcomeOf(CALLS.unwrap(keyring))));
		expect(shared.map(({ outcome }) => outcome)).toEqual(Array(10).fill('AWAY'));
		expect(calls).toHaveLength(11);
		away.is = false;
		await vi.advanceTimersByTimeAsync(2_000);
		const answered = await Promise.all(Array.from({ length: 10 }, () => outcomeOf(CALLS.unwrap(keyring))));
		expect(answered.map(({ outcome }) => outcome)).toEqual(Array(10).fill('ok'));
		expect(states()).toEqual(['open', 'half-open', 'open', 'half-open', 'closed']);
	});

	it('lets no one wait beyond their own time limit for that call', async () => {
		let mode: 'away' | 'slow' = 'away';
		const slow = () => new Promise((resolve) => setTimeout(() => resolve('answer'), 1_900));
		const { keyring, calls, states } = resilientKeyringOver(() => (mode === 'away' ? fail('AWAY') : slow()), once);
		for (let call = 0; call < 10; call++) await outcomeOf(CALLS.unwrap(keyring));
		mode = 'slow';
		await vi.advanceTimersByTimeAsync(2_000);
		const probe = outcomeOf(CALLS.unwrap(keyring));
		await vi.advanceTimersByTimeAsync(1_000);
		const waiting = Array.from({ length: 8 }, () => outcomeOf(CALLS.unwrap(keyring)));
		await vi.advanceTimersByTimeAsync(900);
		expect(await probe).toMatchObject({ outcome: 'ok' });
		await vi.runAllTimersAsync();
		// They waited for one of their two seconds, and the answer takes longer than the other.
		for (const { outcome, after } of await Promise.all(waiting)) expect([outcome, after]).toEqual(['AWAY', 2_000]);
		expect(calls).toHaveLength(19);
		expect(states().slice(0, 3)).toEqual(['open', 'half-open', 'closed']);
	});
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRateLimit, RateLimitedError } from '../../../src/api/limits/index.ts';
import { networkOf } from '../../../src/api/limits/network-of.ts';
import { RefusedAccountError } from '../../../src/api/refused-account.ts';
import { FirmsealError } from '../../../src/errors.ts';

const caller = { user: 'one' };
const known = async () => caller;
const failing = (error: Error) => () => Promise.reject(error);
const stranger = failing(new FirmsealError('UNAUTHENTICATED', 'Sign in.'));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a limit of two requests a minute', () => {
	it('says in whole seconds when the minute ends, and then admits again', async () => {
		const limit = createRateLimit(2);
		expect(await limit.byToken('192.0.2.1', known)).toBe(caller);
		await vi.advanceTimersByTimeAsync(17_300);
		await limit.byToken('192.0.2.2', known);
		const error = await limit.byToken('192.0.2.3', known).catch((thrown: unknown) => thrown);
		expect(error).toBeInstanceOf(RateLimitedError);
		expect(error).toMatchObject({ code: 'RATE_LIMITED', retryAfter: 43 });
		await vi.advanceTimersByTimeAsync(42_700);
		expect(await limit.byToken('192.0.2.3', known)).toBe(caller);
	});

	it('leaves no count and no timer once the minute is over', async () => {
		const limit = createRateLimit(2);
		for (let n = 0; n < 100; n++) {
			await limit.byToken(`192.0.2.${n}`, async () => ({ user: `user ${n}` }));
			await limit.byToken(`192.0.2.${n}`, stranger).catch(() => {});
		}
		expect(vi.getTimerCount()).toBe(200);
		await vi.advanceTimersByTimeAsync(60_000);
		expect(vi.getTimerCount()).toBe(0);
	});

	it('does not count our own failures against an address', async () => {
		const limit = createRateLimit(2);
		const away = failing(new FirmsealError('AUDIT_UNAVAILABLE', 'The database is away.'));
		for (let n = 0; n < 5; n++) await expect(limit.byToken('192.0.2.1', away)).rejects.toThrow('The database is away.');
		expect(await limit.byToken('192.0.2.1', known)).toBe(caller);
	});

	it('checks no token of an address that failed too often, and at most two of its simultaneous ones', async () => {
		const limit = createRateLimit(2);
		const codes = await Promise.all(
			Array.from({ length: 6 }, () => limit.byToken('192.0.2.1', stranger).catch(({ code }: FirmsealError) => code)),
		);
		expect(codes.sort()).toEqual([...Array(4).fill('RATE_LIMITED'), ...Array(2).fill('UNAUTHENTICATED')]);
		const identify = vi.fn(known);
		await expect(limit.byToken('192.0.2.1', identify)).rejects.toBeInstanceOf(RateLimitedError);
		expect(identify).not.toHaveBeenCalled();
		expect(await limit.byToken('192.0.2.2', identify)).toBe(caller);
	});

	it('counts a refused account against that account', async () => {
		const limit = createRateLimit(2);
		const identity = { userId: 'two', firmId: null, firmRole: null, operatorRoles: null };
		const refused = failing(new RefusedAccountError(identity, 'This account belongs to no firm.'));
		for (let n = 0; n < 2; n++)
			await expect(limit.byToken('192.0.2.1', refused)).rejects.toBeInstanceOf(RefusedAccountError);
		await expect(limit.byToken('192.0.2.2', refused)).rejects.toBeInstanceOf(RateLimitedError);
		expect(await limit.byToken('192.0.2.1', known)).toBe(caller);
	});

	it('looks up at most two of several simultaneous wrong tickets, without harm to tokens', async () => {
		const limit = createRateLimit(2);
		const guess = vi.fn(failing(new FirmsealError('NOT_FOUND', 'No such ticket.')));
		const codes = await Promise.all(
			Array.from({ length: 6 }, () => limit.byTicket('192.0.2.1', guess).catch(({ code }: FirmsealError) => code)),
		);
		expect(codes.sort()).toEqual([...Array(2).fill('NOT_FOUND'), ...Array(4).fill('RATE_LIMITED')]);
		expect(guess).toHaveBeenCalledTimes(2);
		expect(await limit.byToken('192.0.2.1', known)).toBe(caller);
	});

	it('counts a valid ticket only against its account', async () => {
		const limit = createRateLimit(2);
		for (let n = 0; n < 5; n++) await limit.byTicket('192.0.2.1', async () => ({ user: `user ${n}` }));
		await limit.byTicket('192.0.2.1', known);
		await limit.byToken('192.0.2.1', known);
		await expect(limit.byTicket('192.0.2.1', known)).rejects.toBeInstanceOf(RateLimitedError);
	});
});

describe('networkOf', () => {
	it.each([
		['192.0.2.7', '192.0.2.7'],
		['::ffff:192.0.2.7', '192.0.2.7'],
		['::FFFF:192.0.2.7', '192.0.2.7'],
		['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
		['2001:0DB8:0001:0002:0003::', '2001:db8:1:2'],
		['2001:db8:1:2::', '2001:db8:1:2'],
		['2001:db8::1', '2001:db8:0:0'],
		['2001:db8::5:6:7:8', '2001:db8:0:0'],
		['1:2::4:5:6:7:8', '1:2:0:4'],
		['::1', '0:0:0:0'],
		['::', '0:0:0:0'],
		['fe80::1%eth0', 'fe80:0:0:0'],
		['', ''],
	])('maps %s to %s', (address, network) => {
		expect(networkOf(address)).toBe(network);
	});
});

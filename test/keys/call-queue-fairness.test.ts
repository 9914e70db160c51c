import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CallQueue } from '../../src/keys/call-queue.ts';
import { scale } from '../support/scale.ts';
import { fail, outcomeOf, resilientKeyringOver, type UnreliableCall } from './unreliable-keyring.ts';

const firmOf = (number: number) => `0198d2c4-3f5a-7c11-9d1e-${String(number).padStart(12, '0')}`;
const unwrapOf = ({ keyring }: ReturnType<typeof resilientKeyringOver>, firm: string) =>
	keyring.unwrap({ firm, class: 'NOTE' }, new Uint8Array(48));

describe('the call queue while the service is overloaded', () => {
	const { signal: neverAborted } = new AbortController();

	/** Queues a call of each firm. `started` has the calls in the order of their start; the test ends each call. */
	function acquireAll(most: number, firms: readonly string[]) {
		const queue = new CallQueue({
			concurrency: 100,
			throttledConcurrency: most,
			throttleMilliseconds: 1_000,
			clock: { now: () => 0 },
		});
		queue.throttle();
		const started: { readonly firm: string; readonly end: () => void }[] = [];
		for (const firm of firms) {
			const slot = queue.acquire(firm, neverAborted);
			if (typeof slot === 'function') started.push({ firm, end: slot });
			else void slot.then((end) => started.push({ firm, end }));
		}
		return { queue, started };
	}

	const callers = fc.array(fc.nat(5).map(firmOf), { maxLength: 60 });

	it('never runs more calls than it may, and runs every call', async () => {
		await fc.assert(
			fc.asyncProperty(fc.integer({ min: 1, max: 6 }), callers, async (most, firms) => {
				const { started } = acquireAll(most, firms);
				for (let ended = 0; ended < firms.length; ended++) {
					await Promise.resolve();
					expect(started.length - ended).toBe(Math.min(most, firms.length - ended));
					started[ended]?.end();
				}
				expect(started.map(({ firm }) => firm).toSorted()).toEqual(firms.toSorted());
			}),
		);
	});

	it('goes round: while one firm waits, no other runs two calls', async () => {
		await fc.assert(
			fc.asyncProperty(callers, async (firms) => {
				const { started } = acquireAll(1, firms);
				for (let ended = 0; ended < firms.length; ended++) {
					await Promise.resolve();
					started[ended]?.end();
				}
				// The first started before any call had to wait.
				const order = started.slice(1).map(({ firm }) => firm);
				for (const waiting of new Set(order)) {
					let since = new Set<string>();
					for (const firm of order.slice(0, order.lastIndexOf(waiting) + 1)) {
						expect(since.has(firm)).toBe(false);
						since = firm === waiting ? new Set() : since.add(firm);
					}
				}
			}),
		);
	});

	it('skips callers that have left, and retains nothing of them', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(fc.tuple(fc.nat(3).map(firmOf), fc.boolean()), { maxLength: 40 }), async (all) => {
				const { queue, started } = acquireAll(1, [firmOf(9)]);
				const left = new AbortController();
				const order: string[] = [];
				for (const [firm, leaves] of all)
					void Promise.resolve(queue.acquire(firm, leaves ? left.signal : neverAborted)).then((end) => {
						order.push(firm);
						end();
					});
				left.abort();
				started[0]?.end();
				await new Promise(setImmediate);
				expect(order.toSorted()).toEqual(all.flatMap(([firm, leaves]) => (leaves ? [] : [firm])).toSorted());
			}),
		);
	});

	it('does not delay anyone before or after the overload', () => {
		let now = 0;
		const queue = new CallQueue({
			concurrency: 100,
			throttledConcurrency: 2,
			throttleMilliseconds: 1_000,
			clock: { now: () => now },
		});
		const acquire = () => queue.acquire(firmOf(1), neverAborted);
		for (let call = 0; call < 100; call++) expect(acquire()).toBeTypeOf('function');
		queue.throttle();
		expect(acquire()).toBeInstanceOf(Promise);
		const quiet = new CallQueue({
			concurrency: 100,
			throttledConcurrency: 2,
			throttleMilliseconds: 1_000,
			clock: { now: () => now },
		});
		quiet.throttle();
		now = 999;
		for (let call = 0; call < 2; call++) expect(quiet.acquire(firmOf(1), neverAborted)).toBeTypeOf('function');
		now = 1_000;
		for (let call = 0; call < 98; call++) expect(quiet.acquire(firmOf(1), neverAborted)).toBeTypeOf('function');
	});

	it('also limits concurrent calls while nothing is overloaded', async () => {
		const queue = new CallQueue({
			concurrency: 3,
			throttledConcurrency: 1,
			throttleMilliseconds: 1_000,
			clock: { now: () => 0 },
		});
		const ends = await Promise.all([1, 2, 3].map(async () => queue.acquire(firmOf(1), neverAborted)));
		const started: string[] = [];
		for (const firm of [1, 1, 1, 2].map(firmOf))
			void Promise.resolve(queue.acquire(firm, neverAborted)).then((end) => {
				started.push(firm);
				ends.push(end);
			});
		await new Promise(setImmediate);
		expect(started).toEqual([]);
		for (const end of ends.splice(0)) end();
		await new Promise(setImmediate);
		expect(started).toEqual([firmOf(1), firmOf(2), firmOf(1)]);
		ends[0]?.();
		await new Promise(setImmediate);
		expect(started).toHaveLength(4);
	});
});

describe('firms that call an overloaded service', () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	/** A service that answers so many calls a second, each after five milliseconds, and throttles the others. */
	function serviceOf(perSecond: number) {
		let tokens = perSecond / 10;
		let filledAt = performance.now();
		const answered: string[] = [];
		const under = { way: 0, most: 0 };
		const answer = async ({ firm }: UnreliableCall) => {
			const now = performance.now();
			tokens = Math.min(perSecond / 10, tokens + ((now - filledAt) / 1000) * perSecond);
			filledAt = now;
			under.most = Math.max(under.most, ++under.way);
			await new Promise((resolve) => setTimeout(resolve, 5));
			under.way--;
			if (tokens < 1) return fail('THROTTLED');
			tokens--;
			answered.push(firm);
			return 'answer';
		};
		return { answer, answered, under };
	}

	it('are served in rotation: a thousand calls of one firm do not delay the single call of another', async () => {
		const service = serviceOf(100);
		const resilient = resilientKeyringOver(service.answer);
		const flood = Array.from({ length: 1_000 }, () => outcomeOf(unwrapOf(resilient, firmOf(1))));
		await vi.advanceTimersByTimeAsync(1_000);
		service.under.most = 0;
		expect(resilient.waiting()).toBeGreaterThan(100);
		const single = outcomeOf(unwrapOf(resilient, firmOf(2)));
		await vi.advanceTimersByTimeAsync(1_500);
		expect(service.answered).toContain(firmOf(2));
		expect(await single).toMatchObject({ outcome: 'ok' });
		expect(service.under.most).toBeLessThanOrEqual(4);
		await vi.runAllTimersAsync();
		const outcomes = (await Promise.all(flood)).map(({ outcome, after }) => ({ outcome, late: after > 4_000 }));
		expect(outcomes.some(({ late }) => late)).toBe(false);
		// Those whose last attempt was in progress at their time limit.
		const away = outcomes.filter(({ outcome }) => outcome === 'AWAY');
		expect(away.length).toBeLessThan(10);
		for (const { outcome } of outcomes) expect(['ok', 'THROTTLED', 'AWAY']).toContain(outcome);
		// The service used its full capacity.
		expect(outcomes.filter(({ outcome }) => outcome === 'ok').length).toBeGreaterThan(200);
		expect(resilient.waiting()).toBe(0);
	});

	it('all get answers, however different their numbers of calls', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 2, maxLength: 5 }),
				fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
				async (counts, jitter) => {
					const service = serviceOf(100);
					const resilient = resilientKeyringOver(service.answer, { random: () => jitter.next().value ?? 0 });
					const asked = counts.flatMap((count, firm) =>
						Array.from({ length: count }, () => outcomeOf(unwrapOf(resilient, firmOf(firm)))),
					);
					await vi.runAllTimersAsync();
					for (const { outcome, after } of await Promise.all(asked)) {
						expect(['ok', 'THROTTLED', 'AWAY']).toContain(outcome);
						expect(after).toBeLessThanOrEqual(4_000);
					}
					expect(new Set(service.answered).size).toBe(counts.length);
					expect(resilient.waiting()).toBe(0);
				},
			),
			{ numRuns: scale(15) },
		);
	});

	it('get THROTTLED for a call that was never made', async () => {
		const resilient = resilientKeyringOver((_, index) =>
			index === 0 ? fail('THROTTLED') : new Promise<never>(() => {}),
		);
		const first = outcomeOf(unwrapOf(resilient, firmOf(1)));
		await vi.advanceTimersByTimeAsync(100);
		const calls = Array.from({ length: 10 }, () => outcomeOf(unwrapOf(resilient, firmOf(1))));
		await vi.advanceTimersByTimeAsync(3_500);
		// Waits behind calls that are never answered.
		const last = outcomeOf(unwrapOf(resilient, firmOf(2)));
		await vi.runAllTimersAsync();
		expect(await first).toMatchObject({ outcome: 'AWAY' });
		const outcomes = (await Promise.all(calls)).map(({ outcome }) => outcome);
		expect(outcomes).toContain('THROTTLED');
		expect(outcomes).toContain('AWAY');
		expect((await last).after).toBeLessThanOrEqual(4_000);
	});
});

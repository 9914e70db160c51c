import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CallQueue } from '../../src/keys/call-queue.ts';
import { scale } from '../support/scale.ts';
import { fail, outcomeOf, resilientKeyringOver, type UnreliableCall } from './unreliable-keyring.ts';

const firmOf = (number: number) => `0198d2c4-3f5a-7c11-9d1e-${String(number).padStart(12, '0')}`;
const unwrapOf = ({ keyring }: ReturnType<typeof resilientKeyringOver>, firm: string) =>
	keyring.unwrap({ firm, class: 'NOTE' }, new Uint8Array(48));

describe('turns while the service is overloaded', () => {
	const { signal: stays } = new AbortController();

	/** Turns that are taken, in the order in which they began; each is ended by the test. */
	function takeAll(most: number, firms: readonly string[]) {
		const turns = new CallQueue({
			concurrency: 100,
			throttledConcurrency: most,
			throttleMilliseconds: 1_000,
			clock: { now: () => 0 },
		});
		turns.throttle();
		const begun: { readonly firm: string; readonly end: () => void }[] = [];
		for (const firm of firms) {
			const turn = turns.acquire(firm, stays);
			if (typeof turn === 'function') begun.push({ firm, end: turn });
			else void turn.then((end) => begun.push({ firm, end }));
		}
		return { turns, begun };
	}

	const asking = fc.array(fc.nat(5).map(firmOf), { maxLength: 60 });

	it('are never more at once than may be, and everybody’s comes', async () => {
		await fc.assert(
			fc.asyncProperty(fc.integer({ min: 1, max: 6 }), asking, async (most, firms) => {
				const { begun } = takeAll(most, firms);
				for (let ended = 0; ended < firms.length; ended++) {
					await Promise.resolve();
					expect(begun.length - ended).toBe(Math.min(most, firms.length - ended));
					begun[ended]?.end();
				}
				expect(begun.map(({ firm }) => firm).toSorted()).toEqual(firms.toSorted());
			}),
		);
	});

	it('come round: while a firm waits, no other has two', async () => {
		await fc.assert(
			fc.asyncProperty(asking, async (firms) => {
				const { begun } = takeAll(1, firms);
				for (let ended = 0; ended < firms.length; ended++) {
					await Promise.resolve();
					begun[ended]?.end();
				}
				// The first began before anybody had to wait.
				const order = begun.slice(1).map(({ firm }) => firm);
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

	it('pass over whoever has gone, and keep nothing of them', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(fc.tuple(fc.nat(3).map(firmOf), fc.boolean()), { maxLength: 40 }), async (all) => {
				const { turns, begun } = takeAll(1, [firmOf(9)]);
				const gone = new AbortController();
				const order: string[] = [];
				for (const [firm, leaves] of all)
					void Promise.resolve(turns.acquire(firm, leaves ? gone.signal : stays)).then((end) => {
						order.push(firm);
						end();
					});
				gone.abort();
				begun[0]?.end();
				await new Promise(setImmediate);
				expect(order.toSorted()).toEqual(all.flatMap(([firm, leaves]) => (leaves ? [] : [firm])).toSorted());
			}),
		);
	});

	it('are nobody’s matter before and after', () => {
		let now = 0;
		const turns = new CallQueue({
			concurrency: 100,
			throttledConcurrency: 2,
			throttleMilliseconds: 1_000,
			clock: { now: () => now },
		});
		const take = () => turns.acquire(firmOf(1), stays);
		for (let call = 0; call < 100; call++) expect(take()).toBeTypeOf('function');
		turns.throttle();
		expect(take()).toBeInstanceOf(Promise);
		const quiet = new CallQueue({
			concurrency: 100,
			throttledConcurrency: 2,
			throttleMilliseconds: 1_000,
			clock: { now: () => now },
		});
		quiet.throttle();
		now = 999;
		for (let call = 0; call < 2; call++) expect(quiet.acquire(firmOf(1), stays)).toBeTypeOf('function');
		now = 1_000;
		for (let call = 0; call < 98; call++) expect(quiet.acquire(firmOf(1), stays)).toBeTypeOf('function');
	});

	it('are had by so many at once and no more, also when nothing is overloaded', async () => {
		const turns = new CallQueue({
			concurrency: 3,
			throttledConcurrency: 1,
			throttleMilliseconds: 1_000,
			clock: { now: () => 0 },
		});
		const ends = await Promise.all([1, 2, 3].map(async () => turns.acquire(firmOf(1), stays)));
		const begun: string[] = [];
		for (const firm of [1, 1, 1, 2].map(firmOf))
			void Promise.resolve(turns.acquire(firm, stays)).then((end) => {
				begun.push(firm);
				ends.push(end);
			});
		await new Promise(setImmediate);
		expect(begun).toEqual([]);
		for (const end of ends.splice(0)) end();
		await new Promise(setImmediate);
		expect(begun).toEqual([firmOf(1), firmOf(2), firmOf(1)]);
		ends[0]?.();
		await new Promise(setImmediate);
		expect(begun).toHaveLength(4);
	});
});

describe('firms that ask an overloaded service', () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	/** Answers so many calls a second, each after five milliseconds, and throttles whatever comes beyond. */
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

	it('come in turn: one with a thousand calls doesn’t keep one with a single call waiting', async () => {
		const service = serviceOf(100);
		const steady = resilientKeyringOver(service.answer);
		const flood = Array.from({ length: 1_000 }, () => outcomeOf(unwrapOf(steady, firmOf(1))));
		await vi.advanceTimersByTimeAsync(1_000);
		service.under.most = 0;
		expect(steady.waiting()).toBeGreaterThan(100);
		const single = outcomeOf(unwrapOf(steady, firmOf(2)));
		await vi.advanceTimersByTimeAsync(1_500);
		expect(service.answered).toContain(firmOf(2));
		expect(await single).toMatchObject({ outcome: 'ok' });
		expect(service.under.most).toBeLessThanOrEqual(4);
		await vi.runAllTimersAsync();
		const outcomes = (await Promise.all(flood)).map(({ outcome, after }) => ({ outcome, late: after > 4_000 }));
		expect(outcomes.some(({ late }) => late)).toBe(false);
		// Those whose last try was under way when their time was over.
		const away = outcomes.filter(({ outcome }) => outcome === 'AWAY');
		expect(away.length).toBeLessThan(10);
		for (const { outcome } of outcomes) expect(['ok', 'THROTTLED', 'AWAY']).toContain(outcome);
		// What the service could do was done.
		expect(outcomes.filter(({ outcome }) => outcome === 'ok').length).toBeGreaterThan(200);
		expect(steady.waiting()).toBe(0);
	});

	it('each get an answer, however unlike their numbers of calls', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 2, maxLength: 5 }),
				fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
				async (counts, jitter) => {
					const service = serviceOf(100);
					const steady = resilientKeyringOver(service.answer, { random: () => jitter.next().value ?? 0 });
					const asked = counts.flatMap((count, firm) =>
						Array.from({ length: count }, () => outcomeOf(unwrapOf(steady, firmOf(firm)))),
					);
					await vi.runAllTimersAsync();
					for (const { outcome, after } of await Promise.all(asked)) {
						expect(['ok', 'THROTTLED', 'AWAY']).toContain(outcome);
						expect(after).toBeLessThanOrEqual(4_000);
					}
					expect(new Set(service.answered).size).toBe(counts.length);
					expect(steady.waiting()).toBe(0);
				},
			),
			{ numRuns: scale(15) },
		);
	});

	it('say of a call that never had its turn that there was too much to do', async () => {
		const steady = resilientKeyringOver((_, index) => (index === 0 ? fail('THROTTLED') : new Promise<never>(() => {})));
		const first = outcomeOf(unwrapOf(steady, firmOf(1)));
		await vi.advanceTimersByTimeAsync(100);
		const calls = Array.from({ length: 10 }, () => outcomeOf(unwrapOf(steady, firmOf(1))));
		await vi.advanceTimersByTimeAsync(3_500);
		// Behind those that nobody answers.
		const last = outcomeOf(unwrapOf(steady, firmOf(2)));
		await vi.runAllTimersAsync();
		expect(await first).toMatchObject({ outcome: 'AWAY' });
		const outcomes = (await Promise.all(calls)).map(({ outcome }) => outcome);
		expect(outcomes).toContain('THROTTLED');
		expect(outcomes).toContain('AWAY');
		expect((await last).after).toBeLessThanOrEqual(4_000);
	});
});

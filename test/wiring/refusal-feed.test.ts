import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MAX_REFUSALS, type Plane } from '../../src/database/index.ts';
import { PLATFORM_FIRM_ID } from '../../src/keys/index.ts';
import { openRefusalFeed, type RefusalFeed, type RefusalFeedOptions } from '../../src/wiring/refusal-feed.ts';
import { type SteppedClock, steppedClock } from '../support/stepped-clock.ts';

const NORTH = '01980000-0000-7000-8000-00000000000a';
const SOUTH = '01980000-0000-7000-8000-00000000000b';

/** What a database of refusals answers, and what is told it. */
function database(role: Plane['role'] = 'firmseal_firm') {
	const state = {
		refusals: [] as { firm: string; id: string }[],
		looks: 0,
		told: [] as string[],
		trouble: null as Error | null,
		hangs: false,
	};
	const answer = async <T>(value: T): Promise<T> => {
		if (state.hangs) await clock.sleep(Number.POSITIVE_INFINITY);
		if (state.trouble) throw state.trouble;
		return value;
	};
	const plane: RefusalFeedOptions['plane'] = {
		role,
		read() {
			state.looks++;
			return answer(state.refusals) as never;
		},
		async write(firm) {
			await answer(null);
			state.told.push(firm ?? 'none');
			return undefined as never;
		},
	};
	return { state, plane };
}

let clock: SteppedClock;
let watches: RefusalFeed[];
beforeEach(() => {
	clock = steppedClock();
	watches = [];
});
afterEach(async () => {
	const stopped = Promise.all(watches.map((watch) => watch.stop()));
	await clock.advance(2_000);
	await stopped;
});

function watching({ role, ...options }: Partial<RefusalFeedOptions> & { role?: Plane['role'] } = {}) {
	const { state, plane } = database(role);
	const watch = openRefusalFeed({ clock, plane, ...options });
	watches.push(watch);
	const purges: (string | undefined)[] = [];
	watch.purgeOnRefusal({ purge: (firm) => void purges.push(firm) });
	return { state, watch, purges };
}

/** Ten by ten, and what is told beside it. */
async function pass(milliseconds: number): Promise<void> {
	for (let left = milliseconds; left > 0; left -= 10) await clock.advance(Math.min(10, left));
	await setImmediate();
}

describe('a process that watches for refusals', () => {
	it('looks four times a second, for the first time after a pause', async () => {
		const { state, purges } = watching();
		await pass(249);
		expect(state.looks).toBe(0);
		await pass(1);
		expect(state.looks).toBe(1);
		await pass(10_000);
		expect(state.looks).toBe(41);
		expect(purges).toEqual([]);
	});

	it('drops a firm’s keys within a quarter of a second of each refusal that it has not seen, wherever they are', async () => {
		const heard: string[] = [];
		const { state, watch, purges } = watching({ onRefusal: (firm) => void heard.push(firm) });
		const others: unknown[] = [];
		watch.purgeOnRefusal({ purge: (firm) => void others.push(firm) });
		await pass(1_000);
		state.refusals = [{ firm: NORTH, id: '1' }];
		await pass(250);
		expect(purges).toEqual([NORTH]);
		await pass(5_000);
		expect(purges).toEqual([NORTH]);
		state.refusals = [
			{ firm: NORTH, id: '2' },
			{ firm: SOUTH, id: '3' },
		];
		await pass(250);
		expect(purges).toEqual([NORTH, NORTH, SOUTH]);
		state.refusals = [];
		await pass(60_000);
		expect(purges).toEqual([NORTH, NORTH, SOUTH]);
		expect(others).toEqual(purges);
		expect(heard).toEqual([NORTH, NORTH, SOUTH]);
	});

	it('drops all keys with each look that hears of more firms than it asks about', async () => {
		const { state, purges } = watching();
		state.refusals = Array.from({ length: MAX_REFUSALS + 1 }, (_, n) => ({ firm: NORTH, id: `${n}` }));
		await pass(500);
		expect(purges.filter((firm) => firm === undefined)).toHaveLength(2);
	});

	it('drops its own keys at once when it is refused, and tells', async () => {
		const { state, watch, purges } = watching();
		watch.report(NORTH);
		expect(purges).toEqual([NORTH]);
		await pass(0);
		expect(state.told).toEqual([NORTH]);
	});

	it('tells of a firm four times a second at most, and of the last refusal in any case', async () => {
		const { state, watch, purges } = watching();
		await pass(1_000);
		for (let refusal = 0; refusal < 200; refusal++) {
			watch.report(NORTH);
			await pass(10);
		}
		expect(purges).toHaveLength(200);
		expect(state.told.length).toBeGreaterThanOrEqual(5);
		expect(state.told.length).toBeLessThanOrEqual(10);
		const before = state.told.length;
		watch.report(NORTH);
		await pass(500);
		expect(state.told.length).toBeGreaterThan(before);
		const settled = state.told.length;
		await pass(5_000);
		expect(state.told).toHaveLength(settled);
	});

	it('tells of every firm, and goes on to tell what it could not', async () => {
		const { state, watch } = watching();
		await pass(300);
		state.trouble = new Error('away');
		watch.report(NORTH);
		watch.report(SOUTH);
		await pass(700);
		expect(state.told).toEqual([]);
		state.trouble = null;
		await pass(250);
		expect(state.told.toSorted()).toEqual([NORTH, SOUTH]);
		await pass(5_000);
		expect(state.told).toHaveLength(2);
	});

	it('of a firm’s plane says nothing of the platform’s key, to which it has no right', async () => {
		const { state, watch, purges } = watching();
		watch.report(PLATFORM_FIRM_ID);
		await pass(1_000);
		expect(state.told).toEqual([]);
		expect(purges).toEqual([PLATFORM_FIRM_ID]);
		const worker = watching({ role: 'firmseal_worker' });
		worker.watch.report(PLATFORM_FIRM_ID);
		await pass(1_000);
		expect(worker.state.told).toEqual([PLATFORM_FIRM_ID]);
	});

	it('tells at its end what is still to be told', async () => {
		const { state, watch } = watching();
		watch.report(NORTH);
		const stopped = watch.stop();
		await pass(1_000);
		await stopped;
		expect(state.told).toEqual([NORTH]);
		await pass(1_000);
		expect(state.looks).toBe(0);
	});
});

describe('a process that can’t look', () => {
	it.each([
		['gets errors', { trouble: new Error('away') }],
		['gets no answer', { hangs: true }],
	])(
		'because it %s has nothing at hand a second later, for as long as that lasts, and says so once',
		async (_, trouble) => {
			const onBlind = vi.fn();
			const onSight = vi.fn();
			const { state, purges } = watching({ onFeedLost: onBlind, onFeedRestored: onSight });
			await pass(30_000);
			Object.assign(state, trouble);
			await pass(600);
			expect(purges).toEqual([]);
			await pass(400);
			expect(purges.length).toBeGreaterThan(0);
			// What came to hand meanwhile goes, too.
			const before = purges.length;
			await pass(1_000);
			expect(purges.length).toBeGreaterThanOrEqual(before + 10);
			for (const firm of purges) expect(firm).toBeUndefined();
			expect(onBlind).toHaveBeenCalledTimes(1);
			expect(onSight).not.toHaveBeenCalled();
		},
	);

	it('while it starts has nothing at hand either, and says so of a look that fails, and not of one that takes long', async () => {
		const onBlind = vi.fn();
		const slow = watching({ onFeedLost: onBlind });
		await pass(1_000);
		slow.state.hangs = true;
		await pass(28_900);
		expect(slow.purges.length).toBeGreaterThan(0);
		expect(onBlind).not.toHaveBeenCalled();
		await pass(200);
		expect(onBlind).toHaveBeenCalledTimes(1);
		const refused = watching({ onFeedLost: onBlind });
		refused.state.trouble = new Error('away');
		await pass(1_000);
		expect(onBlind).toHaveBeenLastCalledWith(refused.state.trouble);
	});

	it('says that it can again, and keeps keys again', async () => {
		const onBlind = vi.fn();
		const onSight = vi.fn();
		const { state, purges } = watching({ onFeedLost: onBlind, onFeedRestored: onSight });
		state.trouble = new Error('away');
		await pass(5_000);
		expect(onBlind.mock.calls).toEqual([[state.trouble]]);
		state.trouble = null;
		await pass(250);
		expect(onSight).toHaveBeenCalledTimes(1);
		purges.length = 0;
		await pass(5_000);
		expect(purges).toEqual([]);
		state.trouble = new Error('away again');
		await pass(2_000);
		expect(onBlind).toHaveBeenCalledTimes(2);
	});

	it('doesn’t take one look that fails for blindness', async () => {
		const onBlind = vi.fn();
		const { state, purges } = watching({ onFeedLost: onBlind });
		for (let round = 0; round < 10; round++) {
			state.trouble = new Error('away');
			await pass(400);
			state.trouble = null;
			await pass(400);
		}
		expect(onBlind).not.toHaveBeenCalled();
		expect(purges).toEqual([]);
	});
});

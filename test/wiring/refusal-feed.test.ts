import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MAX_REFUSALS, type Plane } from '../../src/database/index.ts';
import { PLATFORM_FIRM_ID } from '../../src/keys/index.ts';
import { openRefusalFeed, type RefusalFeed, type RefusalFeedOptions } from '../../src/wiring/refusal-feed.ts';
import { type SteppedClock, steppedClock } from '../support/stepped-clock.ts';

const NORTH = '01980000-0000-7000-8000-00000000000a';
const SOUTH = '01980000-0000-7000-8000-00000000000b';

/** A fake database of refusals: its answers, and the refusals that were recorded. */
function database(role: Plane['role'] = 'firmseal_firm') {
	const state = {
		refusals: [] as { firm: string; id: string }[],
		polls: 0,
		recorded: [] as string[],
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
			state.polls++;
			return answer(state.refusals) as never;
		},
		async write(firm) {
			await answer(null);
			state.recorded.push(firm ?? 'none');
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

function startFeed({ role, ...options }: Partial<RefusalFeedOptions> & { role?: Plane['role'] } = {}) {
	const { state, plane } = database(role);
	const watch = openRefusalFeed({ clock, plane, ...options });
	watches.push(watch);
	const purges: (string | undefined)[] = [];
	watch.purgeOnRefusal({ purge: (firm) => void purges.push(firm) });
	return { state, watch, purges };
}

/** Advances in steps of ten milliseconds, and lets pending records finish. */
async function pass(milliseconds: number): Promise<void> {
	for (let left = milliseconds; left > 0; left -= 10) await clock.advance(Math.min(10, left));
	await setImmediate();
}

describe('a process that polls for key refusals', () => {
	it('polls four times a second, the first time after a pause', async () => {
		const { state, purges } = startFeed();
		await pass(249);
		expect(state.polls).toBe(0);
		await pass(1);
		expect(state.polls).toBe(1);
		await pass(10_000);
		expect(state.polls).toBe(41);
		expect(purges).toEqual([]);
	});

	it('drops the keys of a firm from every cache within a quarter of a second of each new refusal', async () => {
		const reported: string[] = [];
		const { state, watch, purges } = startFeed({ onRefusal: (firm) => void reported.push(firm) });
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
		expect(reported).toEqual([NORTH, NORTH, SOUTH]);
	});

	it('drops all keys with each poll that returns more firms than it requests', async () => {
		const { state, purges } = startFeed();
		state.refusals = Array.from({ length: MAX_REFUSALS + 1 }, (_, n) => ({ firm: NORTH, id: `${n}` }));
		await pass(500);
		expect(purges.filter((firm) => firm === undefined)).toHaveLength(2);
	});

	it('drops its own keys at once if it is refused, and records the refusal', async () => {
		const { state, watch, purges } = startFeed();
		watch.report(NORTH);
		expect(purges).toEqual([NORTH]);
		await pass(0);
		expect(state.recorded).toEqual([NORTH]);
	});

	it('records a firm four times a second at most, and the last refusal in any case', async () => {
		const { state, watch, purges } = startFeed();
		await pass(1_000);
		for (let refusal = 0; refusal < 200; refusal++) {
			watch.report(NORTH);
			await pass(10);
		}
		expect(purges).toHaveLength(200);
		expect(state.recorded.length).toBeGreaterThanOrEqual(5);
		expect(state.recorded.length).toBeLessThanOrEqual(10);
		const before = state.recorded.length;
		watch.report(NORTH);
		await pass(500);
		expect(state.recorded.length).toBeGreaterThan(before);
		const settled = state.recorded.length;
		await pass(5_000);
		expect(state.recorded).toHaveLength(settled);
	});

	it('records every firm, and retries what it could not record', async () => {
		const { state, watch } = startFeed();
		await pass(300);
		state.trouble = new Error('away');
		watch.report(NORTH);
		watch.report(SOUTH);
		await pass(700);
		expect(state.recorded).toEqual([]);
		state.trouble = null;
		await pass(250);
		expect(state.recorded.toSorted()).toEqual([NORTH, SOUTH]);
		await pass(5_000);
		expect(state.recorded).toHaveLength(2);
	});

	it('on a firm’s plane does not record the platform’s key, to which it has no right', async () => {
		const { state, watch, purges } = startFeed();
		watch.report(PLATFORM_FIRM_ID);
		await pass(1_000);
		expect(state.recorded).toEqual([]);
		expect(purges).toEqual([PLATFORM_FIRM_ID]);
		const worker = startFeed({ role: 'firmseal_worker' });
		worker.watch.report(PLATFORM_FIRM_ID);
		await pass(1_000);
		expect(worker.state.recorded).toEqual([PLATFORM_FIRM_ID]);
	});

	it('records what is still pending when it stops', async () => {
		const { state, watch } = startFeed();
		watch.report(NORTH);
		const stopped = watch.stop();
		await pass(1_000);
		await stopped;
		expect(state.recorded).toEqual([NORTH]);
		await pass(1_000);
		expect(state.polls).toBe(0);
	});
});

describe('a process that cannot poll', () => {
	it.each([
		['gets errors', { trouble: new Error('away') }],
		['gets no answer', { hangs: true }],
	])(
		'because it %s drops all keys after a second, for as long as that lasts, and reports it once',
		async (_, trouble) => {
			const onFeedLost = vi.fn();
			const onFeedRestored = vi.fn();
			const { state, purges } = startFeed({ onFeedLost, onFeedRestored });
			await pass(30_000);
			Object.assign(state, trouble);
			await pass(600);
			expect(purges).toEqual([]);
			await pass(400);
			expect(purges.length).toBeGreaterThan(0);
			// Keys that were cached meanwhile are dropped too.
			const before = purges.length;
			await pass(1_000);
			expect(purges.length).toBeGreaterThanOrEqual(before + 10);
			for (const firm of purges) expect(firm).toBeUndefined();
			expect(onFeedLost).toHaveBeenCalledTimes(1);
			expect(onFeedRestored).not.toHaveBeenCalled();
		},
	);

	it('drops all keys while it starts too, and reports a failed poll but not a slow one', async () => {
		const onFeedLost = vi.fn();
		const slow = startFeed({ onFeedLost });
		await pass(1_000);
		slow.state.hangs = true;
		await pass(28_900);
		expect(slow.purges.length).toBeGreaterThan(0);
		expect(onFeedLost).not.toHaveBeenCalled();
		await pass(200);
		expect(onFeedLost).toHaveBeenCalledTimes(1);
		const refused = startFeed({ onFeedLost });
		refused.state.trouble = new Error('away');
		await pass(1_000);
		expect(onFeedLost).toHaveBeenLastCalledWith(refused.state.trouble);
	});

	it('reports that polling works again, and caches keys again', async () => {
		const onFeedLost = vi.fn();
		const onFeedRestored = vi.fn();
		const { state, purges } = startFeed({ onFeedLost, onFeedRestored });
		state.trouble = new Error('away');
		await pass(5_000);
		expect(onFeedLost.mock.calls).toEqual([[state.trouble]]);
		state.trouble = null;
		await pass(250);
		expect(onFeedRestored).toHaveBeenCalledTimes(1);
		purges.length = 0;
		await pass(5_000);
		expect(purges).toEqual([]);
		state.trouble = new Error('away again');
		await pass(2_000);
		expect(onFeedLost).toHaveBeenCalledTimes(2);
	});

	it('does not treat one failed poll as a lost feed', async () => {
		const onFeedLost = vi.fn();
		const { state, purges } = startFeed({ onFeedLost });
		for (let round = 0; round < 10; round++) {
			state.trouble = new Error('away');
			await pass(400);
			state.trouble = null;
			await pass(400);
		}
		expect(onFeedLost).not.toHaveBeenCalled();
		expect(purges).toEqual([]);
	});
});

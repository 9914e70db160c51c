import { describe, expect, it } from 'vitest';
import { type Loop, runLoops } from '../../src/clock/index.ts';
import { steppedClock } from '../support/stepped-clock.ts';

type Result = Awaited<ReturnType<Loop['step']>> | Error;

/** A loop whose steps end with `results` in turn, and then with false. */
function startLoop(results: readonly Result[], row: Partial<Loop> = {}) {
	const clock = steppedClock();
	const start = clock.now();
	const left = [...results];
	const startedAt: number[] = [];
	const log: string[] = [];
	const logger = {
		error: (_: unknown, message: string) => void log.push(message),
		info: (_: unknown, message: string) => void log.push(message),
	};
	async function step() {
		startedAt.push(clock.now() - start);
		const [result = false] = left.splice(0, 1);
		if (result instanceof Error) throw result;
		return result;
	}
	const running = runLoops([{ name: 'counting sheep', period: 100, step, ...row }], { clock, logger });
	return { clock, log, startedAt, running };
}

async function passTenths(clock: ReturnType<typeof steppedClock>, times: number): Promise<void> {
	for (let time = 0; time <= times; time++) await clock.advance(time === 0 ? 0 : 100);
}

describe('a loop', () => {
	it.each<[string, Partial<Loop>, Result[], number[]]>([
		['after a period', {}, [false, false], [0, 100, 200]],
		['for the first time after a pause', { after: 200 }, [], [200]],
		['at once while there is more to do', {}, [true, true], [0, 0, 0, 100, 200]],
		['when the step says', {}, [200], [0, 200]],
		['after a period if nothing was tried', {}, [null], [0, 100, 200]],
		['after a period if the step failed', {}, [new Error('away')], [0, 100, 200]],
	])('starts a step %s', async (_, row, results, expected) => {
		const { clock, startedAt, running } = startLoop(results, row);
		await passTenths(clock, 2);
		expect(startedAt).toEqual(expected);
		await running.stop();
		await clock.advance(1_000);
		expect(startedAt).toEqual(expected);
	});

	const failure = new Error('away');
	it.each<[string, Result[], string[]]>([
		['nothing while it works', [false, true, 50, null], []],
		['the first of several failures', [failure, failure, failure], ['counting sheep failed: retrying']],
		['a recovery', [failure, failure, false, false], ['counting sheep failed: retrying', 'counting sheep works again']],
		['no recovery if nothing was tried', [failure, null, null], ['counting sheep failed: retrying']],
		[
			'each failure after a recovery',
			[failure, false, failure],
			['counting sheep failed: retrying', 'counting sheep works again', 'counting sheep failed: retrying'],
		],
	])('logs %s', async (_, results, expected) => {
		const { clock, log, running } = startLoop(results);
		await passTenths(clock, results.length - 1);
		expect(log).toEqual(expected);
		await running.stop();
	});

	it('logs a failure with a sentence of its own', async () => {
		const { clock, log, running } = startLoop([failure], { failure: 'could not count sheep' });
		await passTenths(clock, 0);
		expect(log).toEqual(['could not count sheep']);
		await running.stop();
	});
});

describe('a loop that is stopped during a step', () => {
	/** Starts a step that ends when `cancel` is called, if `ends`, and stops the loop. Returns what happened so far, in order. */
	async function stopDuringStep(row: Partial<Loop>, ends = true) {
		const events: string[] = [];
		const { promise, reject } = Promise.withResolvers<false>();
		const clock = steppedClock();
		const step = () => Promise.race([promise, clock.sleep(60_000).then(() => false as const)]);
		const loop: Loop = {
			name: 'counting sheep',
			period: 100,
			step,
			cancel() {
				events.push('cancelled');
				if (ends) reject(new Error('cut short'));
			},
			close: async () => void events.push('closed'),
			...row,
		};
		const logger = { error: () => void events.push('failure logged'), info: () => {} };
		const running = runLoops([loop], { clock, logger });
		await clock.advance(0);
		const stopped = running.stop().then(() => void events.push('stopped'));
		const advance = (milliseconds: number) => clock.advance(milliseconds).then(() => new Promise(setImmediate));
		return { events, advance, stopped };
	}

	it('cancels the step at once, and closes after it without logging a failure', async () => {
		const { events, stopped } = await stopDuringStep({});
		await stopped;
		expect(events).toEqual(['cancelled', 'closed', 'stopped']);
	});

	it('cancels the step only after its grace', async () => {
		const { events, advance, stopped } = await stopDuringStep({ grace: 2_000 });
		await advance(1_999);
		expect(events).toEqual([]);
		await advance(1);
		await stopped;
		expect(events).toEqual(['cancelled', 'closed', 'stopped']);
	});

	it('waits for a step that ignores the cancellation', async () => {
		const { events, advance, stopped } = await stopDuringStep({}, false);
		await advance(59_999);
		expect(events).toEqual(['cancelled']);
		await advance(1);
		await stopped;
		expect(events).toEqual(['cancelled', 'closed', 'stopped']);
	});

	it('waits no longer than its limit', async () => {
		const { events, advance, stopped } = await stopDuringStep({ stopTimeout: 2_000 }, false);
		await advance(2_000);
		await stopped;
		expect(events).toEqual(['cancelled', 'closed', 'stopped']);
	});
});

it('loops of a table are closed when all of them have stopped', async () => {
	const clock = steppedClock();
	const events: string[] = [];
	const slow: Loop = {
		name: 'slow',
		period: 100,
		async step() {
			await clock.sleep(1_000);
			events.push('slow ended');
			return false;
		},
		close: async () => void events.push('slow closed'),
	};
	const quick: Loop = {
		name: 'quick',
		period: 100,
		step: async () => false,
		close: async () => void events.push('quick closed'),
	};
	const running = runLoops([slow, quick], { clock });
	await clock.advance(0);
	const stopped = running.stop();
	await clock.advance(1_000);
	await stopped;
	expect(events).toEqual(['slow ended', 'slow closed', 'quick closed']);
});

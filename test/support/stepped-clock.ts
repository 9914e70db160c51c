import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock, WakeableTask } from '../../src/clock/clock.ts';

export interface SteppedClock extends Clock {
	/** Advances the time in one step, like for a process that was paused. Each actor that is due works until it rests, one after the other,
	 * in the order of their start. Resolves when all rest or wait for the clock.
	 */
	advance(milliseconds: number): Promise<void>;
	/** Advances in steps of a quarter of a second, like for a process that checks for refusals all the time. */
	pass(milliseconds: number): Promise<void>;
	/** Resolves once something sleeps on this clock. */
	asleep(): Promise<void>;
}

interface Stepped {
	due: number;
	work(): Promise<number | null>;
	running: Promise<void> | null;
	/** The number of sleeps it waits for. */
	asleep: number;
}

/** Clocks for code that waits for stepped workers, by the workers' database sign-in. While the code sleeps, the workers run. */
export const clocksOfWorkers = new Map<string, Clock>();

/** A clock that advances only when a test calls it, so that nothing runs beside the test. */
export function steppedClock(): SteppedClock {
	// Not zero, which a cache would take for no time.
	let time = 1_000;
	const actors = new Set<Stepped>();
	const sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();
	const current = new AsyncLocalStorage<Stepped>();
	let changed = Promise.withResolvers<void>();
	function change(): void {
		changed.resolve();
		changed = Promise.withResolvers();
	}

	async function run(actor: Stepped): Promise<void> {
		do {
			actor.due = Number.POSITIVE_INFINITY;
			const rest = await actor.work();
			if (rest === null) actors.delete(actor);
			else actor.due = Math.min(actor.due, time + rest);
		} while (actors.has(actor) && actor.due <= time);
		actor.running = null;
		change();
	}

	const clock: SteppedClock = {
		now: () => time,
		async sleep(milliseconds, signal) {
			if (milliseconds <= 0 || signal?.aborted) return;
			const actor = current.getStore();
			const { promise, resolve } = Promise.withResolvers<void>();
			const sleeper = {
				until: time + milliseconds,
				wake() {
					if (!sleepers.delete(sleeper)) return;
					if (actor) actor.asleep -= 1;
					resolve();
				},
			};
			sleepers.add(sleeper);
			if (actor) actor.asleep += 1;
			change();
			signal?.addEventListener('abort', sleeper.wake, { once: true });
			await promise;
			signal?.removeEventListener('abort', sleeper.wake);
		},
		every(work, { after = 0 } = {}): WakeableTask {
			const actor: Stepped = { work, due: time + after, running: null, asleep: 0 };
			actors.add(actor);
			return {
				wake() {
					actor.due = time;
				},
				async stop() {
					actors.delete(actor);
					await actor.running;
				},
			};
		},
		async asleep() {
			while (sleepers.size === 0) await changed.promise;
		},
		async advance(milliseconds) {
			time += milliseconds;
			for (const sleeper of sleepers) if (sleeper.until <= time) sleeper.wake();
			for (;;) {
				const all = [...actors];
				const next = all.find(({ running, due }) => !running && due <= time);
				// An actor that sleeps on the clock waits for the test.
				if (all.some(({ running, asleep }) => running && asleep === 0)) await changed.promise;
				else if (next) next.running = current.run(next, run, next);
				else return;
			}
		},
		async pass(milliseconds) {
			for (let left = milliseconds; left > 0; left -= 250) await clock.advance(Math.min(left, 250));
		},
	};
	return clock;
}

import { setTimeout as delay } from 'node:timers/promises';

export interface Repetition {
	/** Begins no more, and waits for what is under way. */
	stop(): Promise<void>;
}

export interface RepeatOptions {
	/** Milliseconds from an end to the next beginning. */
	readonly period: number;
	/** The first error of a row; what failed is tried again after a period. */
	readonly onFailure: (error: unknown) => void;
	/** It works again. */
	readonly onRecovery: () => void;
}

/**
 * Does something again and again, never twice at a time. `work` answers whether there is more to do at once; null: nothing was tried, so
 * that what failed fails still.
 */
export function repeat(
	work: () => Promise<boolean | null>,
	{ period, onFailure, onRecovery }: RepeatOptions,
): Repetition {
	const stopping = new AbortController();
	const { signal } = stopping;
	async function run(): Promise<void> {
		let fails = false;
		while (!signal.aborted) {
			let more: boolean | null = false;
			try {
				more = await work();
				if (fails && more !== null) onRecovery();
				fails &&= more === null;
			} catch (error) {
				if (!fails) onFailure(error);
				fails = true;
			}
			if (!more) await delay(period, undefined, { signal }).catch(() => {});
		}
	}
	const running = run();
	return {
		async stop() {
			stopping.abort();
			await running;
		},
	};
}

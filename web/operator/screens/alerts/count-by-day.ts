import type { Bar } from '../../../kit/charts/bar-chart.tsx';

interface CountOptions {
	/** Milliseconds. */
	readonly now: number;
	readonly days: number;
	/** Whether there are earlier times than those given: the day of the earliest one is then not complete, and is left out. */
	readonly isCut: boolean;
}

const DAY = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });

/** How many times, newest first, fall on each of the last days in the reader's zone, oldest day first. */
export function countByDay(times: readonly number[], { now, days, isCut }: CountOptions): readonly Bar[] {
	const today = new Date(now);
	const starts = Array.from({ length: days + 1 }, (_, back) =>
		new Date(today.getFullYear(), today.getMonth(), today.getDate() + 1 - back).getTime(),
	).reverse();
	const earliest = times.at(-1) ?? 0;
	return starts.slice(0, -1).flatMap((start, index) => {
		const end = starts[index + 1] ?? now;
		if (isCut && start <= earliest) return [];
		return [{ label: DAY.format(start), value: times.filter((time) => time >= start && time < end).length }];
	});
}

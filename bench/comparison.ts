import { type Spread, spreadOf, type Times } from './rounds.ts';

/** One line of the result: how long one side takes, relative to another of the same rounds. */
export interface Comparison {
	readonly what: string;
	readonly rounds: number;
	/** Microseconds. */
	readonly base: Spread;
	/** Microseconds. */
	readonly compared: Spread;
	/** Of each round, compared / base; lower is better. */
	readonly ratio: Spread;
	/** The ratio that is aimed at; null where none is. */
	readonly target: number | null;
}

export interface Table {
	readonly title: string;
	/** What the two columns of times are. */
	readonly base: string;
	readonly compared: string;
	readonly comparisons: readonly Comparison[];
}

export function compare<Name extends string>(
	what: string,
	times: Times<Name>,
	{ base, compared, target = null }: { readonly base: Name; readonly compared: Name; readonly target?: number | null },
): Comparison {
	const ratios = times[compared].map((time, round) => time / (times[base][round] ?? Number.NaN));
	const spreads = { base: spreadOf(times[base]), compared: spreadOf(times[compared]), ratio: spreadOf(ratios) };
	return { what, rounds: ratios.length, ...spreads, target };
}

/** The table as text; a line that has a target says whether it is met. */
export function renderTable({ title, base, compared, comparisons }: Table): string {
	const head = ['', base, compared, 'ratio', 'middle half', 'target', ''];
	const lines = comparisons.map(({ what, base: first, compared: second, ratio, target }) => [
		what,
		renderTime(first.median),
		renderTime(second.median),
		ratio.median.toFixed(2),
		`${ratio.low.toFixed(2)} .. ${ratio.high.toFixed(2)}`,
		target === null ? '' : `<= ${target.toFixed(2)}`,
		target === null ? '' : renderVerdict(ratio, target),
	]);
	const widths = head.map((_, column) => Math.max(...[head, ...lines].map((cells) => cells[column]?.length ?? 0)));
	const render = (cells: readonly string[]) =>
		cells
			.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
			.join('  ')
			.trimEnd();
	return [title, ...[head, ...lines].map(render), ''].join('\n');
}

/** A target among the middle half of the rounds is neither met nor missed: the machine was too busy to tell. */
function renderVerdict({ low, high }: Spread, target: number): string {
	if (low <= target && target < high) return 'unclear';
	return high <= target ? 'met' : 'missed';
}

const renderTime = (microseconds: number): string =>
	microseconds < 1000 ? `${microseconds.toFixed(2)} us` : `${(microseconds / 1000).toFixed(2)} ms`;

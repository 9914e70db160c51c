import { type Spread, spreadOf, type Times } from './rounds.ts';

/** Milliseconds from a request to the end of its answer: median and 99th percentile. */
export interface Latency {
	readonly p50: number;
	readonly p99: number;
}

/** One line of a table: how long one side takes relative to another side of the same rounds. */
export interface Comparison {
	readonly what: string;
	readonly rounds: number;
	/** Microseconds. */
	readonly base: Spread;
	/** Microseconds. */
	readonly compared: Spread;
	/** compared / base of each round; lower is better. */
	readonly ratio: Spread;
	/** The highest ratio that meets the target; null without a target. */
	readonly target: number | null;
	/** The size, in a table with `growth`. */
	readonly at?: number;
	/** Over all requests of all rounds. */
	readonly latency?: { readonly base: Latency; readonly compared: Latency };
}

export interface Table {
	readonly title: string;
	/** Titles of the two columns of times. */
	readonly base: string;
	readonly compared: string;
	/** What grows from line to line, and its number in the base. */
	readonly growth?: { readonly of: string; readonly from: number };
	readonly comparisons: readonly Comparison[];
}

export const tableOf = (title: string, base: string, compared: string, comparisons: readonly Comparison[]): Table => ({
	title,
	base,
	compared,
	comparisons,
});

export interface CompareOptions<Name extends string> {
	readonly base: Name;
	readonly compared: Name;
	readonly target?: number | null | undefined;
}

export function compare<Name extends string>(
	what: string,
	times: Times<Name>,
	{ base, compared, target = null }: CompareOptions<Name>,
): Comparison {
	const ratios = times[compared].map((time, round) => time / (times[base][round] ?? Number.NaN));
	const spreads = { base: spreadOf(times[base]), compared: spreadOf(times[compared]), ratio: spreadOf(ratios) };
	return { what, rounds: ratios.length, ...spreads, target };
}

/** The head and the lines. A line with a target says whether the target is met. */
export function tableCells({ base, compared, comparisons }: Table): string[][] {
	const hasLatency = comparisons.some(({ latency }) => latency);
	const head = ['', base, compared, 'ratio', 'middle half', 'target', '', ...(hasLatency ? ['p50', 'p99'] : [])];
	const lines = comparisons.map(({ what, base: first, compared: second, ratio, target, latency }) => [
		what,
		renderTime(first.median),
		renderTime(second.median),
		renderRatio(ratio.median),
		`${renderRatio(ratio.low)} .. ${renderRatio(ratio.high)}`,
		target === null ? '' : `<= ${target.toFixed(2)}`,
		target === null ? '' : verdictOf(ratio, target),
		...(latency ? [renderBoth(latency, 'p50'), renderBoth(latency, 'p99')] : []),
	]);
	return [head, ...lines];
}

export const renderTable = (table: Table): string => [table.title, ...alignCells(tableCells(table)), ''].join('\n');

/** Aligns columns: the first to the left, the others to the right. */
export function alignCells(lines: readonly (readonly string[])[]): string[] {
	const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
	return lines.map((cells) =>
		cells
			.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
			.join('  ')
			.trimEnd(),
	);
}

/** A target within the middle half of the rounds is unclear: the machine was too busy. */
function verdictOf({ low, high }: Spread, target: number): 'met' | 'missed' | 'unclear' {
	if (low <= target && target < high) return 'unclear';
	return high <= target ? 'met' : 'missed';
}

/** Two digits also for a peer that takes a hundred times as long. */
export const renderRatio = (ratio: number): string => (ratio < 0.1 ? ratio.toPrecision(2) : ratio.toFixed(2));

const renderBoth = ({ base, compared }: NonNullable<Comparison['latency']>, of: keyof Latency): string =>
	`${renderTime(base[of] * 1000)} / ${renderTime(compared[of] * 1000)}`;

const renderTime = (microseconds: number): string =>
	microseconds < 1000 ? `${microseconds.toFixed(2)} us` : `${(microseconds / 1000).toFixed(2)} ms`;

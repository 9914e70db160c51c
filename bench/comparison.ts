import { type Spread, spreadOf, type Times } from './rounds.ts';

/** Milliseconds from a request to the end of its answer: of half of them, and of all but one in a hundred, at most. */
export interface Latency {
	readonly p50: number;
	readonly p99: number;
}

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
	/** How many there are of what grows. */
	readonly at?: number;
	/** Of all requests of all rounds; left out where none is asked for. */
	readonly latency?: { readonly base: Latency; readonly compared: Latency };
}

export interface Table {
	readonly title: string;
	/** What the two columns of times are. */
	readonly base: string;
	readonly compared: string;
	/** What there is more of from line to line, and how many at the base; left out: nothing grows. */
	readonly growth?: { readonly of: string; readonly from: number };
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

/** The head and the lines; a line that has a target says whether it is met. */
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

/** The table as text. */
export const renderTable = (table: Table): string => [table.title, ...alignCells(tableCells(table)), ''].join('\n');

/** Lines in columns, the first to the left. */
export function alignCells(lines: readonly (readonly string[])[]): string[] {
	const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
	return lines.map((cells) =>
		cells
			.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
			.join('  ')
			.trimEnd(),
	);
}

/** A target among the middle half of the rounds is neither met nor missed: the machine was too busy to tell. */
function verdictOf({ low, high }: Spread, target: number): 'met' | 'missed' | 'unclear' {
	if (low <= target && target < high) return 'unclear';
	return high <= target ? 'met' : 'missed';
}

/** Also of a peer that takes a hundred times as long. */
export const renderRatio = (ratio: number): string => (ratio < 0.1 ? ratio.toPrecision(2) : ratio.toFixed(2));

const renderBoth = ({ base, compared }: NonNullable<Comparison['latency']>, of: keyof Latency): string =>
	`${renderTime(base[of] * 1000)} / ${renderTime(compared[of] * 1000)}`;

const renderTime = (microseconds: number): string =>
	microseconds < 1000 ? `${microseconds.toFixed(2)} us` : `${(microseconds / 1000).toFixed(2)} ms`;

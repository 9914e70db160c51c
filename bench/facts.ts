/** Something that is measured and no time. */
export interface Fact {
	readonly what: string;
	readonly value: number;
	readonly unit: 'MB' | 'bytes' | 'calls' | 'ms' | 's' | 'entries/s' | 'rows/s' | 'times';
	/** The most that is aimed at; null where nothing is. */
	readonly target: number | null;
	/** The target is the least that is aimed at. */
	readonly isLeast?: boolean;
}

export interface Facts {
	readonly title: string;
	readonly facts: readonly Fact[];
}

/** The facts as text; a line that has a target says whether it is met. */
export function renderFacts({ title, facts }: Facts): string {
	const cells = facts.map(({ what, value, unit, target, isLeast = false }) => [
		what,
		`${render(value)} ${unit}`,
		target === null ? '' : `${isLeast ? '>=' : '<='} ${render(target)} ${unit}`,
		target === null ? '' : (isLeast ? value >= target : value <= target) ? 'met' : 'missed',
	]);
	const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
	const lines = cells.map((line) =>
		line
			.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
			.join('  ')
			.trimEnd(),
	);
	return [title, ...lines, ''].join('\n');
}

const render = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 1 });

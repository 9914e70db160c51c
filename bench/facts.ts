import { alignCells } from './comparison.ts';

/** Something that is measured and no time. */
export interface Fact {
	readonly what: string;
	readonly value: number;
	readonly unit:
		| 'MB'
		| 'bytes'
		| 'calls'
		| 'us'
		| 'ms'
		| 's'
		| 'entries'
		| 'entries/s'
		| 'rows/s'
		| 'answers'
		| 'answers/s'
		| 'connections'
		| 'keys'
		| 'percent'
		| 'times';
	/** The most that is aimed at; null where nothing is. */
	readonly target: number | null;
	/** The target is the least that is aimed at. */
	readonly isLeast?: boolean;
}

export interface Facts {
	readonly title: string;
	readonly facts: readonly Fact[];
}

/** A line of cells for each; one that has a target says whether it is met. */
export const factCells = ({ facts }: Facts): string[][] =>
	facts.map(({ what, value, unit, target, isLeast = false }) => [
		what,
		`${render(value)} ${unit}`,
		target === null ? '' : `${isLeast ? '>=' : '<='} ${render(target)} ${unit}`,
		target === null ? '' : (isLeast ? value >= target : value <= target) ? 'met' : 'missed',
	]);

/** The facts as text. */
export const renderFacts = (facts: Facts): string => [facts.title, ...alignCells(factCells(facts)), ''].join('\n');

const render = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 1 });

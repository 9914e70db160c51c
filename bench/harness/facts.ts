import { alignCells } from './comparison.ts';

/** A measured value that is not a ratio. */
export interface Fact {
	readonly what: string;
	readonly value: number;
	readonly unit: string;
	/** The highest value that meets the target; null without a target. */
	readonly target: number | null;
	/** True if the target is the lowest value instead. */
	readonly isLeast?: boolean;
}

export const fact = (what: string, value: number, unit: string, target: number | null = null): Fact => ({
	what,
	value,
	unit,
	target,
});

export interface Facts {
	readonly title: string;
	readonly facts: readonly Fact[];
}

/** One line of cells for each fact. A line with a target says whether the target is met. */
export const factCells = ({ facts }: Facts): string[][] =>
	facts.map(({ what, value, unit, target, isLeast = false }) => [
		what,
		`${render(value)} ${unit}`,
		target === null ? '' : `${isLeast ? '>=' : '<='} ${render(target)} ${unit}`,
		target === null ? '' : (isLeast ? value >= target : value <= target) ? 'met' : 'missed',
	]);

export const renderFacts = (facts: Facts): string => [facts.title, ...alignCells(factCells(facts)), ''].join('\n');

const render = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 1 });

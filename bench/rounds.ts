/** Runs one side once and answers its time per operation, in microseconds. */
export type TimedSide = () => number | Promise<number>;

export interface RoundsOptions {
	/** No round begins later than this; there are at least MIN_ROUNDS. */
	readonly milliseconds: number;
	/** Checked between two sides: an interrupted run ends tidily. */
	readonly signal: AbortSignal;
}

const MIN_ROUNDS = 5;

export type Times<Name extends string> = Readonly<Record<Name, readonly number[]>>;

/**
 * Runs all sides once a round, each round starting with the next one and every other round backwards, so that a machine
 * that gets slower or faster meanwhile does so for all of them. Times of one round stand at the same index.
 */
export async function measureRounds<Name extends string>(
	sides: Readonly<Record<Name, TimedSide>>,
	{ milliseconds, signal }: RoundsOptions,
): Promise<Times<Name>> {
	const names = Object.keys(sides) as Name[];
	const times = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, number[]>;
	const end = performance.now() + milliseconds;
	for (let round = 0; round < MIN_ROUNDS || performance.now() < end; round++) {
		const start = (round >> 1) % names.length;
		const order = [...names.slice(start), ...names.slice(0, start)];
		for (const name of round % 2 === 0 ? order : order.reverse()) {
			signal.throwIfAborted();
			times[name].push(await sides[name]());
		}
	}
	return times;
}

/** Median and the quartiles around it: half of the rounds lie between them. */
export interface Spread {
	readonly median: number;
	readonly low: number;
	readonly high: number;
}

export function spreadOf(values: readonly number[]): Spread {
	const sorted = values.toSorted((a, b) => a - b);
	return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75) };
}

/** Between the two neighbours where the position is not a whole number. */
function quantile(sorted: readonly number[], part: number): number {
	const position = (sorted.length - 1) * part;
	const below = sorted[Math.floor(position)] ?? Number.NaN;
	const above = sorted[Math.ceil(position)] ?? Number.NaN;
	return below + (above - below) * (position - Math.floor(position));
}

/** The value below which so large a part of all is. */
export function quantileOf(values: readonly number[], part: number): number {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

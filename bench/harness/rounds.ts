/** Runs one side once. @returns microseconds per operation */
export type TimedSide = () => number | Promise<number>;

/** A side that runs `work` once; `after` is not measured. */
export const timed =
	<Result>(work: () => Promise<Result>, after?: (result: Result) => Promise<unknown>): TimedSide =>
	async () => {
		const start = performance.now();
		const result = await work();
		const microseconds = (performance.now() - start) * 1000;
		await after?.(result);
		return microseconds;
	};

export interface RoundsOptions {
	/** No round starts later than this, except for the first MIN_ROUNDS. */
	readonly milliseconds: number;
	/** Checked before each side. */
	readonly signal: AbortSignal;
}

const MIN_ROUNDS = 5;

export type Times<Name extends string> = Readonly<Record<Name, readonly number[]>>;

/**
 * Runs all sides once per round. The order rotates, and every other round runs backwards, so that a machine that becomes slower or
 * faster affects all sides equally. Times of one round have the same index.
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

/** Median and quartiles. */
export interface Spread {
	readonly median: number;
	readonly low: number;
	readonly high: number;
}

export function spreadOf(values: readonly number[]): Spread {
	const sorted = values.toSorted((a, b) => a - b);
	return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75) };
}

/** Interpolates between two neighbours if the position is not a whole number. */
function quantile(sorted: readonly number[], part: number): number {
	const position = (sorted.length - 1) * part;
	const below = sorted[Math.floor(position)] ?? Number.NaN;
	const above = sorted[Math.ceil(position)] ?? Number.NaN;
	return below + (above - below) * (position - Math.floor(position));
}

/** The measured value below which `part` of all values lie. NaN without values. */
export function quantileOf(values: readonly number[], part: number): number {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

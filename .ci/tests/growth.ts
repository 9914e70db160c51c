import type { Durations } from './durations.ts';
import { changedSince } from './git.ts';

/** CPU-seconds: of the fast tier together, and those that one change may add to it. */
const MOST = 1000;
const MOST_ADDED = 20;
/** Of what the changed files took before: the same file takes this much more or less from one run to the next. */
const NOISE = 0.1;

export interface Growth {
	/** CPU-seconds that the change adds, as if it had been measured in the recorded run. */
	readonly added: number;
	readonly total: number;
	readonly isWithin: boolean;
}

/**
 * What a change adds to the fast tier: its own test files, new and removed ones, against what was recorded. Files that the change leaves
 * alone tell how fast this machine is now.
 */
export function growthOf(
	measured: ReadonlyMap<string, number>,
	{ commit, fast: recorded }: Durations,
	changed = changedSince(commit),
): Growth {
	const isChanged = (path: string) => changed?.has(path) || !(path in recorded) || !measured.has(path);
	const sum = (entries: Iterable<readonly [string, number]>, is: (path: string) => boolean) =>
		[...entries].reduce((all, [path, seconds]) => (is(path) ? all + seconds : all), 0);
	const before = Object.entries(recorded);
	const same = (path: string) => !isChanged(path);
	const pace = sum(measured, same) / sum(before, same) || 1;
	const taken = sum(before, isChanged);
	const added = sum(measured, isChanged) / pace - taken;
	const total = sum(before, () => true) + added;
	return { added, total, isWithin: added <= MOST_ADDED + NOISE * taken && total <= MOST };
}

export const describeGrowth = ({ added, total, isWithin }: Growth): string =>
	`This change adds ${added.toFixed(1)} CPU-seconds to the fast tier (at most ${MOST_ADDED}), which takes ${total.toFixed(0)} (at most ${MOST}).${
		isWithin ? '' : ' Take as much out of it, or let the test be one of soak.'
	}`;

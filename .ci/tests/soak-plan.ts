import type { readDurations } from './durations.ts';
import { changedSince } from './git.ts';
import { isReached } from './imports.ts';
import { deeperInSoak } from './tiers.ts';

export interface SoakPlan {
	/** In the order in which they were chosen. */
	readonly chosen: readonly string[];
	/** Files that the change reaches. */
	readonly reached: readonly string[];
	readonly leftOut: readonly string[];
}

export interface SoakBudget {
	/** The commit that is tested; rotation starts where its id says. */
	readonly commit: string;
	/** Of recorded CPU-seconds. */
	readonly cpuSeconds: number;
}

/** CPU-seconds of a file that was not recorded yet. */
const UNKNOWN = 20;

/** First the files that the change reaches by imports, then the others in turn, from another one for each commit. */
export function planSoak(
	paths: readonly string[],
	{ fast, soak }: ReturnType<typeof readDurations>,
	{ commit, cpuSeconds }: SoakBudget,
	changed = changedSince(soak.commit),
): SoakPlan {
	const all = [...deeperInSoak(paths)].sort();
	const start = all.length === 0 ? 0 : Number.parseInt(commit.slice(0, 7), 16) % all.length;
	const inTurn = [...all.slice(start), ...all.slice(0, start)];
	const reached = inTurn.filter(isReached(changed));
	const rest = inTurn.filter((path) => !reached.includes(path));
	const chosen: string[] = [];
	const leftOut: string[] = [];
	let left = cpuSeconds;
	for (const path of [...reached, ...rest]) {
		const seconds = soak.files[path] ?? fast.files[path] ?? UNKNOWN;
		if (seconds <= left) {
			chosen.push(path);
			left -= seconds;
		} else leftOut.push(path);
	}
	return { chosen, reached, leftOut };
}

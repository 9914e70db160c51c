import type { readDurations } from './durations.ts';
import { changedSince } from './git.ts';
import { isReached } from './imports.ts';
import { deeperInSoak } from './tiers.ts';

export interface SoakPlan {
	/** In the order of selection. */
	readonly chosen: readonly string[];
	/** Files that the change reaches. */
	readonly reached: readonly string[];
	readonly leftOut: readonly string[];
}

export interface SoakBudget {
	/** The tested commit, whose id determines the start of the rotation. */
	readonly commit: string;
	/** The available time, in recorded CPU-seconds. */
	readonly cpuSeconds: number;
}

/** CPU-seconds of a file without a record. */
const UNKNOWN = 20;

/** Selects first the files that the change reaches through imports, and then others in rotation, with a different start for each commit. */
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

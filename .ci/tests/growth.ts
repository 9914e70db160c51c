import { atPaceOf, type Durations, type Recorded } from './durations.ts';
import { changedSince } from './git.ts';
import { isReached } from './imports.ts';

/** CPU-seconds: the budget of the fast tier, and what one change may add. */
const MOST = 1000;
const MAX_ADDED = 20;
/** Part of what the reached files and PostgreSQL took before: the noise from run to run. */
const NOISE = 0.1;

export interface Growth {
	/** CPU-seconds that the change adds, at the pace of the recorded run. */
	readonly added: number;
	/** CPU-seconds of all test files. */
	readonly files: number;
	readonly postgres: number;
	readonly isWithin: boolean;
}

/**
 * What a change adds to the recorded fast tier: by the test files that it reaches, adds or removes, and by their PostgreSQL.
 */
export function growthOf(measured: Durations, recorded: Recorded, changed = changedSince(recorded.commit)): Growth {
	const reached = isReached(changed);
	const now = atPaceOf(recorded, measured);
	const counts = (path: string) => !(path in recorded.files && path in now.files) || reached(path);
	const before = sum(recorded.files, counts);
	const addedFiles = sum(now.files, counts) - before;
	const addedPostgres = now.postgres - recorded.postgres;
	const added = addedFiles + addedPostgres;
	const [files, postgres] = [sum(recorded.files) + addedFiles, recorded.postgres + addedPostgres];
	// Growth within the noise does not fail the run.
	const surplus = Math.max(0, added - NOISE * (before + recorded.postgres));
	const isWithin = surplus <= MAX_ADDED && sum(recorded.files) + recorded.postgres + surplus <= MOST;
	return { added, files, postgres, isWithin };
}

const sum = (files: Durations['files'], counts: (path: string) => boolean = () => true): number =>
	Object.entries(files).reduce((all, [path, seconds]) => (counts(path) ? all + seconds : all), 0);

/** A sentence, and whether the run may be recorded. A run in which a file ran twice is not judged, and the next one is compared with the same record. */
export function judgeGrowth(
	{ durations, flaky }: { readonly durations: Durations; readonly flaky: readonly string[] },
	recorded: Recorded,
	changed?: ReadonlySet<string> | null,
): { readonly told: string; readonly isWithin: boolean; readonly isMeasured: boolean } {
	if (flaky.length > 0) {
		const told = `Growth is neither judged nor recorded, because ${flaky.join(', ')} ran twice: PostgreSQL’s work for the first time counts too.`;
		return { told, isWithin: true, isMeasured: false };
	}
	const growth = growthOf(durations, recorded, changed);
	return { told: describeGrowth(growth), isWithin: growth.isWithin, isMeasured: true };
}

const describeGrowth = ({ added, files, postgres, isWithin }: Growth): string => {
	const [all, ofFiles, ofPostgres] = [files + postgres, files, postgres].map((seconds) => seconds.toFixed(0));
	return `This change adds ${added.toFixed(1)} CPU-seconds to the fast tier (at most ${MAX_ADDED}), which takes ${all} (at most ${MOST}): ${ofFiles} for the test files, ${ofPostgres} for PostgreSQL.${
		isWithin ? '' : ' Take as much out of it, or let the test be one of soak.'
	}`;
};

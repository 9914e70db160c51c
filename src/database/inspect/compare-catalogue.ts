import { normalizeRestoredLine } from './normalize-restored-line.ts';

/** One thing that must be so, and what to do when it isn't. */
export interface DatabaseCheck {
	readonly check: string;
	/** null: it is not known. */
	readonly ok: boolean | null;
	/** What is wrong and what to do, or how it can be known; null when it is so. */
	readonly mend: string | null;
}

/** What stands before a line's colon, and what is asked about it. */
const AREAS = {
	tables: "the database's tables, views and columns are those of the migrations",
	privileges: 'nobody has a privilege in the database but those of the migrations',
	policies: "the policies on the database's rows are those of the migrations",
	triggers: "the database's triggers are those of the migrations, and fire",
	constraints: "the database's constraints are those of the migrations",
	functions: "the database's functions are those of the migrations",
	roles: 'the roles are as they are made, and each login may become one plane',
} as const;

/** Enough to see what happened. */
const MAX_LINES = 6;

/** `firmseal init` applies each migration once: it doesn't put back what was changed since. */
const DRIFT_FIX =
	'Run `firmseal init` if this version is new here; else set it as drizzle/ has it (- is missing, + is too much), and find out who changed it.';

export interface DatabaseAreaCheck extends DatabaseCheck {
	/** What its lines begin with. */
	readonly area: string;
}

/** A finding for each area. */
export const compareCatalogue = (expected: readonly string[], found: readonly string[]): DatabaseCheck[] =>
	compareAreas(expected, found).map(({ area: _, ...finding }) => finding);

/** The same, each with the name of its area. */
export function compareAreas(expected: readonly string[], found: readonly string[]): DatabaseAreaCheck[] {
	// Nearly all lines are in both: each is read once.
	const restored = new Map([...new Set([...expected, ...found])].map((line) => [line, normalizeRestoredLine(line)]));
	const without = (lines: readonly string[], others: readonly string[]) => {
		const known = new Set(others.map((line) => restored.get(line)));
		return lines.filter((line) => !known.has(restored.get(line)));
	};
	const missing = without(expected, found).map((line) => ({ sign: '-', line }));
	const tooMuch = without(found, expected).map((line) => ({ sign: '+', line }));
	return Object.entries(AREAS).map(([area, check]) => {
		const differences = [...missing, ...tooMuch].filter(({ line }) => line.startsWith(`${area}: `));
		const shown = differences.slice(0, MAX_LINES).map(({ sign, line }) => `${sign} ${line.slice(area.length + 2)}`);
		if (differences.length > shown.length) shown.push(`and ${differences.length - shown.length} more`);
		const ok = differences.length === 0;
		return { area, check, ok, mend: ok ? null : `${shown.join('; ')}. ${DRIFT_FIX}` };
	});
}

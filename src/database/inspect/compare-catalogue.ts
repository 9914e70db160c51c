import { normalizeRestoredLine } from './normalize-restored-line.ts';

export interface DatabaseCheck {
	readonly check: string;
	/** Null if the result is not known. */
	readonly ok: boolean | null;
	/** What is wrong and what to do, or how to find out; null if the check passed. */
	readonly fix: string | null;
}

export const databaseCheck = (check: string, fix: string | null): DatabaseCheck => ({
	check,
	ok: fix === null,
	fix,
});

/** The word before a line's colon, and the claim that `doctor` checks for it. */
const AREAS = {
	tables: "the database's tables, views and columns are those of the migrations",
	privileges: 'the privileges in the database are exactly those of the migrations',
	policies: "the policies on the database's rows are those of the migrations",
	triggers: "the database's triggers are those of the migrations, and fire",
	constraints: "the database's constraints are those of the migrations",
	functions: "the database's functions are those of the migrations",
	roles: 'the roles have their original attributes, and each login may become one plane',
} as const;

/** Lines of differences that one check shows. */
const MAX_LINES = 6;

/** `firmseal init` applies each migration once, so it does not undo later changes. */
const DRIFT_FIX =
	'Run `firmseal init` if this version is new here. Otherwise restore what drizzle/ defines (- is missing, + is extra), and find out who changed it.';

export interface DatabaseAreaCheck extends DatabaseCheck {
	readonly area: string;
}

export const compareCatalogue = (expected: readonly string[], found: readonly string[]): DatabaseCheck[] =>
	compareAreas(expected, found).map(({ area: _, ...finding }) => finding);

export function compareAreas(expected: readonly string[], found: readonly string[]): DatabaseAreaCheck[] {
	// Nearly all lines are in both lists, so each distinct line is normalized once.
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
		return { area, check, ok, fix: ok ? null : `${shown.join('; ')}. ${DRIFT_FIX}` };
	});
}

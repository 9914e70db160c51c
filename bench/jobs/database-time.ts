import { readdirSync, readFileSync } from 'node:fs';
// biome-ignore lint/correctness/noUndeclaredDependencies: the project has it; bench/package.json is for peers only.
import type postgres from 'postgres';

/** Linux tells other processes' times in these, of a second. */
const TICKS = 100;

/** Seconds of all processors that a database has taken. */
export interface DatabaseTime {
	seconds(): number;
}

/** The time of PostgreSQL as a whole: its backends, those that have ended, and its writers. null: this machine doesn't tell. */
export async function openDatabaseTime(sql: postgres.Sql): Promise<DatabaseTime | null> {
	const [row] = await sql`select pg_backend_pid() as backend`;
	const postmaster = statOf(String(row?.backend))?.parent;
	if (!postmaster || !statOf(postmaster)) return null;
	return {
		seconds() {
			const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
			const own = all.map((pid) => ({ pid, stat: statOf(pid) }));
			return own
				.filter(({ pid, stat }) => pid === postmaster || stat?.parent === postmaster)
				.reduce((sum, { stat }) => sum + (stat?.seconds ?? 0), 0);
		},
	};
}

/** What /proc says of a process: its parent, and its time and that of the children it has seen end. null: there is none. */
function statOf(pid: string): { readonly parent: string; readonly seconds: number } | null {
	try {
		return readStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
	} catch {
		return null;
	}
}

export function readStat(text: string): { readonly parent: string; readonly seconds: number } {
	// After the name, which may hold anything: state, parent; and from the twelfth on user, system, and both of the children.
	const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
	const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
	return { parent: fields[1] ?? '', seconds: ticks / TICKS };
}

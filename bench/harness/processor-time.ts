import { readdirSync, readFileSync } from 'node:fs';
import type postgres from 'postgres';

/** The unit of processor times in /proc, per second. */
const TICKS = 100;

interface ProcessStat {
	readonly parent: string;
	/** Processor seconds of the process and of those of its children that have ended. */
	readonly seconds: number;
}

/** Opens a clock of the processor seconds of all of PostgreSQL, background processes included. null without /proc or a local server. */
export async function openDatabaseTime(sql: postgres.Sql): Promise<(() => number) | null> {
	const [row] = await sql`select pg_backend_pid() as backend`;
	const postmaster = statOf(String(row?.backend))?.parent;
	if (!postmaster || !statOf(postmaster)) return null;
	return () =>
		readdirSync('/proc')
			.filter((name) => /^\d+$/.test(name))
			.map((pid) => ({ pid, stat: statOf(pid) }))
			.filter(({ pid, stat }) => pid === postmaster || stat?.parent === postmaster)
			.reduce((sum, { stat }) => sum + (stat?.seconds ?? 0), 0);
}

/** null for a process that has ended. */
export function statOf(pid: string | number): ProcessStat | null {
	try {
		return readStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
	} catch {
		return null;
	}
}

export function readStat(text: string): ProcessStat {
	// The name can contain anything. After it: state, parent; fields 12 to 15: user, system, both of the children.
	const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
	const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
	return { parent: fields[1] ?? '', seconds: ticks / TICKS };
}

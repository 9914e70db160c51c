import { readdirSync, readFileSync } from 'node:fs';
import { afterAll } from 'vitest';

/** Ticks of a second in /proc/PID/stat (proc(5)). */
const TICKS = 100;

interface Seen {
	readonly parent: number;
	readonly seconds: number;
}

/** What a process and its children that have ended took; null: it has ended. */
function look(pid: string): Seen | null {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
		const [, parent, , , , , , , , , , user, system, userOfChildren, systemOfChildren] = stat
			.slice(stat.lastIndexOf(')') + 2)
			.split(' ')
			.map(Number);
		const ticks = [user, system, userOfChildren, systemOfChildren].reduce<number>((sum, each) => sum + (each ?? 0), 0);
		return { parent: parent ?? 0, seconds: ticks / TICKS };
	} catch {
		return null;
	}
}

/** CPU-seconds of this process and its descendants, of which those that ended count too; 0 where there is no /proc. */
function cpuSeconds(): number {
	const all = new Map<number, Seen>();
	try {
		for (const name of readdirSync('/proc')) {
			const seen = /^\d+$/.test(name) ? look(name) : null;
			if (seen) all.set(Number(name), seen);
		}
	} catch {
		return 0;
	}
	const below = (pid: number): number =>
		[...all].reduce(
			(sum, [child, { parent }]) => (parent === pid ? sum + below(child) : sum),
			all.get(pid)?.seconds ?? 0,
		);
	return below(process.pid);
}

const before = cpuSeconds();
// biome-ignore lint/correctness/noEmptyPattern: Vitest asks for a pattern where a hook takes nothing of its context
afterAll(({}, suite) => {
	suite.file.meta.cpuSeconds = Math.max(0, cpuSeconds() - before);
});

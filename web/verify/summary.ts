import { type LogEntry, parseEntry } from './log-entry.ts';

/** What the entries of one lease, or of one person, have together. */
export interface Together {
	readonly id: string;
	readonly entries: number;
	readonly first: string;
	readonly last: string;
	readonly lastAction: string;
}

/** What is counted while the log is verified. */
export interface LogSummary {
	/** Counts by action, the most frequent first. */
	readonly actions: readonly (readonly [action: string, count: number])[];
	readonly refused: number;
	readonly leases: readonly Together[];
	readonly people: readonly Together[];
	/** Whether the log has more actions, leases or people than are listed. */
	readonly isCut: boolean;
}

/** The log of a malicious writer could name millions, and each by a text as long as an entry. */
const MOST = 2_000;
const LONGEST = 200;

export function createSummary() {
	const actions = new Map<string, number>();
	const leases = new Map<string, Together>();
	const people = new Map<string, Together>();
	let refused = 0;
	let isCut = false;

	/** Adds to the known ones, or to a list that is not full. */
	function fits(known: ReadonlyMap<string, unknown>, id: string): boolean {
		const is = known.has(id) || (known.size < MOST && id.length <= LONGEST);
		if (!is) isCut = true;
		return is;
	}
	function addTo(all: Map<string, Together>, id: string | null, { at, action }: LogEntry): void {
		if (id === null || !fits(all, id)) return;
		const { first = at, entries = 0 } = all.get(id) ?? {};
		all.set(id, { id, entries: entries + 1, first, last: at, lastAction: action });
	}

	return {
		add(leaf: string, index: number): void {
			const entry = parseEntry(leaf, index);
			if (entry === null) return;
			const { action, decision, lease, person } = entry;
			if (fits(actions, action)) actions.set(action, (actions.get(action) ?? 0) + 1);
			if (decision !== 'ALLOWED') refused += 1;
			addTo(leases, lease, entry);
			addTo(people, person, entry);
		},
		end: (): LogSummary => ({
			actions: [...actions].sort(([, one], [, other]) => other - one),
			refused,
			leases: [...leases.values()],
			people: [...people.values()],
			isCut,
		}),
	};
}

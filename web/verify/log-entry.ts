/** An entry as the page shows it. The writer of the log, who may be an attacker, chose every text of it. */
export interface LogEntry {
	/** Its line in the exported log, from 1. */
	readonly line: number;
	readonly at: string;
	readonly action: string;
	readonly decision: string;
	readonly reason: string | null;
	/** Null for an act of the program itself. */
	readonly person: string | null;
	readonly roles: readonly string[];
	readonly plane: string;
	readonly lease: string | null;
	readonly coordinates: readonly string[];
	/** How many records it names. */
	readonly records: number;
	readonly leaf: string;
}

/** Null if the leaf has no form of an entry: the verifier lists it as a finding. */
export function parseEntry(leaf: string, index: number): LogEntry | null {
	const entry = objectOf(() => JSON.parse(leaf));
	if (entry === null || typeof entry.action !== 'string') return null;
	const actor = objectOf(() => entry.actor) ?? {};
	return {
		line: index + 2,
		at: textOf(entry.at) ?? '',
		action: entry.action,
		decision: textOf(entry.decision) ?? '',
		reason: textOf(entry.reason),
		person: textOf(actor.user),
		roles: textsOf(actor.roles),
		plane: textOf(entry.plane) ?? '',
		lease: textOf(entry.lease),
		coordinates: textsOf(entry.coordinates),
		records: Array.isArray(entry.records) ? entry.records.length : 0,
		leaf,
	};
}

/** Null for an error, and for what is no object. */
export function objectOf(get: () => unknown): Record<string, unknown> | null {
	try {
		const value = get();
		return typeof value === 'object' && value !== null && !Array.isArray(value)
			? (value as Record<string, unknown>)
			: null;
	} catch {
		return null;
	}
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const textsOf = (value: unknown): string[] =>
	Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

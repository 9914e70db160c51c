import { base64urlToUuid } from '../../../src/audit/uuid-base64url.ts';
import type { Sha256 } from '../../../src/audit/verify/log.ts';

/** A change of a lease, as an entry records it. */
export interface LoggedStep {
	/** Such as lease.approve. */
	readonly action: string;
	/** The account that acted; null for the program itself. */
	readonly actor: string | null;
	/** Hash of the request; null if the entry names none. */
	readonly hash: string | null;
	readonly at: string;
}

/** What the log says about one lease. */
export interface LeaseRecord {
	readonly steps: LoggedStep[];
	/** hashOfOpening() of each opening. */
	readonly openings: Uint8Array[];
	/** When each was written, in milliseconds since 1970. */
	readonly times: number[];
}

export interface LogFlaw {
	readonly index: number;
	readonly why: string;
}

/** What the entries of a log say, as far as the page about access needs it. */
export interface LogRecords {
	readonly leases: Map<string, LeaseRecord>;
	/** Number of entries by day (UTC). */
	readonly days: Map<string, number>;
	/** Indexes of entries by which someone of the platform opened content without a lease. */
	readonly withoutLease: number[];
	/** Entries that no program of the platform writes. */
	readonly flaws: LogFlaw[];
	/** For the check of the order: the last sequence number of each boot and plane. */
	readonly sequences: Map<string, number>;
}

/** An opening, from the log or from the API. */
export interface Opening {
	readonly id: string;
	readonly at: string;
	readonly requestId: string | null;
	readonly coordinates: readonly string[];
	readonly recordIds: readonly string[];
}

/** The most flaws that are kept one by one. */
export const MOST_FLAWS = 100;

export const emptyRecords = (): LogRecords => ({
	leases: new Map(),
	days: new Map(),
	withoutLease: [],
	flaws: [],
	sequences: new Map(),
});

export const copyRecords = ({ leases, days, withoutLease, flaws, sequences }: LogRecords): LogRecords => ({
	leases: new Map(
		[...leases].map(([id, { steps, openings, times }]) => [
			id,
			{ steps: [...steps], openings: [...openings], times: [...times] },
		]),
	),
	days: new Map(days),
	withoutLease: [...withoutLease],
	flaws: [...flaws],
	sequences: new Map(sequences),
});

const encoder = new TextEncoder();

/** One opening's identity: two that differ in anything that a person is shown have different hashes. */
export const hashOfOpening = (sha256: Sha256, { id, at, requestId, coordinates, recordIds }: Opening): Uint8Array =>
	sha256(encoder.encode(JSON.stringify([id, at, requestId, [...coordinates].sort(), [...recordIds].sort()])));

/** Entries about a lease that are no step of its story: intents to read, and hashes of reasons, which belong to the decision after them. */
const BESIDE_STEPS = ['lease.use', 'lease.reason'];
const OPENS = ['content.open', 'content.read'];

/** Adds what the leaf at `index` says. A leaf that is not an entry adds nothing: it is a flaw already. */
export function record(records: LogRecords, leaf: string, index: number, sha256: Sha256): void {
	const entry = objectIn(() => JSON.parse(leaf));
	const { action, at, lease, coordinates, records: rows } = entry;
	if (typeof action !== 'string' || typeof at !== 'string') return;
	const day = at.slice(0, 10);
	records.days.set(day, (records.days.get(day) ?? 0) + 1);
	const actor = objectIn(() => entry.actor);
	const opens = OPENS.includes(action);
	if (typeof lease !== 'string') {
		if (opens && actor.kind === 'operator') records.withoutLease.push(index);
		return;
	}
	const own = recordOf(records, lease);
	if (opens) {
		const opening = {
			id: String(entry.id),
			at,
			requestId: textOf(entry.request),
			coordinates: textsIn(coordinates),
			recordIds: textsIn(rows).map(uuidOf),
		};
		own.openings.push(hashOfOpening(sha256, opening));
		own.times.push(Date.parse(at));
	} else if (action.startsWith('lease.') && !BESIDE_STEPS.includes(action))
		own.steps.push({ action, actor: textOf(actor.user), hash: textOf(entry.hash), at });
}

function recordOf({ leases }: LogRecords, lease: string): LeaseRecord {
	const known = leases.get(lease) ?? { steps: [], openings: [], times: [] };
	leases.set(lease, known);
	return known;
}

function objectIn(get: () => unknown): Readonly<Record<string, unknown>> {
	try {
		return Object(get()) as Readonly<Record<string, unknown>>;
	} catch {
		return {};
	}
}

/** A record that is no id stays as it is, and then agrees with nothing that the API shows. */
function uuidOf(row: string): string {
	try {
		return base64urlToUuid(row);
	} catch {
		return row;
	}
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const textsIn = (value: unknown): string[] =>
	Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

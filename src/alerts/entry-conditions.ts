import type { AlertRuleSpec, Thresholds } from '../audit/index.ts';
import type { LeaseFacts } from '../database/index.ts';

type EntryConditionName = NonNullable<AlertRuleSpec['judge']>;

/** What is asked about one entry; `at`: milliseconds since 1970. `lease`: null for one that the database doesn't know. */
type EntryCondition = (at: number, lease: LeaseFacts | null, thresholds: Thresholds) => boolean;

export const ENTRY_CONDITIONS: Readonly<Record<EntryConditionName, EntryCondition>> = {
	/** Agreed to within seconds of the request. */
	HASTY: (at, lease, { HASTY_SECONDS }) => lease !== null && at - lease.requestedAt.getTime() < HASTY_SECONDS * 1_000,
	/** Taken though the broker had seen before that none is left, or of a lease that nobody has asked for. */
	ORPHAN: (at, lease) => lease === null || (lease.clearedAt !== null && lease.clearedAt.getTime() < at),
};

import { assertAttackSucceeded, assertLockAnswered, type Expected } from './evidence.ts';
import { LOCKS, type Lock } from './removals.ts';
import type { LockAnswer, LockStage, Request } from './stage.ts';

/** What else may stand in the way to a lease, and what a case has to show of it. */
export const LEASE_CHECKS = {
	resolver:
		'LEASE_NOT_ACTIVE or `extensions.sealed` (of a file: LEASE_REQUIRED or LEASE_SCOPE), on record, before the database is asked for content or the keyring for a key',
	'database functions': 'hold_lease() and use_lease(): the whole request is LEASE_NOT_ACTIVE or LEASE_SCOPE, on record',
	'row policies':
		'the rows are not there for the role that breaks glass: null (of a file: NOT_FOUND), and no key is asked for',
	key: 'the keyring is asked by the operator’s side and refuses: KEY_UNAVAILABLE, on record',
	'use case': 'the function that decides: FORBIDDEN or CONFLICT',
	privilege: 'the role may not write it: SQLSTATE 42501',
	trigger: 'the database’s rule, whoever writes: SQLSTATE of class 23',
	broker: 'REVOKED instead of ACTIVE, no grant; a row that could not be proven is on record as `rights.refuse`',
} as const;

export type LeaseCheck = keyof typeof LEASE_CHECKS;

export interface LockCase {
	/** What is tried. */
	readonly attack: string;
	/** What happens instead. */
	readonly expected: string;
	/** What answers it, in the order in which it is met. */
	readonly gates: readonly LeaseCheck[];
	/** Tries it with everything in place and without, as readCase() does for a reading. */
	run(stage: LockStage): Promise<void>;
}

export interface LockArea {
	readonly title: string;
	readonly cases: readonly LockCase[];
}

/** A reading that is prepared: how it is sent, and what it is after. */
export interface PreparedRead extends Expected {
	/** Whose content it is after: a firm's id. */
	readonly firm: string;
	send(): Promise<LockAnswer>;
	/** Takes back what other cases would stumble over. */
	undo?(): Promise<unknown>;
}

export interface ReadingCase {
	readonly attack: string;
	readonly expected: string;
	readonly gates: readonly Lock[];
	/** Prepared once for all attempts; for each, where one attempt uses it up. */
	readonly isUsedUp?: boolean;
	prepare(stage: LockStage): Promise<PreparedRead>;
}

/**
 * Tries a reading with every lock in place: the first that is named answers. Then against each that is named with all others taken
 * away: it answers alone. Then without those that are named, and with all others: it works.
 */
export const readCase = (of: ReadingCase): LockCase => ({
	...of,
	async run(stage) {
		let prepared = await of.prepare(stage);
		const attempt = async (removed: readonly Lock[], check: (told: LockAnswer) => Promise<void>) => {
			await check(await stage.removals.without(removed, prepared.firm, prepared.send));
			if (!of.isUsedUp) return;
			await prepared.undo?.();
			prepared = await of.prepare(stage);
		};
		try {
			await attempt([], (told) => assertLockAnswered(stage, of.gates[0] as Lock, told, prepared));
			for (const lock of of.gates)
				await attempt(
					LOCKS.filter((each) => each !== lock),
					(told) => assertLockAnswered(stage, lock, told, prepared),
				);
			await attempt(of.gates, (told) => assertAttackSucceeded(stage, told, prepared));
		} finally {
			await prepared.undo?.();
		}
	},
});

/** The usual reading: one request. */
export const sends = (stage: LockStage, request: Request) => () => stage.send(request);

import { assertAttackSucceeded, assertLockAnswered, type Expected } from './evidence.ts';
import { LOCKS, type Lock } from './removals.ts';
import type { LockAnswer, LockStage, Request } from './stage.ts';

/** The checks between an attacker and content, and what a case must show for each. */
export const LEASE_CHECKS = {
	resolver:
		'LEASE_NOT_ACTIVE or `extensions.sealed` (for a file: LEASE_REQUIRED or LEASE_SCOPE), on record, before any query for content and any call for a key',
	'database functions': 'hold_lease() and use_lease(): the whole request is LEASE_NOT_ACTIVE or LEASE_SCOPE, on record',
	'row policies': 'the break-glass role sees no row: null (for a file: NOT_FOUND), and no call for a key',
	key: 'the keyring refuses the operator plane: KEY_UNAVAILABLE, on record',
	'use case': 'the function that decides on the lease: FORBIDDEN or CONFLICT',
	privilege: 'the role has no privilege to write it: SQLSTATE 42501',
	trigger: 'a rule of the database for every role: SQLSTATE of class 23',
	broker: 'REVOKED instead of ACTIVE, without a grant; a row without a valid MAC is on record as `rights.refuse`',
} as const;

export type LeaseCheck = keyof typeof LEASE_CHECKS;

export interface LockCase {
	/** What the attacker tries. */
	readonly attack: string;
	/** What happens instead. */
	readonly expected: string;
	/** The checks that refuse it, in the order in which it meets them. */
	readonly gates: readonly LeaseCheck[];
	/** Runs it with all checks in place and with checks removed. See readCase() and making(). */
	run(stage: LockStage): Promise<void>;
}

export interface LockArea {
	readonly title: string;
	readonly cases: readonly LockCase[];
}

/** A prepared read: how to send it, and the content it targets. */
export interface PreparedRead extends Expected {
	/** The id of the firm whose content it targets. */
	readonly firm: string;
	send(): Promise<LockAnswer>;
	/** Reverts changes that would disturb other cases. */
	undo?(): Promise<unknown>;
}

export interface ReadingCase {
	readonly attack: string;
	readonly expected: string;
	readonly gates: readonly Lock[];
	/** True if each attempt needs a new preparation. */
	readonly isUsedUp?: boolean;
	prepare(stage: LockStage): Promise<PreparedRead>;
}

/**
 * Tries a read with every lock in place: the first of `gates` refuses it. Then with each of `gates` as the only lock: it refuses
 * alone. Then without `gates` and with all other locks: the read works.
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

/** The usual read: one request. */
export const sends = (stage: LockStage, request: Request) => () => stage.send(request);

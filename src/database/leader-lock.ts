import { setTimeout as delay } from 'node:timers/promises';
import { openConnection } from './connection.ts';
import { withoutParameters } from './database-error.ts';
import { BY_MEMBER_OF_ROLE, BY_SAME_LOGIN, BY_THIS_SESSION, isLockHeld } from './is-lock-held.ts';
import type { PlaneRole } from './plane.ts';

/** Milliseconds without an answer after which the connection counts as lost. */
const ANSWER_TIMEOUT = 5_000;
/** Milliseconds. */
const CLOSING = 2_000;

/** A lock for what only one process at a time does on a database. */
export interface LeaderLockTerms {
	/** Number of the advisory lock. */
	readonly lock: number;
	/** A login that cannot become this role may take the number, but that does not count as holding the lock. */
	readonly role: PlaneRole;
}

/** The broker that activates leases and revokes the grants of ended leases. */
export const BROKER_LEADER_LOCK: LeaderLockTerms = { lock: 4_611_006, role: 'firmseal_broker' };
/** The process that turns entries into leaves and signs checkpoints. */
export const LOG_LEADER_LOCK: LeaderLockTerms = { lock: 4_611_007, role: 'firmseal_log' };
/** The process that verifies the log repeatedly. */
export const LOG_WATCH_LEADER_LOCK: LeaderLockTerms = { lock: 4_611_008, role: 'firmseal_log' };

/** A connection of its own that holds a leader lock. */
export interface LeaderLock {
	/**
	 * Whether this connection has the lock. Takes the lock if it is free; otherwise each call asks the server again.
	 * @throws AUDIT_UNAVAILABLE if the connection, and with it the lock, is lost
	 */
	isHeld(): Promise<boolean>;
	close(): Promise<void>;
}

/**
 * Opens the connection. `url` must not lead to a pooler: one in transaction mode would give the lock to the next client. The connection never
 * LISTENs: any login can send more notifications than a listener can read, and the connection would answer nothing else meanwhile.
 */
export function openLeaderLock(url: string, { lock, role }: LeaderLockTerms): Promise<LeaderLock> {
	return withoutParameters(async () => {
		const connection = await openConnection(url, { queryTimeout: ANSWER_TIMEOUT });
		let held = false;
		// SET LOCAL, because a pooler's connection would keep a session's role.
		const take = async (): Promise<boolean> => {
			await connection.query(`begin; set local role ${role}`);
			try {
				const { rows } = await connection.query('select public.try_leader_lock($1) as yes', [lock]);
				return rows[0]?.yes === true;
			} finally {
				await connection.query('commit');
			}
		};
		return {
			isHeld: () =>
				withoutParameters(async () => {
					if (!held) held = await take();
					// A login that may not have the lock may hold the number: this process works all the same, since locks of rows protect its work.
					if (!held) return !(await isLockHeld(connection, lock, BY_MEMBER_OF_ROLE, role));
					// Through a pooler, another session answers, which does not hold the lock.
					if (!(await isLockHeld(connection, lock, BY_THIS_SESSION))) throw new LeaderLockLostError();
					return held;
				}, url),
			async close() {
				// On a connection that was lost silently, end() would wait forever.
				await Promise.race([connection.end().catch(() => {}), delay(CLOSING, undefined, { ref: false })]);
			},
		};
	}, url);
}

class LeaderLockLostError extends Error {
	override readonly name = 'LeaderLockLostError';
}

/** Number of an advisory lock. */
const START_LOCK = 4_611_002;

/** Lets only one process serve on a database. A connection holds the lock, so it is free as soon as the process ends. Null if it is held. */
export async function acquireStartLock(url: string): Promise<{ release(): Promise<void> } | null> {
	return withoutParameters(async () => {
		const connection = await openConnection(url);
		let isFree = false;
		try {
			const { rows } = await connection.query('select pg_try_advisory_lock($1) as held', [START_LOCK]);
			isFree = rows[0]?.held === true || !(await isLockHeld(connection, START_LOCK, BY_SAME_LOGIN));
		} finally {
			// Also after an error, because an open connection keeps the process running.
			if (!isFree) await connection.end().catch(() => {});
		}
		return isFree ? { release: () => connection.end() } : null;
	}, url);
}

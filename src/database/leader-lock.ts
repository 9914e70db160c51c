import { setTimeout as delay } from 'node:timers/promises';
import { openConnection } from './connection.ts';
import { withoutParameters } from './database-error.ts';
import { BY_MEMBER_OF_ROLE, BY_SAME_LOGIN, isLockHeld } from './is-lock-held.ts';
import type { PlaneRole } from './plane.ts';

/** Milliseconds that an answer may take; a connection that says nothing is lost. */
const ANSWER_TIMEOUT = 5_000;
const CLOSING = 2_000;

/** Something that one process at a time does on a database. */
export interface LeaderLockTerms {
	/** Any number, the same in every process that wants the lock. */
	readonly lock: number;
	/** Whose lock it is: a login that can't become this role may hold the number, not the lock. */
	readonly role: PlaneRole;
}

/** The broker that activates leases and takes the grants of those that have ended. */
export const BROKER_LEADER_LOCK: LeaderLockTerms = { lock: 4_611_006, role: 'firmseal_broker' };
/** The process that makes leaves of entries, and signs. */
export const LOG_LEADER_LOCK: LeaderLockTerms = { lock: 4_611_007, role: 'firmseal_log' };

/** The process that verifies the log again and again. */
export const LOG_WATCH_LEADER_LOCK: LeaderLockTerms = { lock: 4_611_008, role: 'firmseal_log' };

/** A connection of its own that holds a leader lock. */
export interface LeaderLock {
	/**
	 * Whether this connection has the lock; takes it if it is free. Of a lock that is held the server is asked again
	 * each time. @throws AUDIT_UNAVAILABLE when the connection, and so the lock, is gone.
	 */
	isHeld(): Promise<boolean>;
	close(): Promise<void>;
}

/**
 * Opens the connection, past any pooler: a pooler in transaction mode would give the lock to who comes next. It never LISTENs: any login
 * can send more notifications than a listener reads, and its connection answers nothing else meanwhile.
 */
export function openLeaderLock(url: string, { lock, role }: LeaderLockTerms): Promise<LeaderLock> {
	return withoutParameters(async () => {
		const connection = await openConnection(url, { queryTimeout: ANSWER_TIMEOUT });
		let held = false;
		// The next question finds out that it is gone.
		connection.on('error', () => {});
		const ask = async (text: string, values: unknown[] = []): Promise<boolean> => {
			const { rows } = await connection.query(text, values);
			return rows[0]?.yes === true;
		};
		// A role for the session would stay with the connection of a pooler.
		const take = async (): Promise<boolean> => {
			await connection.query(`begin; set local role ${role}`);
			try {
				return await ask('select public.try_leader_lock($1) as yes', [lock]);
			} finally {
				await connection.query('commit');
			}
		};
		return {
			isHeld: () =>
				withoutParameters(async () => {
					if (!held) held = await take();
					// Held by someone who may not have the lock: they may keep the number. The work stands on locks of rows.
					if (!held) return !(await isLockHeld(connection, lock, BY_MEMBER_OF_ROLE, role));
					else if (!(await ask(IS_HELD_QUERY, [lock]))) throw new LeaderLockLostError();
					return held;
				}, url),
			async close() {
				// A connection that is lost without a word would let end() wait for ever.
				await Promise.race([connection.end().catch(() => {}), delay(CLOSING, undefined, { ref: false })]);
			},
		};
	}, url);
}

/** A pooler answers for another session each time, and that one doesn't hold it. */
const IS_HELD_QUERY = `select exists (
	select from pg_locks where locktype = 'advisory' and pid = pg_backend_pid() and granted
		and classid = 0 and objid = $1::bigint::oid and objsubid = 1
		and database = (select oid from pg_database where datname = current_database())) as yes`;

/** The connection answers, and is not the one that took the lock: there is a pooler on the way. */
class LeaderLockLostError extends Error {
	override readonly name = 'LeaderLockLostError';
}

/** Any number, the same in every process that wants the lock. */
const START_LOCK = 4_611_002;

/** One process at a time serves alone on a database, until it ends. Held by a connection, so that it is free the moment the process is gone. */
export async function acquireStartLock(url: string): Promise<{ release(): Promise<void> } | null> {
	return withoutParameters(async () => {
		const connection = await openConnection(url);
		let isFree = false;
		try {
			const { rows } = await connection.query('select pg_try_advisory_lock($1) as held', [START_LOCK]);
			isFree = rows[0]?.held === true || !(await isLockHeld(connection, START_LOCK, BY_SAME_LOGIN));
		} finally {
			// Also after an error: a process would wait for it.
			if (!isFree) await connection.end().catch(() => {});
		}
		return isFree ? { release: () => connection.end() } : null;
	}, url);
}

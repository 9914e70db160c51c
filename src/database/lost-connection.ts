import { setImmediate as nextTurn } from 'node:timers/promises';
import { DrizzleQueryError } from 'drizzle-orm/errors';
import type { Sql, TransactionSql } from 'postgres';

const CLOSED = 'CONNECTION_CLOSED';

/** The connection was there and is gone. One that was never made (ECONNREFUSED) leaves nothing behind. */
const LOST = new Set([CLOSED, 'CONNECTION_DESTROYED', 'CONNECT_TIMEOUT', 'ECONNRESET', 'EPIPE', '57P01', '57P02']);

export function isLost(error: unknown): boolean {
	const cause = error instanceof DrizzleQueryError ? error.cause : error;
	return LOST.has(String((cause as { code?: unknown } | undefined)?.code));
}

/**
 * postgres.js ends the process when anything, its own ROLLBACK and COMMIT included, is sent in a transaction whose connection
 * has closed (its issues 1066 and 1208). So what is called after that fails here, and a transaction that has lost its
 * connection never gets to its end: `begin` itself is rejected when the connection closes.
 */
export function guardTransactions(client: Sql): Sql {
	function begin<T>(work: (tx: TransactionSql) => Promise<T>): Promise<unknown> {
		let isOver = false;
		const running = client.begin(async (tx) => {
			const guarded = new Proxy(tx, {
				get(target, name) {
					if (isOver) throw Object.assign(new Error('The connection is closed.'), { code: CLOSED });
					return Reflect.get(target, name);
				},
			});
			try {
				const result = await work(guarded);
				if (!isOver) return result;
			} catch (error) {
				// A statement fails an instant before `begin` is told that the connection closed.
				await nextTurn();
				if (!isOver) throw error;
			}
			return new Promise<never>(() => {});
		});
		running.catch(() => {
			isOver = true;
		});
		return running;
	}
	return new Proxy(client, { get: (target, name) => (name === 'begin' ? begin : Reflect.get(target, name)) });
}

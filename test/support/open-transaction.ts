import type { Sql, TransactionSql } from 'postgres';
import { onTestFinished } from 'vitest';

/** Gives the transaction an id, so that no later entry becomes a leaf while it is open. */
const withNumber = (sql: TransactionSql): Promise<unknown> => sql`select pg_current_xact_id()`;

/** Leaves a transaction open after `work` until the test ends. Returns a function that ends it sooner. */
export async function leaveOpen(admin: Sql, work = withNumber): Promise<() => Promise<void>> {
	const begun = Promise.withResolvers<void>();
	const over = Promise.withResolvers<void>();
	const open = admin.begin(async (sql) => {
		await work(sql);
		begun.resolve();
		await over.promise;
	});
	onTestFinished(() => over.resolve());
	// Failing work rejects at once.
	await Promise.race([begun.promise, open]);
	return async () => {
		over.resolve();
		await open;
	};
}

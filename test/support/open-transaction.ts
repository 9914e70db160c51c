import type { Sql, TransactionSql } from 'postgres';
import { onTestFinished } from 'vitest';

/** So that no entry which comes after it becomes a leaf. */
const withNumber = (sql: TransactionSql): Promise<unknown> => sql`select pg_current_xact_id()`;

/** Leaves a transaction open that has done something, until the test is over. Answers how to end it sooner. */
export async function leaveOpen(admin: Sql, work = withNumber): Promise<() => Promise<void>> {
	const begun = Promise.withResolvers<void>();
	const over = Promise.withResolvers<void>();
	const open = admin.begin(async (sql) => {
		await work(sql);
		begun.resolve();
		await over.promise;
	});
	onTestFinished(() => over.resolve());
	// Work that fails is told at once.
	await Promise.race([begun.promise, open]);
	return async () => {
		over.resolve();
		await open;
	};
}

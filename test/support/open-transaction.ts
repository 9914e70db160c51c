import type { Sql, TransactionSql } from 'postgres';

/** So that no entry which comes after it becomes a leaf. */
const withNumber = (sql: TransactionSql): Promise<unknown> => sql`select pg_current_xact_id()`;

/** Leaves a transaction open that has done something. Answers how to end it. */
export async function leaveOpen(admin: Sql, work = withNumber): Promise<() => Promise<void>> {
	const begun = Promise.withResolvers<void>();
	const over = Promise.withResolvers<void>();
	const open = admin.begin(async (sql) => {
		await work(sql);
		begun.resolve();
		await over.promise;
	});
	// Work that fails is told at once.
	await Promise.race([begun.promise, open]);
	return async () => {
		over.resolve();
		await open;
	};
}

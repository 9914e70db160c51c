import type { Sql } from 'postgres';

/** Leaves a transaction open, so that no entry which comes after it becomes a leaf. Answers how to end it. */
export async function leaveOpen(admin: Sql): Promise<() => Promise<void>> {
	const begun = Promise.withResolvers<void>();
	const over = Promise.withResolvers<void>();
	const open = admin.begin(async (sql) => {
		await sql`select pg_current_xact_id()`;
		begun.resolve();
		await over.promise;
	});
	await begun.promise;
	return async () => {
		over.resolve();
		await open;
	};
}

import type { Sql, TransactionSql } from 'postgres';

/** Changes every hash of the root tree, as someone who has disabled the locks. Returns a function that restores them. */
export async function makeOtherRoot(admin: Sql): Promise<() => Promise<void>> {
	const rows = await admin`select index::int, hashes from audit_root_leaves`;
	const write = async (change: (sql: TransactionSql) => Promise<unknown>): Promise<void> => {
		await admin.begin(async (sql) => {
			await sql`alter table audit_root_leaves disable trigger user`;
			await change(sql);
			for (const name of ['row', 'statement', 'truncate'])
				await sql`alter table audit_root_leaves enable always trigger ${sql(`append_only_${name}`)}`;
		});
	};
	await write((sql) => sql`update audit_root_leaves set hashes = decode(repeat('07', octet_length(hashes)), 'hex')`);
	return () =>
		write(async (sql) => {
			for (const { index, hashes } of rows)
				await sql`update audit_root_leaves set hashes = ${hashes} where index = ${index}`;
		});
}

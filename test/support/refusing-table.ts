import type { Sql } from 'postgres';

/** Replaces a table, as a superuser, by a view that fails with an SQLSTATE. Returns a function that restores the table. */
export async function makeRefusing(admin: Sql, table: string, code: string): Promise<() => Promise<void>> {
	await admin.unsafe(`
		alter table ${table} rename to ${table}_elsewhere;
		create function refuse_${table}() returns setof ${table}_elsewhere language plpgsql as
			$$ begin raise exception using errcode = '${code}'; end $$;
		create view ${table} as select * from refuse_${table}();
		grant select on ${table} to public;
		grant execute on function refuse_${table} to public;`);
	return async () => {
		await admin.unsafe(`
			drop view ${table};
			drop function refuse_${table};
			alter table ${table}_elsewhere rename to ${table};`);
	};
}

import type postgres from 'postgres';

/** Entries per transaction. */
const BATCH = 10_000;

/**
 * Inserts the entries with the numbers `from` to `to` - 1 as processes would write them, one process per firm.
 * @param firms a number of firms, which get entries in turn, or the id of one firm
 */
export async function writeEntries(
	sql: postgres.Sql,
	[from, to]: readonly [number, number],
	firms: number | string,
	signal: AbortSignal,
): Promise<void> {
	const [count, firm] = typeof firms === 'number' ? [firms, null] : [1, firms];
	for (let at = from; at < to; at += BATCH) {
		signal.throwIfAborted();
		await sql`
			insert into audit_entries (id, firm_id, role, boot, sequence, leaf)
			select id::uuid, firm::uuid, 'firmseal_firm', boot::uuid, sequence,
				'{"action":"content.open","actor":{"kind":"firm","roles":["MEMBER"],"user":"' || firm || '"},"at":"2026-11-24T15:00:00.000Z","boot":"' || boot
				|| '","coordinates":["Document.description","Document.name"],"decision":"ALLOWED","document":"' || encode(sha256(convert_to(id, 'UTF8')), 'hex')
				|| '","firm":"' || firm || '","id":"' || id
				|| '","keys":[{"class":"DOCUMENT","requestId":null,"source":"CACHE","version":1}],"lease":null,"plane":"firm","reason":null,"records":["AZMgAAAAcACAAAAAAAAA8Q"],"request":"'
				|| id || '","sequence":' || sequence || ',"v":1}'
			from (
				select '01990000-0000-7000-8000-' || lpad(to_hex(n), 12, '0') as id,
					coalesce(${firm}, '01980000-0000-7000-8000-' || lpad(to_hex(n % ${count}::integer), 12, '0')) as firm,
					'5a1e0f6c-2b7d-4c3e-9f10-' || lpad(to_hex(n % ${count}::integer), 12, '0') as boot,
					n / ${count}::integer + 1 as sequence
				from generate_series(${at}::integer, ${Math.min(at + BATCH, to) - 1}::integer) n
			) made`;
	}
}

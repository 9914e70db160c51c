// biome-ignore lint/correctness/noUndeclaredDependencies: the project has it; bench/package.json is for peers only.
import type postgres from 'postgres';

export interface Numbers {
	readonly from: number;
	readonly to: number;
	/** Of so many firms in turn, or of this one. */
	readonly firms: number | string;
}

/** Entries by SQL, as a process would write them: numbers `from` to `to` - 1, each firm's of a run of its own. */
export async function writeEntries(sql: postgres.Sql, { from, to, firms }: Numbers): Promise<void> {
	const [count, firm] = typeof firms === 'number' ? [firms, null] : [1, firms];
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
			from generate_series(${from}::integer, ${to - 1}::integer) n
		) made`;
}

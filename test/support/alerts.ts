import type { Sql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';

/** An open alert about a firm that nobody of the test has caused, as the worker's role makes one; answers its id. */
export async function makeAlert(admin: Sql, firm: string): Promise<string> {
	const id = uuidv7();
	await admin`insert into alerts ${admin({
		id,
		rule: 'CONTENT_WITHOUT_LEASE',
		severity: 'ALERT',
		firm_id: firm,
		subject: id,
		actor_id: uuidv7(),
		count: 1,
		last_at: new Date(),
	})}`;
	return id;
}

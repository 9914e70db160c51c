import type { Sql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';

/** Inserts an open alert about a firm, caused by no person of the test, in the worker's role. Returns its id. */
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

import type { Client } from 'pg';
import { errorCodeOf } from '../errors.ts';

/** insufficient_privilege: only another role may do this, and `doctor` reports what is missing. */
const NOT_OURS = '42501';
/** internal_error, unique_violation: another session changed the same row at the same time, perhaps in another column. The statement runs again. */
const CONCURRENT = new Set(['XX000', '23505']);
const ATTEMPTS = 10;

/** Runs a statement on what all databases of the server share. Does nothing if this session may not run it. */
export async function alterIfAllowed(admin: Client, statement: string): Promise<void> {
	for (let attempt = 1; ; attempt++)
		try {
			await admin.query(statement);
			return;
		} catch (error) {
			const code = errorCodeOf(error);
			if (code === NOT_OURS) return;
			if (!CONCURRENT.has(code) || attempt === ATTEMPTS) throw error;
		}
}

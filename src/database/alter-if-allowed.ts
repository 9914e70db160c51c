import type { Client } from 'pg';
import { errorCodeOf } from '../errors.ts';

/** insufficient_privilege: it is another's to do, and doctor says what is missing. */
const NOT_OURS = '42501';
/** internal_error, unique_violation: someone changed the same row at this moment. It may have been something else of it, so it is done again. */
const CONCURRENT = new Set(['XX000', '23505']);
const ATTEMPTS = 10;

/** Changes what all databases of the server share, where this session may. */
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

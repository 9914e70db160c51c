import type { Client } from 'pg';
import { errorCodeOf } from '../errors.ts';

/** insufficient_privilege: it is another's to do. internal_error, unique_violation: another database of the server did the same at this moment. */
const LEFT = new Set(['42501', 'XX000', '23505']);

/** Changes what all databases of the server share, where this session may; doctor says what is missing then. */
export async function alterIfAllowed(admin: Client, statement: string): Promise<void> {
	await admin.query(statement).catch((error: unknown) => {
		if (!LEFT.has(errorCodeOf(error))) throw error;
	});
}

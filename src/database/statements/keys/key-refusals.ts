import { gt, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { keyRefusals } from '../../tables/index.ts';

export interface KeyRefusal {
	readonly firm: string;
	/** Changes with each refusal. */
	readonly id: string;
}

/** Records that the key service has refused a key of the firm, in the role's own row. */
export async function insertKeyRefusal(tx: Transaction, firm: string): Promise<void> {
	const id = sql`gen_random_uuid()`;
	await tx
		.insert(keyRefusals)
		.values({ firmId: firm, id })
		.onConflictDoUpdate({ target: [keyRefusals.firmId, keyRefusals.reportedBy], set: { id } });
}

/** Limit of one query. */
export const MAX_REFUSALS = 1_000;

/**
 * Refusals of the last minute, the latest of each role and firm; at most MAX_REFUSALS + 1. A reader that polls several times a second misses none.
 * Compares with statement_timestamp(), for which PostgreSQL can use the index: clock_timestamp() would be evaluated for every row.
 */
export const selectKeyRefusals = (tx: Transaction): Promise<KeyRefusal[]> =>
	tx
		.select({ firm: keyRefusals.firmId, id: keyRefusals.id })
		.from(keyRefusals)
		.where(gt(keyRefusals.refusedAt, sql`statement_timestamp() - interval '1 minute'`))
		.limit(MAX_REFUSALS + 1);

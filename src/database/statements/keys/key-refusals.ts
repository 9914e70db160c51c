import { gt, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { keyRefusals } from '../../tables/index.ts';

export interface KeyRefusal {
	readonly firm: string;
	/** Another at each refusal. */
	readonly id: string;
}

/** Says that the key service has refused a key of the firm: once more, if the role has said so before. */
export async function insertKeyRefusal(tx: Transaction, firm: string): Promise<void> {
	const id = sql`gen_random_uuid()`;
	await tx
		.insert(keyRefusals)
		.values({ firmId: firm, id })
		.onConflictDoUpdate({ target: [keyRefusals.firmId, keyRefusals.toldBy], set: { id } });
}

/** Refusals that one look hears of. */
export const MAX_REFUSALS = 1_000;

/**
 * Of the last minute, a role's latest of each firm, and one more than MAX_REFUSALS at most: who looks several times a second misses none. By the
 * time of the statement, which the index can seek: the clock, which goes on meanwhile, would be asked of every row that there is.
 */
export const selectKeyRefusals = (tx: Transaction): Promise<KeyRefusal[]> =>
	tx
		.select({ firm: keyRefusals.firmId, id: keyRefusals.id })
		.from(keyRefusals)
		.where(gt(keyRefusals.refusedAt, sql`statement_timestamp() - interval '1 minute'`))
		.limit(MAX_REFUSALS + 1);

import { gt, sql } from 'drizzle-orm';
import type { Transaction } from '../plane.ts';
import { keyRefusals } from '../tables/index.ts';

export interface KeyRefusal {
	readonly firm: string;
	/** Another at each refusal. */
	readonly id: string;
}

/** Says that the key service has refused a key of the firm: once more, if the role has said so before. */
export async function tellRefusal(tx: Transaction, firm: string): Promise<void> {
	const refusal = { id: sql`gen_random_uuid()`, refusedAt: sql`clock_timestamp()` };
	await tx
		.insert(keyRefusals)
		.values({ firmId: firm, ...refusal })
		.onConflictDoUpdate({ target: [keyRefusals.firmId, keyRefusals.toldBy], set: refusal });
}

/** Of the last minute, a role's latest of each firm: whoever looks several times a second misses none. */
export const selectRefusals = (tx: Transaction): Promise<KeyRefusal[]> =>
	tx
		.select({ firm: keyRefusals.firmId, id: keyRefusals.id })
		.from(keyRefusals)
		.where(gt(keyRefusals.refusedAt, sql`clock_timestamp() - interval '1 minute'`));

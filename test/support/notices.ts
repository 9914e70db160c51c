import type { Sql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';

/** Writes notices to a firm's owners in one transaction, like the program, and returns their ids. */
export async function notifyOwners(
	admin: Sql,
	firm: string,
	count = 1,
	more: {
		readonly kind?: string;
		readonly lease_id?: string;
		readonly invitation_id?: string;
		readonly created_at?: Date;
	} = {},
): Promise<string[]> {
	const rows = Array.from({ length: count }, () => ({
		id: uuidv7(),
		firm_id: firm,
		kind: more.lease_id ? 'LEASE_READ' : 'MEMBER_ADDED',
		audience: 'OWNERS',
		...more,
	}));
	await admin`insert into notices ${admin(rows)}`;
	return rows.map(({ id }) => id);
}

/** Makes deliveries due since a second ago, since the clocks of two processors may differ. */
export const makeDue = (admin: Sql, ids: readonly string[]) =>
	admin`update webhook_deliveries set next_at = now() - interval '1 second' where message_id in ${admin(ids)}`;

import { and, count, desc, eq, isNull, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { firmSignIns, foldedAddress, invitations } from '../../tables/index.ts';

export type InvitationRow = typeof invitations.$inferSelect;

/** By the database's clock. */
const isOpen = and(isNull(invitations.endedAt), sql`${invitations.expiresAt} > clock_timestamp()`);

export async function insertInvitation(tx: Transaction, invitation: typeof invitations.$inferInsert): Promise<void> {
	await tx.insert(invitations).values(invitation);
}

/** Newest first. */
export const selectOpenInvitations = (tx: Transaction, firm: string, most: number): Promise<InvitationRow[]> =>
	tx
		.select()
		.from(invitations)
		.where(and(eq(invitations.firmId, firm), isOpen))
		.orderBy(desc(invitations.createdAt), desc(invitations.id))
		.limit(most);

export async function countOpenInvitations(tx: Transaction, firm: string): Promise<number> {
	const [row] = await tx
		.select({ count: count() })
		.from(invitations)
		.where(and(eq(invitations.firmId, firm), isOpen));
	return row?.count ?? 0;
}

/** null: there is none such that the role sees, or it is over. */
export async function selectOpenInvitation(
	tx: Transaction,
	by: Partial<Pick<InvitationRow, 'id' | 'hash' | 'email'>>,
): Promise<InvitationRow | null> {
	const { id, hash, email } = by;
	const [row] = await tx
		.select()
		.from(invitations)
		.where(
			and(
				id === undefined ? undefined : eq(invitations.id, id),
				hash === undefined ? undefined : eq(invitations.hash, hash),
				email === undefined ? undefined : eq(foldedAddress(invitations.email), foldedAddress(email)),
				isOpen,
			),
		)
		.limit(1);
	return row ?? null;
}

/** Ends an invitation, so that no one can end it again; null: it is over, or there is none such. */
export async function endInvitation(tx: Transaction, id: string): Promise<InvitationRow | null> {
	const [row] = await tx
		.update(invitations)
		.set({ endedAt: sql`clock_timestamp()` })
		.where(and(eq(invitations.id, id), isOpen))
		.returning();
	return row ?? null;
}

/** Ends all of a firm that are open; answers their ids. */
export async function endOpenInvitations(tx: Transaction, firm: string): Promise<string[]> {
	const rows = await tx
		.update(invitations)
		.set({ endedAt: sql`clock_timestamp()` })
		.where(and(eq(invitations.firmId, firm), isOpen))
		.returning({ id: invitations.id });
	return rows.map(({ id }) => id);
}

/** Forgets those that are over. */
export async function deleteEndedInvitations(tx: Transaction): Promise<void> {
	await tx.execute(sql`select public.clear_invitations()`);
}

export interface FirmSignInRow {
	readonly firmId: string;
	readonly issuers: readonly string[];
	readonly domains: readonly string[];
	readonly mac: Uint8Array;
}

const writable = (row: FirmSignInRow) => ({ ...row, issuers: [...row.issuers], domains: [...row.domains] });

const { firmId, issuers, domains, mac } = firmSignIns;

const selectSignIn = (tx: Transaction, firm: string) =>
	tx.select({ firmId, issuers, domains, mac }).from(firmSignIns).where(eq(firmSignIns.firmId, firm)).$dynamic();

/** Every firm has one; a firm without takes no one in. */
export const selectFirmSignIn = async (tx: Transaction, firm: string): Promise<FirmSignInRow | null> =>
	(await selectSignIn(tx, firm))[0] ?? null;

/** The same, which then stays as it is until the transaction is over. */
export const lockFirmSignIn = async (tx: Transaction, firm: string): Promise<FirmSignInRow | null> =>
	(await selectSignIn(tx, firm).for('share'))[0] ?? null;

/** Of a new firm, with the proof. */
export async function insertFirmSignIn(tx: Transaction, row: FirmSignInRow): Promise<void> {
	await tx.insert(firmSignIns).values(writable(row));
}

export async function updateFirmSignIn(tx: Transaction, row: FirmSignInRow): Promise<void> {
	const { issuers, domains, mac } = writable(row);
	await tx
		.insert(firmSignIns)
		.values(writable(row))
		.onConflictDoUpdate({
			target: firmSignIns.firmId,
			set: { issuers, domains, mac, updatedAt: sql`clock_timestamp()` },
		});
}

import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { firstRow } from '../../single-row.ts';
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

export const countOpenInvitations = (tx: Transaction, firm: string): Promise<number> =>
	tx.$count(invitations, and(eq(invitations.firmId, firm), isOpen));

/** Null if the role sees no such invitation, or if it has ended. */
export function selectOpenInvitation(
	tx: Transaction,
	by: Partial<Pick<InvitationRow, 'id' | 'hash' | 'email'>>,
): Promise<InvitationRow | null> {
	const { id, hash, email } = by;
	return firstRow(
		tx
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
			.limit(1),
	);
}

/** Null if the invitation does not exist or has ended: only one caller can end it. */
export const endInvitation = (tx: Transaction, id: string): Promise<InvitationRow | null> =>
	firstRow(
		tx
			.update(invitations)
			.set({ endedAt: sql`clock_timestamp()` })
			.where(and(eq(invitations.id, id), isOpen))
			.returning(),
	);

/** Ends all open invitations of a firm. Returns their ids. */
export async function endOpenInvitations(tx: Transaction, firm: string): Promise<string[]> {
	const rows = await tx
		.update(invitations)
		.set({ endedAt: sql`clock_timestamp()` })
		.where(and(eq(invitations.firmId, firm), isOpen))
		.returning({ id: invitations.id });
	return rows.map(({ id }) => id);
}

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

/** Every firm has one. A firm without one accepts no new members. */
export const selectFirmSignIn = async (tx: Transaction, firm: string): Promise<FirmSignInRow | null> =>
	(await selectSignIn(tx, firm))[0] ?? null;

/** The same, locked until the end of the transaction. */
export const lockFirmSignIn = async (tx: Transaction, firm: string): Promise<FirmSignInRow | null> =>
	(await selectSignIn(tx, firm).for('share'))[0] ?? null;

/** For a new firm. */
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

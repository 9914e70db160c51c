import { and, desc, eq, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { firstRow } from '../../single-row.ts';
import { ownerProposals } from '../../tables/index.ts';

export type OwnerProposalRow = typeof ownerProposals.$inferSelect;

/** By the database's clock: proposals last seven days. */
const isOpen = and(
	eq(ownerProposals.isEnded, false),
	sql`${ownerProposals.createdAt} > clock_timestamp() - interval '7 days'`,
);
const isOpenOne = (firm: string, id: string) => and(eq(ownerProposals.firmId, firm), eq(ownerProposals.id, id), isOpen);

/** Open ones, newest first. */
export const selectOwnerProposals = (tx: Transaction, firm: string, most: number): Promise<OwnerProposalRow[]> =>
	tx
		.select()
		.from(ownerProposals)
		.where(and(eq(ownerProposals.firmId, firm), isOpen))
		.orderBy(desc(ownerProposals.createdAt), desc(ownerProposals.id))
		.limit(most);

/** Null if the firm has no such proposal, or if it has ended. */
export const selectOpenOwnerProposal = (tx: Transaction, firm: string, id: string): Promise<OwnerProposalRow | null> =>
	firstRow(tx.select().from(ownerProposals).where(isOpenOne(firm, id)));

export async function insertOwnerProposal(
	tx: Transaction,
	{ firmId, id, person, kind, body }: Pick<OwnerProposalRow, 'firmId' | 'id' | 'person' | 'kind' | 'body'>,
): Promise<void> {
	await tx.execute(sql`
		insert into public.owner_proposals (firm_id, id, person, kind, body) values (${firmId}, ${id}, ${person}, ${kind}, ${body})`);
}

/** The changed row; null if it has ended. */
export const agreeToOwnerProposal = (
	tx: Transaction,
	firm: string,
	id: string,
	agreement: string,
): Promise<OwnerProposalRow | null> =>
	firstRow(tx.update(ownerProposals).set({ agreement }).where(isOpenOne(firm, id)).returning());

/** The changed row; null if it has ended. */
export const endOwnerProposal = (tx: Transaction, firm: string, id: string): Promise<OwnerProposalRow | null> =>
	firstRow(tx.update(ownerProposals).set({ isEnded: true }).where(isOpenOne(firm, id)).returning());

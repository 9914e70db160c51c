import { and, eq, getTableColumns, inArray, isNull, or, sql } from 'drizzle-orm';
import { type KeysetPage, orderOfPage, type Page, trimToPage, withinPage } from '../../keyset.ts';
import type { Transaction } from '../../plane.ts';
import { firstRow } from '../../single-row.ts';
import { foldedAddress, memberships, users } from '../../tables/index.ts';
import { publicUserColumns, type UserRow } from './users.ts';

export type MembershipRow = typeof memberships.$inferSelect;

/** The portal does not see the proof. */
export type MembershipWithoutProof = Omit<MembershipRow, 'mac'>;

/** Includes former members, who stay the authors of what they wrote. */
export const selectMembershipsByUsers = (
	tx: Transaction,
	ids: readonly string[],
): Promise<MembershipWithoutProof[]> => {
	const { mac: _, ...shown } = getTableColumns(memberships);
	return tx
		.select(shown)
		.from(memberships)
		.where(inArray(memberships.userId, [...ids]));
};

/** Null if the role sees none. */
export const selectMembership = (tx: Transaction, userId: string): Promise<MembershipRow | null> =>
	firstRow(tx.select().from(memberships).where(eq(memberships.userId, userId)));

/** A current membership in any firm that the role sees. */
export const selectMembershipByEmail = (tx: Transaction, email: string): Promise<MembershipRow | null> =>
	firstRow(
		tx
			.select(getTableColumns(memberships))
			.from(memberships)
			.innerJoin(users, eq(users.id, memberships.userId))
			.where(and(eq(foldedAddress(users.email), foldedAddress(email)), isNull(memberships.removedAt))),
	);

/**
 * Locks a membership and those of the firm's owners until the end of the transaction. In the order of the trigger keep_an_owner, so that two people
 * who change each other do not deadlock. Null if the role sees no such membership.
 */
export async function lockMembership(tx: Transaction, userId: string): Promise<MembershipRow | null> {
	const rows = await tx
		.select()
		.from(memberships)
		.where(or(eq(memberships.userId, userId), and(eq(memberships.role, 'OWNER'), isNull(memberships.removedAt))))
		.orderBy(memberships.userId)
		.for('no key update');
	return rows.find((row) => row.userId === userId) ?? null;
}

export async function insertMembership(
	tx: Transaction,
	membership: Proven<typeof memberships.$inferInsert>,
): Promise<void> {
	await tx.insert(memberships).values(membership);
}

/** The identity that a member's token must have. The firm's plane sees it only of the firm's own people, and only by this function. */
export interface MemberIdentity {
	readonly personId: string;
	readonly issuer: string;
	readonly subject: string;
}

/** Null if the user is not of the transaction's firm. */
export async function selectIdentityOfMember(tx: Transaction, userId: string): Promise<MemberIdentity | null> {
	const {
		rows: [row],
	} = await tx.execute(sql`
		select person_id as "personId", issuer, subject from public.identity_of_member(${userId})`);
	return (row as unknown as MemberIdentity | undefined) ?? null;
}

type Proven<Row> = Row & { readonly mac: Uint8Array };

export async function setMembership(
	tx: Transaction,
	userId: string,
	{ role, clientId, mac }: Proven<Pick<MembershipRow, 'role' | 'clientId'>>,
): Promise<void> {
	await tx.update(memberships).set({ role, clientId, mac }).where(eq(memberships.userId, userId));
}

/** `mac`: null for a row that had no proof. */
export async function endMembership(tx: Transaction, userId: string, mac: Uint8Array | null): Promise<void> {
	await tx.update(memberships).set({ removedAt: sql`now()`, mac }).where(eq(memberships.userId, userId));
}

/** An account in a list of members, which is ordered by `joinedAt`. */
export interface MemberRow extends UserRow {
	readonly joinedAt: Date;
}

export type MembersOf = 'firmId' | 'clientId';

/** The same page of members of each firm or client, in one statement. */
export async function selectMembersOf(
	tx: Transaction,
	of: MembersOf,
	parents: readonly string[],
	page: KeysetPage,
): Promise<ReadonlyMap<string, Page<MemberRow>>> {
	const members = tx
		.select({
			...publicUserColumns,
			joinedAt: sql`${memberships.createdAt}`.mapWith(memberships.createdAt).as('joined_at'),
		})
		.from(memberships)
		.innerJoin(users, eq(users.id, memberships.userId))
		.where(and(sql`${memberships[of]} = parent.id`, isNull(memberships.removedAt), ...withinPage(page)))
		.orderBy(...orderOfPage(page))
		.limit(page.limit + 1)
		.as('page');
	const { id, email, name, createdAt, disabledAt, joinedAt } = members;
	const read = await tx
		.select({ id, email, name, createdAt, disabledAt, joinedAt, parentId: sql<string>`parent.id` })
		.from(sql`unnest(${sql.param([...new Set(parents)])}::uuid[]) as parent(id)`)
		.crossJoinLateral(members);
	// The rows of each parent come from one ordered scan.
	const byParent = Map.groupBy(read, ({ parentId }) => parentId);
	return new Map([...byParent].map(([parent, own]) => [parent, trimToPage<MemberRow>(page, own)]));
}

/** Number of members of each parent; leaves out zeros. */
export async function countMembersOf(
	tx: Transaction,
	of: MembersOf,
	parents: readonly string[],
): Promise<ReadonlyMap<string, number>> {
	const rows = await tx
		.select({ parent: memberships[of], count: sql<number>`count(*)::int` })
		.from(memberships)
		.where(and(inArray(memberships[of], [...parents]), isNull(memberships.removedAt)))
		.groupBy(memberships[of]);
	return new Map(rows.map(({ parent, count }) => [parent as string, count]));
}

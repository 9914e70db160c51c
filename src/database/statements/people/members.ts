import { and, eq, getTableColumns, inArray, isNull, or, sql } from 'drizzle-orm';
import { type KeysetPage, orderOfPage, type Page, trimToPage, withinPage } from '../../keyset.ts';
import type { Transaction } from '../../plane.ts';
import { foldedAddress, memberships, users } from '../../tables/index.ts';
import { publicUserColumns, type UserRow } from './users.ts';

export type MembershipRow = typeof memberships.$inferSelect;

/** Without the proof, which the portal doesn't see. */
export type MembershipWithoutProof = Omit<MembershipRow, 'mac'>;

/** Former members are among them: what they wrote keeps its author. */
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

/** With its proof. null: there is none that the role sees. */
export async function selectMembership(tx: Transaction, userId: string): Promise<MembershipRow | null> {
	const [row] = await tx.select().from(memberships).where(eq(memberships.userId, userId));
	return row ?? null;
}

/** A present one, of whatever firm the role sees. */
export async function selectMembershipByEmail(tx: Transaction, email: string): Promise<MembershipRow | null> {
	const [row] = await tx
		.select(getTableColumns(memberships))
		.from(memberships)
		.innerJoin(users, eq(users.id, memberships.userId))
		.where(and(eq(foldedAddress(users.email), foldedAddress(email)), isNull(memberships.removedAt)));
	return row ?? null;
}

/**
 * Keeps a membership, and those of the firm's owners, as they are until the end of the transaction. All in one order, that of
 * the trigger keep_an_owner, so that two who change each other don't wait for each other. null: there is none that the role sees.
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

/** Who a token must say that a member is; the firm's plane sees it of its own people, and only by this. */
export interface MemberIdentity {
	readonly personId: string;
	readonly issuer: string;
	readonly subject: string;
}

/** null: no one of the firm that the transaction names. */
export async function selectIdentityOfMember(tx: Transaction, userId: string): Promise<MemberIdentity | null> {
	const {
		rows: [row],
	} = await tx.execute(sql`
		select person_id as "personId", issuer, subject from public.identity_of_member(${userId})`);
	return (row as unknown as MemberIdentity | undefined) ?? null;
}

/** What is written of a membership, with its proof. */
type Proven<Row> = Row & { readonly mac: Uint8Array };

/** Gives a role. */
export async function setMembership(
	tx: Transaction,
	userId: string,
	{ role, clientId, mac }: Proven<Pick<MembershipRow, 'role' | 'clientId'>>,
): Promise<void> {
	await tx.update(memberships).set({ role, clientId, mac }).where(eq(memberships.userId, userId));
}

/** `mac`: null leaves a row without proof that had none. */
export async function endMembership(tx: Transaction, userId: string, mac: Uint8Array | null): Promise<void> {
	await tx.update(memberships).set({ removedAt: sql`now()`, mac }).where(eq(memberships.userId, userId));
}

/** An account in a list of members, which is in the order in which they came. */
export interface MemberRow extends UserRow {
	readonly joinedAt: Date;
}

/** Whose members: a firm's, or a client's. */
export type MembersOf = 'firmId' | 'clientId';

/** The same page of the members of each firm or client, in one statement. */
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
	// Each parent's rows come from one scan, in its order.
	const byParent = Map.groupBy(read, ({ parentId }) => parentId);
	return new Map([...byParent].map(([parent, own]) => [parent, trimToPage<MemberRow>(page, own)]));
}

/** How many members each has; one without any is left out. */
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

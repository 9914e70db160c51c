import { and, desc, eq, inArray, isNotNull, ne, notInArray, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { foldedAddress, memberships, operators, users } from '../../tables/index.ts';

/** What may be shown of an account. Issuer, subject and person stay in the database. */
export const publicUserColumns = {
	id: users.id,
	email: users.email,
	name: users.name,
	createdAt: users.createdAt,
	disabledAt: users.disabledAt,
};

export type UserRow = Pick<typeof users.$inferSelect, keyof typeof publicUserColumns>;

export const selectUsersByIds = (tx: Transaction, ids: readonly string[]): Promise<UserRow[]> =>
	tx
		.select(publicUserColumns)
		.from(users)
		.where(inArray(users.id, [...ids]));

export interface Account {
	readonly id: string;
	readonly personId: string;
	readonly issuer: string;
	readonly subject: string;
}

/** An account, and where it is: in a firm, or (null) at the platform. */
export interface AffiliatedAccount extends Account {
	readonly firmId: string | null;
	readonly isPresent: boolean;
}

/**
 * Accounts with an e-mail address, those that have a place now before others, newer before older. `firm`: of this firm alone; null: of the
 * platform alone. An address is unique among those who are present in one of them.
 */
export const selectAccountsByEmail = (
	tx: Transaction,
	email: string,
	firm?: string | null,
): Promise<AffiliatedAccount[]> => {
	const isPresent = sql<boolean>`(${operators.userId} is not null or (${memberships.userId} is not null and ${memberships.removedAt} is null))`;
	return tx
		.select({
			id: users.id,
			personId: users.personId,
			issuer: users.issuer,
			subject: users.subject,
			firmId: memberships.firmId,
			isPresent,
		})
		.from(users)
		.leftJoin(memberships, eq(memberships.userId, users.id))
		.leftJoin(operators, eq(operators.userId, users.id))
		.where(
			and(
				eq(foldedAddress(users.email), foldedAddress(email)),
				firm === null ? isNotNull(operators.userId) : firm === undefined ? undefined : eq(memberships.firmId, firm),
			),
		)
		.orderBy(sql`${isPresent} desc`, desc(users.createdAt), desc(users.id));
};

/** The first of them. */
export const selectAccountByEmail = async (
	tx: Transaction,
	email: string,
	firm?: string | null,
): Promise<AffiliatedAccount | null> => (await selectAccountsByEmail(tx, email, firm))[0] ?? null;

export async function selectAccountById(tx: Transaction, id: string): Promise<Account | null> {
	const [row] = await tx
		.select({ id: users.id, personId: users.personId, issuer: users.issuer, subject: users.subject })
		.from(users)
		.where(eq(users.id, id));
	return row ?? null;
}

/** Whether a natural person has a place now, in another account than `except`: in a firm, or at the platform. */
export async function selectAffiliationsOfPerson(
	tx: Transaction,
	personId: string,
	except: string,
): Promise<{ readonly inFirm: boolean; readonly atPlatform: boolean }> {
	const [row] = await tx
		.select({
			inFirm: sql<boolean>`coalesce(bool_or(${memberships.userId} is not null and ${memberships.removedAt} is null), false)`,
			atPlatform: sql<boolean>`coalesce(bool_or(${operators.userId} is not null and ${operators.disabledAt} is null), false)`,
		})
		.from(users)
		.leftJoin(memberships, eq(memberships.userId, users.id))
		.leftJoin(operators, eq(operators.userId, users.id))
		.where(and(eq(users.personId, personId), ne(users.id, except)));
	return row ?? { inFirm: false, atPlatform: false };
}

type NewUser = Pick<typeof users.$inferInsert, 'id' | 'personId' | 'issuer' | 'subject' | 'email' | 'name'>;

/** By these columns alone, as no role may name others: since when the account is there, and that it is not disabled, the database says. */
export async function insertUser(tx: Transaction, user: NewUser): Promise<void> {
	const { id, personId, issuer, subject, email, name } = user;
	await tx.execute(sql`
		insert into public.users (id, person_id, issuer, subject, email, name)
		values (${id}, ${personId}, ${issuer}, ${subject}, ${email}, ${name})`);
}

export async function insertOperator(
	tx: Transaction,
	operator: typeof operators.$inferInsert & { readonly mac: Uint8Array },
): Promise<void> {
	await tx.insert(operators).values(operator);
}

/** With the proof of it. false: no such operator, or disabled already. */
export async function setOperatorDisabled(tx: Transaction, userId: string, mac: Uint8Array): Promise<boolean> {
	const rows = await tx
		.update(operators)
		.set({ disabledAt: sql`now()`, mac })
		.where(sql`${operators.userId} = ${userId} and ${operators.disabledAt} is null`)
		.returning({ id: operators.userId });
	return rows.length === 1;
}

/** Other roles, and by whose word, with the proof of them. */
export async function updateOperatorRoles(
	tx: Transaction,
	userId: string,
	row: Pick<typeof operators.$inferSelect, 'roles' | 'introducedBy' | 'introducedAt'> & { readonly mac: Uint8Array },
): Promise<void> {
	await tx.update(operators).set(row).where(eq(operators.userId, userId));
}

/** What the job of the transaction says of who is to operate the platform. false: it may not yet, or the account is another's by now. */
export async function appointOperator(
	tx: Transaction,
	{
		introducedBy,
		introducedAt,
		mac,
	}: Pick<typeof operators.$inferSelect, 'introducedBy' | 'introducedAt'> & {
		readonly mac: Uint8Array;
	},
): Promise<boolean> {
	const {
		rows: [row],
	} = await tx.execute(sql`
		select public.appoint_operator(${sql.param([...introducedBy])}::uuid[], ${sql.param(introducedAt, operators.introducedAt)}, ${mac}) as done`);
	return row?.done === true;
}

/** From all but these: without a proof a row gives no one a right. */
export async function clearOperatorProofs(tx: Transaction, except: readonly string[]): Promise<void> {
	await tx
		.update(operators)
		.set({ mac: null })
		.where(notInArray(operators.userId, [...except]));
}

/** Keeps those who operate as they are, one at a time: by their rows, which no other login can lock. */
export async function lockOperatorRows(tx: Transaction): Promise<void> {
	await tx.select({ id: operators.userId }).from(operators).orderBy(operators.userId).for('no key update');
}

/** One at a time makes the first ones, when there are no rows to hold. */
export async function lockFirstOperators(tx: Transaction): Promise<void> {
	await tx.execute(sql`select public.take_turn_of_first_approvers()`);
}

/** Someone who operates the platform, with what the proof is about. */
export type OperatorRow = Awaited<ReturnType<typeof selectOperators>>[number];

export const selectOperators = (tx: Transaction) =>
	tx
		.select({
			id: users.id,
			personId: users.personId,
			issuer: users.issuer,
			subject: users.subject,
			email: users.email,
			name: users.name,
			roles: operators.roles,
			disabledAt: operators.disabledAt,
			introducedBy: operators.introducedBy,
			introducedAt: operators.introducedAt,
			mac: operators.mac,
		})
		.from(operators)
		.innerJoin(users, eq(users.id, operators.userId));

export type OperatorRolesRow = Pick<typeof operators.$inferSelect, 'userId' | 'roles'>;

export const selectOperatorRoles = (tx: Transaction, ids: readonly string[]): Promise<OperatorRolesRow[]> =>
	tx
		.select({ userId: operators.userId, roles: operators.roles })
		.from(operators)
		.where(inArray(operators.userId, [...ids]));

/** Whether anyone operates the platform, or ever did. */
export async function hasOperators(tx: Transaction): Promise<boolean> {
	const rows = await tx.select({ id: operators.userId }).from(operators).limit(1);
	return rows.length > 0;
}

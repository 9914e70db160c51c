import { and, desc, eq, inArray, isNotNull, ne, notInArray, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { firstRow, isOneRow, selectBoolean } from '../../single-row.ts';
import { foldedAddress, memberships, operators, users } from '../../tables/index.ts';

/** The columns of an account that people may see: not issuer, subject and person. */
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

/** `firmId`: null for the platform. */
export interface AffiliatedAccount extends Account {
	readonly firmId: string | null;
	readonly isPresent: boolean;
}

/**
 * Accounts with an e-mail address: current members and operators first, then newer before older. `firm`: only accounts of this firm; null: only
 * of the platform. An address is unique among the current accounts of a firm, and of the platform.
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

/** The first of selectAccountsByEmail(). */
export const selectAccountByEmail = async (
	tx: Transaction,
	email: string,
	firm?: string | null,
): Promise<AffiliatedAccount | null> => (await selectAccountsByEmail(tx, email, firm))[0] ?? null;

export const selectAccountById = (tx: Transaction, id: string): Promise<Account | null> =>
	firstRow(
		tx
			.select({ id: users.id, personId: users.personId, issuer: users.issuer, subject: users.subject })
			.from(users)
			.where(eq(users.id, id)),
	);

/** Whether a natural person is now in a firm or at the platform, by another account than `except`. */
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

/** Sets only these columns, because no role may set others: the database sets the time, and that the account is enabled. */
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

/** `mac` proves the new row. False if the operator does not exist or is disabled already. */
export const setOperatorDisabled = (tx: Transaction, userId: string, mac: Uint8Array): Promise<boolean> =>
	isOneRow(
		tx
			.update(operators)
			.set({ disabledAt: sql`now()`, mac })
			.where(sql`${operators.userId} = ${userId} and ${operators.disabledAt} is null`)
			.returning({ id: operators.userId }),
	);

export async function updateOperatorRoles(
	tx: Transaction,
	userId: string,
	row: Pick<typeof operators.$inferSelect, 'roles' | 'introducedBy' | 'introducedAt'> & { readonly mac: Uint8Array },
): Promise<void> {
	await tx.update(operators).set(row).where(eq(operators.userId, userId));
}

/** Carries out the transaction's job, which names a new operator. False if the job may not run yet, or if the account has changed. */
export const appointOperator = (
	tx: Transaction,
	{
		introducedBy,
		introducedAt,
		mac,
	}: Pick<typeof operators.$inferSelect, 'introducedBy' | 'introducedAt'> & {
		readonly mac: Uint8Array;
	},
): Promise<boolean> =>
	selectBoolean(
		tx,
		sql`
		select public.appoint_operator(${sql.param([...introducedBy])}::uuid[], ${sql.param(introducedAt, operators.introducedAt)}, ${mac}) as done`,
	);

/** Removes the proofs of all operators except these, and so their rights. */
export async function clearOperatorProofs(tx: Transaction, except: readonly string[]): Promise<void> {
	await tx
		.update(operators)
		.set({ mac: null })
		.where(notInArray(operators.userId, [...except]));
}

/** Locks all operators' rows, which no other login can lock, so that changes of operators happen one at a time. */
export async function lockOperatorRows(tx: Transaction): Promise<void> {
	await tx.select({ id: operators.userId }).from(operators).orderBy(operators.userId).for('no key update');
}

/** The same before the first operator, when there are no rows to lock. */
export async function lockFirstOperators(tx: Transaction): Promise<void> {
	await tx.execute(sql`select public.take_turn_of_first_approvers()`);
}

/** An operator with the fields that the proof covers. */
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

/** The same on the operator plane, which sees the identities of operators only by a function. */
export const selectOperatorsOnTheirPlane = (tx: Transaction): Promise<OperatorRow[]> =>
	tx
		.select({
			id: users.id,
			personId: sql<string>`identity.person_id`,
			issuer: sql<string>`identity.issuer`,
			subject: sql<string>`identity.subject`,
			email: users.email,
			name: users.name,
			roles: operators.roles,
			disabledAt: operators.disabledAt,
			introducedBy: operators.introducedBy,
			introducedAt: operators.introducedAt,
			mac: operators.mac,
		})
		.from(operators)
		.innerJoin(users, eq(users.id, operators.userId))
		.innerJoin(sql`public.identities_of_operators() identity`, sql`identity.user_id = ${operators.userId}`);

export type OperatorRolesRow = Pick<typeof operators.$inferSelect, 'userId' | 'roles'>;

export const selectOperatorRoles = (tx: Transaction, ids: readonly string[]): Promise<OperatorRolesRow[]> =>
	tx
		.select({ userId: operators.userId, roles: operators.roles })
		.from(operators)
		.where(inArray(operators.userId, [...ids]));

/** Whether there is or was any operator. */
export async function hasOperators(tx: Transaction): Promise<boolean> {
	const rows = await tx.select({ id: operators.userId }).from(operators).limit(1);
	return rows.length > 0;
}

/**
 * Ends all sessions of an account of the plane's own side. Returns the milliseconds until a new token counts. `issuedAt`: when the token with
 * which the person asks was issued; null if that is unknown.
 */
export async function endSessions(tx: Transaction, userId: string, issuedAt: Date | null): Promise<number> {
	const {
		rows: [row],
	} = await tx.execute(sql`select public.end_sessions(${userId}, ${issuedAt?.toISOString() ?? null}) as pause`);
	return Number(row?.pause);
}

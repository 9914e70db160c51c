import { and, eq, isNull } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { firstRow } from '../../single-row.ts';
import { accessPolicies, memberships, operators, users } from '../../tables/index.ts';

/** The fields of an account that a proof covers. */
const identity = { userId: users.id, personId: users.personId, issuer: users.issuer, subject: users.subject };

/** Locks a firm's memberships without a proof, including former ones, until the end of the transaction. */
export const lockUnprovenMemberships = (tx: Transaction, firm: string) =>
	tx
		.select({
			...identity,
			role: memberships.role,
			clientId: memberships.clientId,
			removedAt: memberships.removedAt,
		})
		.from(memberships)
		.innerJoin(users, eq(users.id, memberships.userId))
		.where(and(eq(memberships.firmId, firm), isNull(memberships.mac)))
		.for('no key update', { of: memberships });

export async function proveMembership(tx: Transaction, userId: string, mac: Uint8Array): Promise<void> {
	await tx
		.update(memberships)
		.set({ mac })
		.where(and(eq(memberships.userId, userId), isNull(memberships.mac)));
}

/** The same for a firm's access policy; null if it has a proof. */
export const lockUnprovenPolicy = (tx: Transaction, firm: string) =>
	firstRow(
		tx
			.select()
			.from(accessPolicies)
			.where(and(eq(accessPolicies.firmId, firm), isNull(accessPolicies.mac)))
			.for('no key update'),
	);

export async function proveAccessPolicy(tx: Transaction, firm: string, mac: Uint8Array): Promise<void> {
	await tx
		.update(accessPolicies)
		.set({ mac })
		.where(and(eq(accessPolicies.firmId, firm), isNull(accessPolicies.mac)));
}

/** The same for all current and former operators. */
export const lockUnprovenOperators = (tx: Transaction) =>
	tx
		.select({
			...identity,
			roles: operators.roles,
			disabledAt: operators.disabledAt,
			introducedBy: operators.introducedBy,
			introducedAt: operators.introducedAt,
		})
		.from(operators)
		.innerJoin(users, eq(users.id, operators.userId))
		.where(isNull(operators.mac))
		.for('no key update', { of: operators });

export async function proveOperator(tx: Transaction, userId: string, mac: Uint8Array): Promise<void> {
	await tx
		.update(operators)
		.set({ mac })
		.where(and(eq(operators.userId, userId), isNull(operators.mac)));
}

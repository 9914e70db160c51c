import { and, eq, isNull } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { accessPolicies, memberships, operators, users } from '../../tables/index.ts';

/** What a proof says of an account. */
const identity = { userId: users.id, personId: users.personId, issuer: users.issuer, subject: users.subject };

/** Memberships of a firm without a proof, former ones too, kept as they are until the end of the transaction. */
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

/** The same of a firm's access policy; null: it has its proof. */
export async function lockUnprovenPolicy(tx: Transaction, firm: string) {
	const [row] = await tx
		.select()
		.from(accessPolicies)
		.where(and(eq(accessPolicies.firmId, firm), isNull(accessPolicies.mac)))
		.for('no key update');
	return row ?? null;
}

export async function proveAccessPolicy(tx: Transaction, firm: string, mac: Uint8Array): Promise<void> {
	await tx
		.update(accessPolicies)
		.set({ mac })
		.where(and(eq(accessPolicies.firmId, firm), isNull(accessPolicies.mac)));
}

/** The same of everybody who operates the platform, or did. */
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

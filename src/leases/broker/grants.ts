import type { ContentClass } from '../../access/index.ts';
import { insertGrantToken, type Transaction } from '../../database/index.ts';
import { type BrokerParts, type LeaseRef, leaseEntry } from './parts.ts';

const NAME = /^bg-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-([A-Z]+)$/;

/** A lease has one grant for each class. The name contains both, so that making a grant is idempotent, and an orphan can be attributed. */
export const grantName = (lease: string, keyClass: string): string => `bg-${lease}-${keyClass}`;

/** null if the grant doesn't belong to a lease. */
export function parseGrantName(name: string): { readonly lease: string; readonly class: string } | null {
	const [, lease, keyClass] = NAME.exec(name) ?? [];
	return lease && keyClass ? { lease, class: keyClass } : null;
}

interface GrantScope extends LeaseRef {
	readonly classes: readonly ContentClass[];
}

/**
 * Makes the grants of a lease, recorded first, and stores their tokens, with which they can be used at once. Also repeats the call for existing
 * grants, which makes no second grant, because an interrupted attempt may not have stored their tokens.
 */
export async function createGrants(
	{ keyring, audit }: Pick<BrokerParts, 'keyring' | 'audit'>,
	tx: Transaction,
	{ lease, firm, classes }: GrantScope,
): Promise<void> {
	const there = await keyring.listGrants(firm);
	const missing = classes.filter(
		(keyClass) => !there.some((grant) => grant.name === grantName(lease, keyClass) && grant.class === keyClass),
	);
	if (missing.length > 0) await audit.append([leaseEntry({ lease, firm }, { action: 'key.grant' })]);
	for (const keyClass of classes) {
		const { token } = await keyring.createGrant({ name: grantName(lease, keyClass), firm, class: keyClass });
		if (token !== undefined) await insertGrantToken(tx, { lease, class: keyClass }, token);
	}
}

/** Revokes all grants of a lease, whether or not they exist. */
export async function revokeGrants(
	{ keyring }: Pick<BrokerParts, 'keyring'>,
	{ lease, firm, classes }: GrantScope,
): Promise<void> {
	for (const keyClass of classes) await keyring.revokeGrant({ name: grantName(lease, keyClass), firm });
}

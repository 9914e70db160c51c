import type { ContentClass } from '../../access/index.ts';
import { insertGrantToken, type Transaction } from '../../database/index.ts';
import { type BrokerParts, type LeaseRef, leaseEntry } from './parts.ts';

const NAME = /^bg-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-([A-Z]+)$/;

/** One grant for each class of a lease, by a name that says both: making it twice makes one, and an orphan tells whose it was. */
export const grantName = (lease: string, keyClass: string): string => `bg-${lease}-${keyClass}`;

/** What a grant's name says; null for one that isn't of a lease. */
export function parseGrantName(name: string): { readonly lease: string; readonly class: string } | null {
	const [, lease, keyClass] = NAME.exec(name) ?? [];
	return lease && keyClass ? { lease, class: keyClass } : null;
}

interface GrantScope extends LeaseRef {
	readonly classes: readonly ContentClass[];
}

/**
 * Makes those grants that are missing, each on record before it is there, and keeps the tokens by which they may be used at once. Those
 * that are there are made again, which makes no other: the one who was cut off before may not have kept what came with them.
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

/** Takes all grants of a lease, whatever is there. */
export async function revokeGrants(
	{ keyring }: Pick<BrokerParts, 'keyring'>,
	{ lease, firm, classes }: GrantScope,
): Promise<void> {
	for (const keyClass of classes) await keyring.revokeGrant({ name: grantName(lease, keyClass), firm });
}

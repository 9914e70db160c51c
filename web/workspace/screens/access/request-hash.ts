import { canonicalRequest } from '../../../../src/access/lease-request.ts';
import { encodeContext } from '../../../../src/envelope/context.ts';
import type { LeaseTermsFragment } from '../../../kit/api/workspace.generated.ts';

/**
 * Whether the hash that an approval names is the hash of the request that this page shows: calculated here, so that a person agrees to exactly
 * what they have read. False too for a request whose reason or ticket is not shown.
 */
export async function hasMatchingHash(lease: LeaseTermsFragment, firm: string): Promise<boolean> {
	const { id, reason, ticket } = lease;
	if (reason === null || ticket === null) return false;
	const canonical = canonicalRequest({
		lease: id,
		firm,
		requestedBy: lease.requestedById,
		purpose: lease.purpose,
		reasonHash: await hexHash(encodeContext(['firmseal/lease-text/v1', id, reason])),
		ticketHash: await hexHash(encodeContext(['firmseal/lease-text/v1', id, ticket])),
		classes: lease.classes,
		coordinates: lease.coordinates,
		records: lease.recordIds,
		readBudget: lease.readBudget,
		minutes: lease.minutes,
	});
	return (await hexHash(new TextEncoder().encode(canonical))) === lease.requestHash;
}

async function hexHash(bytes: Uint8Array): Promise<string> {
	const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes.slice()));
	return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

import { canonicalRequest, type LeaseRequest } from '../../../src/access/lease-request.ts';
import { encodeContext } from '../../../src/envelope/context.ts';

/** A request as the API answers it, as far as its hash covers it. */
export interface ShownRequest
	extends Pick<LeaseRequest, 'classes' | 'coordinates' | 'purpose' | 'readBudget' | 'minutes'> {
	readonly id: string;
	readonly requestedById: string;
	/** Null if it is erased, or if the reader may not see it. */
	readonly reason: string | null;
	readonly ticket: string | null;
	readonly recordIds: readonly string[] | null;
	/** The hash as the server states it. */
	readonly requestHash: string;
}

/** The hash of the request as a page shows it (src/leases/README.md); null if a part of it is not shown. */
export async function hashOfShown(request: ShownRequest, firm: string): Promise<string | null> {
	const { id, reason, ticket } = request;
	if (reason === null || ticket === null) return null;
	const canonical = canonicalRequest({
		lease: id,
		firm,
		requestedBy: request.requestedById,
		purpose: request.purpose,
		reasonHash: await hexHash(encodeContext(['firmseal/lease-text/v1', id, reason])),
		ticketHash: await hexHash(encodeContext(['firmseal/lease-text/v1', id, ticket])),
		classes: request.classes,
		coordinates: request.coordinates,
		records: request.recordIds,
		readBudget: request.readBudget,
		minutes: request.minutes,
	});
	return hexHash(new TextEncoder().encode(canonical));
}

async function hexHash(bytes: Uint8Array): Promise<string> {
	const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes.slice()));
	return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

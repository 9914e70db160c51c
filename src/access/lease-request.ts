import canonicalize from 'canonicalize';
import type { ContentClass } from './capability.ts';
import type { Principal } from './principal.ts';

export const LEASE_PURPOSES = ['CUSTOMER_SUPPORT', 'INCIDENT', 'LEGAL_PROCESS', 'SECURITY_REVIEW'] as const;
export type LeasePurpose = (typeof LEASE_PURPOSES)[number];

/** What a lease opens. A list is never empty, so that no code can take an empty list for everything. */
export interface LeaseScope {
	readonly firm: string;
	readonly classes: readonly ContentClass[];
	/** `Type.field`. Null for every coordinate of the classes. */
	readonly coordinates: readonly string[] | null;
	/** Row ids. Null for every record. */
	readonly records: readonly string[] | null;
}

/** The request that approvers decide on. It holds its texts as hashes, so that the texts can be erased. */
export interface LeaseRequest extends LeaseScope {
	readonly lease: string;
	/** User id. */
	readonly requestedBy: string;
	readonly purpose: LeasePurpose;
	/** SHA-256, in hex, of the lease id and the reason. */
	readonly reasonHash: string;
	readonly ticketHash: string;
	/** Values that are not null, including repeats. Null for no limit. */
	readonly readBudget: number | null;
	readonly minutes: number;
}

const sorted = <T extends string>(list: readonly T[] | null): T[] | null => list && [...new Set(list)].sort();

/** The request as canonical JSON (RFC 8785). The request hash, and so every approval, is about this text. */
export const canonicalRequest = (request: LeaseRequest): string =>
	canonicalize({
		v: 1,
		lease: request.lease,
		firm: request.firm,
		requestedBy: request.requestedBy,
		purpose: request.purpose,
		reason: request.reasonHash,
		ticket: request.ticketHash,
		classes: sorted(request.classes),
		coordinates: sorted(request.coordinates),
		recordIds: sorted(request.records),
		readBudget: request.readBudget,
		minutes: request.minutes,
	}) as string;

/** Whether the principal may read the reason and ticket of a lease, the reasons of those who decided on it, and the report of what was opened under it. */
export const canReadJustification = (
	principal: Principal,
	{ requestedBy }: { readonly requestedBy: string },
): boolean =>
	principal.kind === 'firm'
		? principal.role === 'OWNER'
		: requestedBy === principal.user || principal.roles.has('APPROVER') || principal.roles.has('AUDITOR');

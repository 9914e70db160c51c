import canonicalize from 'canonicalize';
import type { ContentClass } from './capability.ts';
import type { Principal } from './principal.ts';

export const LEASE_PURPOSES = ['CUSTOMER_SUPPORT', 'INCIDENT', 'LEGAL_PROCESS', 'SECURITY_REVIEW'] as const;
export type LeasePurpose = (typeof LEASE_PURPOSES)[number];

/** What a lease would open. Never an empty list: one that says nothing must not come to mean everything. */
export interface LeaseScope {
	readonly firm: string;
	readonly classes: readonly ContentClass[];
	/** `Type.field`; null: every coordinate of the classes. */
	readonly coordinates: readonly string[] | null;
	/** Row ids; null: every record. */
	readonly records: readonly string[] | null;
}

/** A request as it is decided on. What it says in words is there by hashes, so that the words can be erased. */
export interface LeaseRequest extends LeaseScope {
	readonly lease: string;
	/** User id. */
	readonly requestedBy: string;
	readonly purpose: LeasePurpose;
	/** SHA-256, in hex, of the lease id and the reason. */
	readonly reasonHash: string;
	readonly ticketHash: string;
	/** Values that are not null, repeats included; null: no limit. */
	readonly readBudget: number | null;
	readonly minutes: number;
}

const sorted = <T extends string>(list: readonly T[] | null): T[] | null => list && [...new Set(list)].sort();

/** The request as canonical JSON (RFC 8785): what its hash, and so every approval, is of. */
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

/** Who reads what a lease was asked for in words, and the report of what was opened under it: no one else does. */
export const canReadJustification = (
	principal: Principal,
	{ requestedBy }: { readonly requestedBy: string },
): boolean =>
	principal.kind === 'firm'
		? principal.role === 'OWNER'
		: requestedBy === principal.user || principal.roles.has('APPROVER') || principal.roles.has('AUDITOR');

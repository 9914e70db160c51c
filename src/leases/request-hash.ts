import { hash } from 'node:crypto';
import { canonicalRequest, type LeaseRequest } from '../access/index.ts';
import type { LeaseRow } from '../database/index.ts';
import { encodeContext } from '../envelope/index.ts';

/** SHA-256 of what a request says in words, 32 bytes. With the lease's id, so that two requests that say the same don't show it. */
export const hashLeaseText = (lease: string, text: string): Uint8Array =>
	hash('sha256', encodeContext(['firmseal/lease-text/v1', lease, text]), 'buffer');

export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** SHA-256 of the canonical request, 32 bytes: what approvals are bound to. */
export const hashLeaseRequest = (request: LeaseRequest): Uint8Array =>
	hash('sha256', canonicalRequest(request), 'buffer');

/** What a row asks for, read off the row itself and not off the hash that stands beside it. */
export const leaseRequestOf = (row: LeaseRow): LeaseRequest => ({
	lease: row.id,
	firm: row.firmId,
	requestedBy: row.requestedBy,
	purpose: row.purpose,
	reasonHash: hexOf(row.reasonHash),
	ticketHash: hexOf(row.ticketHash),
	classes: row.classes,
	coordinates: row.coordinates,
	records: row.recordIds,
	readBudget: row.readBudget,
	minutes: row.minutes,
});

/** Whether the hash that stands in a row is of what the row asks for. */
export const isRequestHashIntact = (row: LeaseRow): boolean =>
	Buffer.compare(hashLeaseRequest(leaseRequestOf(row)), row.requestHash) === 0;

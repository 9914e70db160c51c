import { hash } from 'node:crypto';
import { canonicalRequest, type LeaseRequest } from '../access/index.ts';
import type { LeaseRow } from '../database/index.ts';
import { encodeContext } from '../envelope/index.ts';

/** SHA-256 of a text of the request, 32 bytes. Includes the lease's id, so that equal texts of two requests have different hashes. */
export const hashLeaseText = (lease: string, text: string): Uint8Array =>
	hash('sha256', encodeContext(['firmseal/lease-text/v1', lease, text]), 'buffer');

export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** SHA-256 of the canonical request, 32 bytes. Approvals are bound to it. */
export const hashLeaseRequest = (request: LeaseRequest): Uint8Array =>
	hash('sha256', canonicalRequest(request), 'buffer');

/** The request from the row's own columns, without its stored hash. */
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

/** Whether the row's stored hash matches its columns. */
export const isRequestHashIntact = (row: LeaseRow): boolean =>
	Buffer.compare(hashLeaseRequest(leaseRequestOf(row)), row.requestHash) === 0;

import { v7 as uuidv7 } from 'uuid';
import { type OperatorPrincipal, requestStatement } from '../access/index.ts';
import {
	countOpenLeases,
	insertLease,
	insertLeaseTexts,
	isIntegrityViolation,
	isRequestLimitExceeded,
	type LeaseRow,
	type NewLease,
	selectAccessPolicy,
	selectFirmByName,
	selectLease,
	selectPresentIds,
	type Transaction,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import { PLATFORM_FIRM_ID } from '../keys/index.ts';
import { hashLeaseRequest, hashLeaseText, hexOf } from './request-hash.ts';
import {
	type CheckedLeaseRequest,
	checkLeaseRequest,
	type EncryptedType,
	type LeaseRequestInput,
	typesInClasses,
} from './request-input.ts';
import type { LeaseServices } from './transition.ts';

/** Leases of one person of which something may still come. */
const MAX_OPEN_LEASES = 10;

/**
 * Asks for a lease, on exactly one firm. Nothing can be read by it yet: others have to agree.
 * @throws FirmsealError BAD_USER_INPUT, NOT_FOUND for the firm, FORBIDDEN for a firm that takes no requests, CONFLICT for one that
 * is suspended and for anyone who has ten open leases, RATE_LIMITED for anyone who has asked the firm for more than the database's bounds
 * allow within an hour or a day, KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
 */
export async function requestLease(
	services: LeaseServices,
	content: readonly EncryptedType[],
	by: OperatorPrincipal,
	input: LeaseRequestInput,
): Promise<LeaseRow> {
	const asked = checkLeaseRequest(input, content);
	await services.plane.read(null, (tx) => checkFirmAndRecords(tx, asked, content));
	// Before a transaction is open: the key may have to be fetched.
	const lease = await proveRequest(services, by, asked);
	return translateRequestConflicts(() => services.plane.write(null, (tx) => insertRequest(services, tx, lease, asked)));
}

async function checkFirmAndRecords(
	tx: Transaction,
	{ firmId, classes, recordIds }: CheckedLeaseRequest,
	content: readonly EncryptedType[],
): Promise<void> {
	await checkFirm(tx, firmId);
	if (!recordIds) return;
	const tables = typesInClasses(content, classes).map(({ table }) => table);
	if ((await selectPresentIds(tx, tables, firmId, recordIds)).size < recordIds.length)
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'The recordIds must all be records of this firm with content of the classes asked for.',
		);
}

/** The row of the request, with the hash of what is asked for and the MAC that says who asked. */
async function proveRequest(
	{ rights }: Pick<LeaseServices, 'rights'>,
	{ user }: OperatorPrincipal,
	{ reason, ticket, firmId, recordIds, ...rest }: CheckedLeaseRequest,
): Promise<NewLease> {
	const id = uuidv7();
	const reasonHash = hashLeaseText(id, reason);
	const ticketHash = hashLeaseText(id, ticket);
	const requestHash = hashLeaseRequest({
		...rest,
		reasonHash: hexOf(reasonHash),
		ticketHash: hexOf(ticketHash),
		lease: id,
		firm: firmId,
		records: recordIds,
		requestedBy: user,
	});
	const statement = requestStatement({
		lease: id,
		firm: firmId,
		requestHash: hexOf(requestHash),
		requestedBy: user,
	});
	return {
		...rest,
		id,
		firmId,
		requestedBy: user,
		classes: [...rest.classes],
		coordinates: rest.coordinates && [...rest.coordinates],
		recordIds: recordIds && [...recordIds],
		reasonHash,
		ticketHash,
		requestHash,
		requestMac: await rights.prove(PLATFORM_FIRM_ID, statement),
	};
}

async function insertRequest(
	services: LeaseServices,
	tx: Transaction,
	lease: NewLease,
	{ reason, ticket }: Pick<CheckedLeaseRequest, 'reason' | 'ticket'>,
): Promise<LeaseRow> {
	const { id, firmId, requestedBy, requestHash } = lease;
	// First: from here on no other request of the person comes in between.
	await insertLease(tx, lease);
	if ((await countOpenLeases(tx, requestedBy)) > MAX_OPEN_LEASES)
		throw new FirmsealError(
			'CONFLICT',
			`You have ${MAX_OPEN_LEASES} open leases: cancel or release one before you ask for another.`,
		);
	await insertLeaseTexts(tx, { leaseId: id, firmId, reason, ticket });
	await services.record({ action: 'lease.request', firm: firmId, lease: id, hash: hexOf(requestHash) });
	const row = await selectLease(tx, id);
	if (!row) throw new Error('A lease that was written is not to be seen.');
	return row;
}

async function checkFirm(tx: Transaction, id: string): Promise<void> {
	const firm = await selectFirmByName(tx, id);
	if (!firm) throw new FirmsealError('NOT_FOUND', 'There is no such firm: firms lists them.');
	if (firm.status !== 'ACTIVE')
		throw new FirmsealError(
			'CONFLICT',
			'The firm is suspended, and takes no requests: `firmseal firm resume` ends that.',
		);
	const policy = await selectAccessPolicy(tx, id);
	if (!policy || policy.policy === 'NEVER')
		throw new FirmsealError(
			'FORBIDDEN',
			"The firm takes no requests, its access policy is NEVER: ask the firm's owners.",
		);
}

/** What the database's triggers refuse: a firm that has changed since it was looked at, and a request too many. @throws FirmsealError CONFLICT, RATE_LIMITED */
async function translateRequestConflicts<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (isRequestLimitExceeded(error))
			throw new FirmsealError(
				'RATE_LIMITED',
				'You have asked this firm for too many leases within an hour or a day: use one that you have, or ask again later.',
			);
		if (isIntegrityViolation(error))
			throw new FirmsealError(
				'CONFLICT',
				'The firm takes no requests now, or you are no longer an operator: look at its status and your roles.',
			);
		throw error;
	}
}

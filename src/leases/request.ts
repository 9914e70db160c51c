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
	selectFirmCustody,
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

/** Leases of one person that have not ended. */
export const MAX_OPEN_LEASES = 10;

/**
 * Requests a lease on exactly one firm. It allows nothing until others have approved it.
 * @throws FirmsealError BAD_USER_INPUT, NOT_FOUND for the firm, FORBIDDEN if the firm accepts no requests, CONFLICT if the firm is suspended or
 * the person has ten open leases, RATE_LIMITED if the person has made too many requests to this firm within an hour or a day,
 * KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
 */
export async function requestLease(
	services: LeaseServices,
	content: readonly EncryptedType[],
	by: OperatorPrincipal,
	input: LeaseRequestInput,
): Promise<LeaseRow> {
	const asked = checkLeaseRequest(input, content);
	await services.plane.read(null, (tx) => checkFirmAndRecords(tx, asked, content));
	// Before a transaction is open, because the key may have to be fetched.
	const lease = await proveRequest(services, by, asked);
	return translateRequestConflicts(() => services.plane.write(null, (tx) => insertRequest(services, tx, lease, asked)));
}

async function checkFirmAndRecords(
	tx: Transaction,
	{ firmId, classes, recordIds }: CheckedLeaseRequest,
	content: readonly EncryptedType[],
): Promise<void> {
	await checkFirm(tx, firmId);
	await refuseInFirmCustody(tx, firmId, classes);
	if (!recordIds) return;
	const tables = typesInClasses(content, classes).map(({ table }) => table);
	if ((await selectPresentIds(tx, tables, firmId, recordIds)).size < recordIds.length)
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'The recordIds must all be records of this firm with content of the requested classes.',
		);
}

/** @throws FirmsealError BAD_USER_INPUT for a class whose keys only the firm's devices hold */
async function refuseInFirmCustody(tx: Transaction, firm: string, classes: readonly string[]): Promise<void> {
	const held = await selectFirmCustody(tx, firm);
	const named = held.filter((each) => each.custody !== 'PLATFORM' && classes.includes(each.class));
	if (named.length === 0) return;
	throw new FirmsealError(
		'BAD_USER_INPUT',
		`The firm holds the keys of ${named.map((each) => each.class).join(' and ')} itself, so a lease would open nothing: leave the class out. Leases on such classes come with a later version.`,
	);
}

/** The row of the request, with its hash and the MAC that proves the requester. */
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
	// First, because the insert makes concurrent requests of this person wait.
	await insertLease(tx, lease);
	if ((await countOpenLeases(tx, requestedBy)) > MAX_OPEN_LEASES)
		throw new FirmsealError(
			'CONFLICT',
			`You have ${MAX_OPEN_LEASES} open leases: cancel or release one before you ask for another.`,
		);
	await insertLeaseTexts(tx, { leaseId: id, firmId, reason, ticket });
	await services.record({ action: 'lease.request', firm: firmId, lease: id, hash: hexOf(requestHash) });
	const row = await selectLease(tx, id);
	if (!row) throw new Error('A lease that was just written is not visible.');
	return row;
}

async function checkFirm(tx: Transaction, id: string): Promise<void> {
	const firm = await selectFirmByName(tx, id);
	if (!firm) throw new FirmsealError('NOT_FOUND', 'This firm does not exist: the query `firms` lists all firms.');
	if (firm.status !== 'ACTIVE')
		throw new FirmsealError(
			'CONFLICT',
			'The firm is suspended and accepts no requests: resume it with `firmseal firm resume`.',
		);
	const policy = await selectAccessPolicy(tx, id);
	if (!policy || policy.policy === 'NEVER')
		throw new FirmsealError(
			'FORBIDDEN',
			'The firm accepts no requests, because its access policy is NEVER: ask the firm’s owners.',
		);
}

/** Translates refusals of the database's triggers: the firm has changed since the check, or there are too many requests. @throws FirmsealError */
async function translateRequestConflicts<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (isRequestLimitExceeded(error))
			throw new FirmsealError(
				'RATE_LIMITED',
				'You have requested too many leases on this firm within an hour or a day: use a lease that you have, or try again later.',
			);
		if (isIntegrityViolation(error))
			throw new FirmsealError(
				'CONFLICT',
				'The firm accepts no requests now, or you are no longer an operator: check the firm’s status and your roles.',
			);
		throw error;
	}
}

import { v7 as uuidv7 } from 'uuid';
import { AGREED_KINDS, exactJson, isBodyOf, isSecondSignature, type KeyLog } from '../../custody/index.ts';
import {
	agreeToOwnerProposal,
	endOwnerProposal,
	insertOwnerProposal,
	isRequestLimitExceeded,
	type OwnerProposalRow,
	selectOpenOwnerProposal,
} from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { ActingMember, RequestServices } from '../acting-member.ts';

/**
 * An owner proposes an entry of the key log to the other owners. The service only checks that it is one.
 * @throws FirmsealError BAD_USER_INPUT for what no entry can contain, RATE_LIMITED for a twenty-first open proposal of the firm
 */
export async function proposeToOwners(
	{ plane }: RequestServices,
	{ firm, user }: ActingMember,
	{ kind, body }: { readonly kind: string; readonly body: string },
): Promise<OwnerProposalRow> {
	if (!isAgreedBody(kind, body))
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'This is no decision that two owners make, as canonical JSON: update the application, and propose again.',
		);
	const id = uuidv7();
	try {
		return await plane.write(firm, async (tx) => {
			await insertOwnerProposal(tx, { firmId: firm, id, person: user, kind, body });
			return open(await selectOpenOwnerProposal(tx, firm, id));
		});
	} catch (error) {
		if (isRequestLimitExceeded(error))
			throw new FirmsealError('RATE_LIMITED', 'Twenty proposals are open: end those that are no longer wanted.');
		throw error;
	}
}

/**
 * Another owner agrees. A later agreement replaces it. Whether the signature is right, the proposer's device checks.
 * @throws FirmsealError FORBIDDEN for the proposer, BAD_USER_INPUT unless it is made by an active device of the caller, NOT_FOUND
 */
export async function agreeToProposal(
	{ plane, keyLogs }: RequestServices,
	{ firm, user }: ActingMember,
	{ id, agreement }: { readonly id: string; readonly agreement: string },
): Promise<OwnerProposalRow> {
	const { person } = open(await plane.read(firm, (tx) => selectOpenOwnerProposal(tx, firm, id)));
	if (person === user)
		throw new FirmsealError('FORBIDDEN', 'You have proposed this yourself: another owner has to agree.');
	if (!isBy(user, await keyLogs.read(firm), parsed(agreement)))
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'This is no agreement of one of your devices with the firm’s key log: read the key log again, and agree again.',
		);
	return open(await plane.write(firm, (tx) => agreeToOwnerProposal(tx, firm, id, agreement)));
}

/** An owner withdraws or refuses it, or it stands in the key log. @throws FirmsealError NOT_FOUND */
export const endProposal = async (
	{ plane }: RequestServices,
	{ firm }: ActingMember,
	id: string,
): Promise<OwnerProposalRow> => open(await plane.write(firm, (tx) => endOwnerProposal(tx, firm, id)));

function isBy(user: string, log: KeyLog | null, signed: unknown): boolean {
	if (log === null || !isSecondSignature(signed)) return false;
	const device = log.devices.get(signed.device);
	return device?.person === user && device.revoked === null && log.chain.at(signed.seq)?.hash === signed.head;
}

function isAgreedBody(kind: string, text: string): boolean {
	const known = AGREED_KINDS.find((each) => each === kind);
	const body = parsed(text);
	return known !== undefined && isBodyOf(known, body) && exactJson(body) === text;
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

function open(row: OwnerProposalRow | null): OwnerProposalRow {
	if (row) return row;
	throw new FirmsealError(
		'NOT_FOUND',
		'The firm has no open proposal with this id: it was ended, or its seven days are over. Propose it again.',
	);
}

import { identifyToken, selectAffiliationsOfPerson, type TokenIdentity, type Transaction } from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import { KeyUnavailableError, type RightsProofs } from '../keys/index.ts';
import type { AdminContext } from './administration.ts';
import { statementOfMember } from './proofs.ts';

type AccountName = { readonly issuer: string; readonly subject: string };

/** Whether an account belongs to a firm, or belongs or ever belonged to the platform. */
export const isAffiliated = ({ firmId, removed, operatorRoles }: TokenIdentity): boolean =>
	operatorRoles !== null || (firmId !== null && !removed);

/** Person id of a former member; null if it is not proven, or can't be verified now. */
export async function findFormerPersonId(
	rights: Pick<RightsProofs, 'verify'>,
	{ userId, personId, firmId, firmRole: role, clientId, membershipMac }: TokenIdentity,
	{ issuer, subject }: AccountName,
): Promise<string | null> {
	if (firmId === null || role === null) return null;
	const ended = { firmId, role, clientId, removedAt: new Date() };
	try {
		const isProven = await rights.verify(
			firmId,
			statementOfMember(ended, userId, { personId, issuer, subject }),
			membershipMac,
		);
		return isProven ? personId : null;
	} catch (error) {
		if (error instanceof KeyUnavailableError) return null;
		throw error;
	}
}

/**
 * Gives an account that the platform makes the person id of its former membership. With a person claim, the account already has the right id.
 * @throws FirmsealError CONFLICT for a person who already belongs to a firm or to the platform.
 */
export async function withFormerPersonId<
	Account extends AccountName & { readonly id: string; readonly personId: string },
>(
	{ rights, personClaim }: Pick<AdminContext, 'rights' | 'personClaim'>,
	tx: Transaction,
	account: Account,
): Promise<Account> {
	const known = await identifyToken(tx, account.issuer, account.subject);
	if (known && isAffiliated(known)) throw personAlreadyAffiliatedError();
	await assertNotAffiliated(tx, account);
	if (!known || personClaim !== null) return account;
	return { ...account, personId: (await findFormerPersonId(rights, known, account)) ?? account.personId };
}

/** @throws FirmsealError CONFLICT for a person who belongs to a firm or to the platform with another account. */
export async function assertNotAffiliated(
	tx: Transaction,
	{ id, personId }: { readonly id: string; readonly personId: string },
): Promise<void> {
	const { inFirm, atPlatform } = await selectAffiliationsOfPerson(tx, personId, id);
	if (inFirm || atPlatform) throw personAlreadyAffiliatedError();
}

/** @throws FirmsealError CONFLICT for a person in a firm. A person may have several accounts at the platform. */
export async function assertNotInFirm(
	tx: Transaction,
	{ id, personId }: { readonly id: string; readonly personId: string },
): Promise<void> {
	if ((await selectAffiliationsOfPerson(tx, personId, id)).inFirm) throw personAlreadyAffiliatedError();
}

const personAlreadyAffiliatedError = () => new FirmsealError('CONFLICT', PERSON_ALREADY_AFFILIATED);

export const PERSON_ALREADY_AFFILIATED =
	'This person already belongs to a firm or to the platform, and a person can belong to only one: name another person.';

import { type Identity, identify, selectPlacesOfPerson, type Transaction } from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import { KeyUnavailableError, type Rights } from '../keys/index.ts';
import type { Office } from './administration.ts';
import { statementOfMember } from './proofs.ts';

type Names = { readonly issuer: string; readonly subject: string };

/** Whether an account has a place now: in a firm, or at the platform, where it is for ever. */
export const hasPlace = ({ firmId, removed, operatorRoles }: Identity): boolean =>
	operatorRoles !== null || (firmId !== null && !removed);

/** The natural person behind a former member; null: that is not proven, or can't be found out now. */
export async function formerPerson(
	rights: Pick<Rights, 'holds'>,
	{ userId, personId, firmId, firmRole: role, clientId, membershipMac }: Identity,
	{ issuer, subject }: Names,
): Promise<string | null> {
	if (firmId === null || role === null) return null;
	const ended = { firmId, role, clientId, removedAt: new Date() };
	try {
		const isProven = await rights.holds(
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
 * The same for an account that the platform makes in a firm; where a claim tells persons apart, it has said who it is.
 * @throws FirmsealError CONFLICT for a person who has a place.
 */
export async function withFormerPerson<Account extends Names & { readonly id: string; readonly personId: string }>(
	{ rights, personClaim }: Pick<Office, 'rights' | 'personClaim'>,
	tx: Transaction,
	account: Account,
): Promise<Account> {
	const known = await identify(tx, account.issuer, account.subject);
	if (known && hasPlace(known)) throw placed();
	await assertFree(tx, account);
	if (!known || personClaim !== null) return account;
	return { ...account, personId: (await formerPerson(rights, known, account)) ?? account.personId };
}

/** @throws FirmsealError CONFLICT for a person who has a place by another account. */
export async function assertFree(
	tx: Transaction,
	{ id, personId }: { readonly id: string; readonly personId: string },
): Promise<void> {
	const { inFirm, atPlatform } = await selectPlacesOfPerson(tx, personId, id);
	if (inFirm || atPlatform) throw placed();
}

/** @throws FirmsealError CONFLICT for a person of a firm: at the platform they may have several accounts. */
export async function assertOfNoFirm(
	tx: Transaction,
	{ id, personId }: { readonly id: string; readonly personId: string },
): Promise<void> {
	if ((await selectPlacesOfPerson(tx, personId, id)).inFirm) throw placed();
}

const placed = () => new FirmsealError('CONFLICT', PLACED);

/** Of a person whom the platform wants to give a place. */
export const PLACED =
	'This person belongs to a firm or to the platform already, and a person belongs to one at a time: name another person.';

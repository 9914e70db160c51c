import {
	type FirmSignIn,
	isSameEmailAddress,
	lowerCaseAscii,
	type Newcomer,
	type SignInTime,
	signInStatement,
} from '../access/index.ts';
import type { ContentSession } from '../content/index.ts';
import { endOpenInvitations, type FirmSignInRow, selectFirmSignIn, updateFirmSignIn } from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import type { ActingMember, RequestServices } from './acting-member.ts';
import { notifyFirm } from './notify-firm.ts';
import { assertFreshSignIn, refuseUnprovenRow } from './refusals.ts';

/** The domain of an address, in lower case. */
const DOMAIN = /^(?=.{1,253}$)(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)+(?!-)[a-z0-9-]{1,63}(?<!-)$/;
const ISSUER = /^[!-~]{1,255}$/;

/** Limit for issuers, and for domains. */
const MAX_NAMES = 20;

/**
 * Sets the issuers and e-mail domains that new members must have. Present members stay. Ends all open invitations, because a person with a link
 * who could not use it under the old rules could use it under the new ones. If the rules are the same, nothing is changed or recorded.
 * @throws FirmsealError BAD_USER_INPUT, FORBIDDEN without a fresh sign-in, KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
 */
export async function setFirmSignIn(
	services: RequestServices,
	acting: ActingMember,
	signedIn: SignInTime,
	input: FirmSignIn,
): Promise<void> {
	const { firm, session } = acting;
	const next = {
		issuers: checkNames(input.issuers, ISSUER),
		domains: checkNames(input.domains.map(lowerCaseAscii), DOMAIN),
	};
	const { issuer } = services.accountIssuer;
	if (next.issuers.length > 0 && !next.issuers.includes(issuer))
		throw new FirmsealError(
			'BAD_USER_INPUT',
			`The issuers must include ${issuer}, because people sign in here by no other issuer.`,
		);
	// Before a transaction is open, because keys may have to be fetched.
	const mac = await services.rights.prove(firm, signInStatement({ firm, ...next }));
	const seen = await services.plane.read(firm, (tx) => selectFirmSignIn(tx, firm));
	if (seen && isSameSignIn(seen, next) && (await isSignInProven(services, seen))) return;
	await services.plane.write(firm, async (tx) => {
		await assertFreshSignIn(tx, 'Changing where members come from', signedIn);
		await updateFirmSignIn(tx, { firmId: firm, ...next, mac });
		await notifyFirm(tx, acting, { kind: 'SIGN_IN_CHANGED' });
		const ended = await endOpenInvitations(tx, firm);
		await services.content.record(session, { action: 'policy.change' });
		if (ended.length > 0) await services.content.record(session, { action: 'invitation.revoke', records: ended });
	});
}

function checkNames(names: readonly string[], form: RegExp): string[] {
	const distinct = [...new Set(names)].sort();
	if (distinct.length > MAX_NAMES || !distinct.every((name) => form.test(name)))
		throw new FirmsealError(
			'BAD_USER_INPUT',
			`Give at most ${MAX_NAMES} issuers, as in the tokens, and at most ${MAX_NAMES} domains, such as firm.example.`,
		);
	return distinct;
}

export const isSameSignIn = (a: FirmSignIn | null, b: FirmSignIn | null): boolean =>
	JSON.stringify([a?.issuers, a?.domains]) === JSON.stringify([b?.issuers, b?.domains]);

const isSignInProven = ({ rights }: Pick<RequestServices, 'rights'>, { firmId, mac, ...says }: FirmSignInRow) =>
	rights.verify(firmId, signInStatement({ firm: firmId, ...says }), mac);

/**
 * The firm's proven rules for new members.
 * @throws FirmsealError FORBIDDEN, which is recorded, if SQL has changed or deleted the rules; KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
 */
export async function findProvenSignIn(
	services: RequestServices,
	firm: string,
	session: ContentSession,
): Promise<FirmSignIn> {
	const row = await services.plane.read(firm, (tx) => selectFirmSignIn(tx, firm));
	if (!row || !(await isSignInProven(services, row)))
		return refuseUnprovenRow(
			services,
			{ firm, session, record: firm },
			'The firm’s sign-in rules cannot be proven, because they were changed outside Firmseal: an owner must set them again by setFirmSignIn.',
		);
	return { issuers: row.issuers, domains: row.domains };
}

const domainOf = (email: string) => lowerCaseAscii(email.slice(email.lastIndexOf('@') + 1));

/** @throws FirmsealError BAD_USER_INPUT for an address of another domain. */
export function assertInvitable({ domains }: FirmSignIn, email: string): void {
	if (domains.length > 0 && !domains.includes(domainOf(email)))
		throw new FirmsealError('BAD_USER_INPUT', `The firm admits only addresses at ${domains.join(', ')}.`);
}

/** Why the firm doesn't admit a person by an invitation to this address; null if it does. */
export function whyNotAdmitted({ issuers, domains }: FirmSignIn, who: Newcomer, email: string): string | null {
	if (issuers.length > 0 && !issuers.includes(who.issuer))
		return 'The firm does not admit accounts of your issuer: sign in with the issuer that the firm tells you.';
	if (domains.length === 0) return null;
	const isInvited = who.email !== null && isSameEmailAddress(who.email, email) && domains.includes(domainOf(email));
	if (isInvited) return null;
	return 'The firm admits only the invited address: sign in with an account that has this address as its verified e-mail address.';
}

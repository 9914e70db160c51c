import {
	type FirmSignIn,
	isSameEmailAddress,
	lowerCaseAscii,
	type Newcomer,
	type SignInTime,
	signInStatement,
} from '../access/index.ts';
import type { ContentSession } from '../content/index.ts';
import {
	endOpenInvitations,
	type FirmSignInRow,
	selectFirmSignIn,
	updateFirmSignIn as storeSignIn,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import type { ActingMember, RequestServices } from './acting-member.ts';
import { notifyFirm } from './notify-firm.ts';
import { assertFreshSignIn, refuseUnprovenRow } from './refusals.ts';

/** What stands behind the @ of an address, in lower case. */
const DOMAIN = /^(?=.{1,253}$)(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)+(?!-)[a-z0-9-]{1,63}(?<!-)$/;
const ISSUER = /^[!-~]{1,255}$/;

/** Issuers, and domains, that a firm may name. */
const MAX_NAMES = 20;

/**
 * Where new members of the firm must come from, from now on; who is a member stays one. It ends all open invitations: their links may be in hands
 * that were of no use to them under what was asked before. What it says already is no change, and leaves no trace.
 * @throws FirmsealError BAD_USER_INPUT, FORBIDDEN for an old sign-in, KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
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
		throw new FirmsealError('BAD_USER_INPUT', `Name ${issuer} among the issuers: people sign in here by no other.`);
	// Before a transaction is open: keys may have to be fetched.
	const mac = await services.rights.prove(firm, signInStatement({ firm, ...next }));
	const seen = await services.plane.read(firm, (tx) => selectFirmSignIn(tx, firm));
	if (seen && isSameSignIn(seen, next) && (await isSignInProven(services, seen))) return;
	await services.plane.write(firm, async (tx) => {
		await assertFreshSignIn(tx, 'Saying where members come from', signedIn);
		await storeSignIn(tx, { firmId: firm, ...next, mac });
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
			`Give at most ${MAX_NAMES} issuers as tokens name them, and domains such as firm.example.`,
		);
	return distinct;
}

export const isSameSignIn = (a: FirmSignIn | null, b: FirmSignIn | null): boolean =>
	JSON.stringify([a?.issuers, a?.domains]) === JSON.stringify([b?.issuers, b?.domains]);

const isSignInProven = ({ rights }: Pick<RequestServices, 'rights'>, { firmId, mac, ...says }: FirmSignInRow) =>
	rights.verify(firmId, signInStatement({ firm: firmId, ...says }), mac);

/**
 * What the firm asks of who joins, proven.
 * @throws FirmsealError FORBIDDEN, on record, where SQL has changed it or taken it away; KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
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
			"Where the firm's people must come from can't be proven, it was changed outside Firmseal: an owner must say it again by setFirmSignIn.",
		);
	return { issuers: row.issuers, domains: row.domains };
}

const domainOf = (email: string) => lowerCaseAscii(email.slice(email.lastIndexOf('@') + 1));

/** @throws FirmsealError BAD_USER_INPUT for an address of another domain. */
export function assertInvitable({ domains }: FirmSignIn, email: string): void {
	if (domains.length > 0 && !domains.includes(domainOf(email)))
		throw new FirmsealError('BAD_USER_INPUT', `The firm takes in addresses of ${domains.join(', ')} only.`);
}

/** Why the firm doesn't take a person in by an invitation of this address; null: it does. */
export function whyNotAdmitted({ issuers, domains }: FirmSignIn, who: Newcomer, email: string): string | null {
	if (issuers.length > 0 && !issuers.includes(who.issuer))
		return 'The firm takes in accounts of other issuers than yours only: sign in where it tells you to.';
	if (domains.length === 0) return null;
	const isInvited = who.email !== null && isSameEmailAddress(who.email, email) && domains.includes(domainOf(email));
	if (isInvited) return null;
	return 'The firm asks for the address that it has invited: sign in with an account whose verified e-mail address it is.';
}

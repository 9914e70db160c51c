import { v7 as uuidv7 } from 'uuid';
import type { FirmPrincipal } from '../../src/access/index.ts';
import { authorizationOf } from '../../src/content/index.ts';
import {
	type ActingMember,
	acceptInvitation,
	type InvitationInput,
	inviteMember,
	type RequestServices,
	toActingMember,
} from '../../src/firms/index.ts';

/** A person of a firm, with the services of their plane. */
export interface DemoPerson {
	readonly services: RequestServices;
	readonly principal: FirmPrincipal;
}

/** Acts as the person, as one API request would: with their rights, encrypted and audited. */
export async function actAsPerson<T>(
	{ services, principal }: DemoPerson,
	work: (services: RequestServices, acting: ActingMember) => Promise<T>,
): Promise<T> {
	const session = services.content.begin(authorizationOf(principal, uuidv7(), null));
	try {
		return await work(services, toActingMember(session, principal));
	} finally {
		// After a failure too, because values may have been opened before it.
		await services.content.settle(session);
	}
}

/** A person who is invited and accepts immediately. */
export interface NewMember extends InvitationInput {
	/** The account's subject at the issuer; the account id unless given, as with the built-in issuer. */
	readonly subject?: string;
}

/** Invites a person as the owner, and accepts as the person. @returns the id of the new account */
export async function joinFirm(services: RequestServices, acting: ActingMember, who: NewMember): Promise<string> {
	const { secret } = await inviteMember(services, acting, new Date(), who);
	const id = uuidv7();
	const newcomer = {
		issuer: services.accountIssuer.issuer,
		subject: who.subject ?? id,
		email: who.email,
		person: null,
	};
	await acceptInvitation(services, newcomer, { secret, id, request: acting.session.authorization.request });
	return id;
}

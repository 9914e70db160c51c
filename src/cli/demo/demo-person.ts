import { v7 as uuidv7 } from 'uuid';
import type { FirmPrincipal } from '../../access/index.ts';
import { authorizationOf } from '../../content/index.ts';
import {
	type ActingMember,
	acceptInvitation,
	type InvitationInput,
	inviteMember,
	type RequestServices,
	toActingMember,
} from '../../firms/index.ts';

/** A person of a firm, with the services of their plane. */
export interface DemoPerson {
	readonly services: RequestServices;
	readonly principal: FirmPrincipal;
}

/** Does one thing as this person would by one request: under their rights, sealed, on record. */
export async function runAsDemoPerson<T>(
	{ services, principal }: DemoPerson,
	work: (services: RequestServices, acting: ActingMember) => Promise<T>,
): Promise<T> {
	const session = services.content.begin(authorizationOf(principal, uuidv7(), null));
	try {
		return await work(services, toActingMember(session, principal));
	} finally {
		// Also of what failed: it may have opened something.
		await services.content.settle(session);
	}
}

/** A person who is invited and accepts at once. */
export interface NewMember extends InvitationInput {
	/** What the issuer calls the account; its id unless given, as the built-in issuer does. */
	readonly subject?: string;
}

/** Both ends of an invitation: an owner invites, and the person joins. Answers the account's id. */
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

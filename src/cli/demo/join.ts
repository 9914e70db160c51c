import { v7 as uuidv7 } from 'uuid';
import {
	type ActingMember,
	acceptInvitation,
	type InvitationInput,
	inviteMember,
	type RequestServices,
} from '../../firms/index.ts';

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
	await acceptInvitation(services, newcomer, { secret, id, request: acting.access.authorization.request });
	return id;
}

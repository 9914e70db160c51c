import { v7 as uuidv7 } from 'uuid';
import { type Acting, acceptInvitation, type Desk, type Invited, inviteMember } from '../../firms/index.ts';

/** A person who is invited and accepts at once. */
export interface Joining extends Invited {
	/** What the issuer calls the account; its id unless given, as the built-in issuer does. */
	readonly subject?: string;
}

/** Both ends of an invitation, for who plays both: an owner and who joins. Answers the account's id. */
export async function joinFirm(desk: Desk, acting: Acting, who: Joining): Promise<string> {
	const { secret } = await inviteMember(desk, acting, new Date(), who);
	const id = uuidv7();
	const newcomer = { issuer: desk.accounts.issuer, subject: who.subject ?? id, email: who.email, person: null };
	await acceptInvitation(desk, newcomer, { secret, id, request: acting.access.terms.request });
	return id;
}

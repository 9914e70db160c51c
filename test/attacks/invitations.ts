import { v7 as uuidv7 } from 'uuid';
import { claimsOf } from '../support/claims.ts';
import { forgeToken, type Person, type Scene } from './scene.ts';

export const INVITE =
	'mutation ($input: InviteMemberInput!) { inviteMember(input: $input) { invitation { id } path } }';
export const ACCEPT = 'mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { userId firmId } }';

export type Answer = Awaited<ReturnType<Scene['api']['ask']>>;
export const code = ({ errors }: Answer) => errors[0]?.extensions.code ?? 'OK';

/** Shared actions of tests of invitations. `scene` is called once it exists. */
export function invitationsOf(scene: () => Scene) {
	const stranger = (sub: string = uuidv7(), claims: Record<string, unknown> = {}) =>
		forgeToken(scene().installation.directory, { ...claimsOf(scene().north.owner), sub, ...claims });
	const accept = (person: Person, invitation: string) => scene().api.ask(person, ACCEPT, { input: { invitation } });

	async function invite(by: Person = scene().north.owner, input: Record<string, unknown> = {}) {
		const { data, text } = await scene().api.ask(by, INVITE, {
			input: { email: `${uuidv7()}@x.example`, name: 'Invited', role: 'MEMBER', ...input },
		});
		if (!data?.inviteMember) throw new Error(text);
		return { id: data.inviteMember.invitation.id as string, secret: data.inviteMember.path.split('=')[1] as string };
	}

	/** The rows that give a person a seat. */
	const seatState = async () =>
		JSON.stringify([
			await scene().admin`select * from memberships order by user_id`,
			await scene().admin`select * from seats order by user_id`,
			await scene().admin`select id from users order by id`,
		]);

	return { accept, invite, seatState, stranger };
}

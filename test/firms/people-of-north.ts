import type { Scene } from '../attacks/scene.ts';
import type { Answer } from '../support/ask.ts';

export const REMOVE = 'mutation ($input: RemoveMemberInput!) { removeMember(input: $input) { user { id removedAt } } }';
export const NOTICES =
	'{ notices { totalCount nodes { kind role actor { id } user { id } invitationId firmId createdAt } } }';

export const code = ({ errors }: Answer) => errors[0]?.extensions.code ?? 'OK';

/** Members of the firm `north`, and the notices to its owner about them. `scene` is called when the scene exists. */
export function peopleOfNorth(scene: () => Scene) {
	const owner = () => scene().north.owner;
	const seen = async (query: string) => (await scene().api.ask(owner(), query)).data.notices;
	return {
		owner,
		add: (name: string, more: Partial<Parameters<Scene['installation']['addMember']>[1]> = {}) =>
			scene().installation.addMember(owner(), { email: `${name}@north.example`, name: `Name of ${name}`, ...more }),
		lastNotice: async () => (await seen(NOTICES)).nodes[0],
		countNotices: async (): Promise<number> => (await seen('{ notices { totalCount } }')).totalCount,
		actionsOf: async (answer: { readonly headers: Headers }) =>
			(await scene().entriesOf(answer)).map(({ action, records, decision }) => ({ action, records, decision })),
	};
}

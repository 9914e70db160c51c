import type { UserRow } from '../../database/index.ts';
import { type RequestContext, reachFor } from '../context.ts';
import type { UserResolvers } from '../schema-types.generated.ts';

/** null: there is no such account, or not for this caller, who may see at least itself. */
export async function findUser(context: RequestContext, id: string): Promise<UserRow | null> {
	const { principal, loaders } = context;
	const reach = reachFor(context, 'user');
	return id === principal.user || reach === 'firm' || reach === 'all' ? loaders.users.load(id) : null;
}

export const userResolvers: UserResolvers = {
	firm: async ({ id }, _args, { loaders }) => {
		const membership = await loaders.memberships.load(id);
		return membership && loaders.firms.load(membership.firmId);
	},
	role: async ({ id }, _args, { loaders }) => (await loaders.memberships.load(id))?.role ?? null,
	/** A firm's people are nobody's operators, and their plane doesn't see the table. */
	operatorRoles: async ({ id }, _args, { loaders, principal }) =>
		principal.kind === 'firm' ? [] : ((await loaders.operatorRoles.load(id))?.roles ?? []),
};

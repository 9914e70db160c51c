import type { UserResolvers } from '../schema-types.generated.ts';

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

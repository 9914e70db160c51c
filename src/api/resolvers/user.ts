import { visibilityOf } from '../../access/index.ts';
import type { UserRow } from '../../database/index.ts';
import { contentSessionOf } from '../../encryption-directive/index.ts';
import { signOutEverywhere } from '../../firms/index.ts';
import { authorizeOperation, clientOf, firmOf, type RequestContext } from '../context.ts';
import type { MutationResolvers, UserResolvers } from '../schema-types.generated.ts';
import { loadRow } from '../workspace/index.ts';
import { noticesFor } from './notices.ts';

/** Null if the account does not exist or the caller may not see it. A caller always sees their own. */
export async function findUser(context: RequestContext, id: string): Promise<UserRow | null> {
	const { principal, loaders } = context;
	const reach = visibilityOf(principal, 'User');
	return id === principal.user || reach === 'firm' || reach === 'all' ? loaders.users.load(id) : null;
}

/** Operators see each other. A firm sees no one of the platform. */
export const visibleOperator = (
	{ principal, loaders }: RequestContext,
	user: string,
): Promise<UserRow | null> | null => (principal.kind === 'operator' ? loaders.users.load(user) : null);

/** A person of a firm. */
export function visibleMember({ principal, loaders }: RequestContext, user: string): Promise<UserRow | null> | null {
	const reach = visibilityOf(principal, 'User');
	return reach === 'firm' || reach === 'all' ? loaders.users.load(user) : null;
}

export const userResolvers: UserResolvers = {
	firm: async ({ id }, _args, { loaders }) => {
		const membership = await loaders.memberships.load(id);
		return membership && loaders.firms.load(membership.firmId);
	},
	role: async ({ id }, _args, { loaders }) => (await loaders.memberships.load(id))?.role ?? null,
	client: async ({ id }, _args, context, info) => {
		const clientId = (await context.loaders.memberships.load(id))?.clientId ?? null;
		return clientId === null ? null : loadRow(context, 'Client', clientId, info);
	},
	/** A portal client is a customer, and need not know who has left. */
	removedAt: async ({ id }, _args, context) =>
		clientOf(context) === null ? ((await context.loaders.memberships.load(id))?.removedAt ?? null) : null,
	notices: ({ id }, args, context) => (id === context.principal.user ? noticesFor(context, args) : null),
	/** A firm's people are no operators, and their plane can't read that table. */
	operatorRoles: async ({ id }, _args, { loaders, principal }) =>
		principal.kind === 'firm' ? [] : ((await loaders.operatorRoles.load(id))?.roles ?? []),
};

export const userMutations: Required<Pick<MutationResolvers, 'signOutEverywhere'>> = {
	async signOutEverywhere(_parent, _args, context) {
		authorizeOperation(context, 'Mutation', 'signOutEverywhere');
		const { principal, issuedAt, revocationServices } = context;
		const { plane, content, clock } = revocationServices;
		const record = (act: Parameters<typeof content.record>[1]) => content.record(contentSessionOf(context), act);
		await signOutEverywhere({ plane, record, clock }, { user: principal.user, firm: firmOf(context), issuedAt });
		return { userId: principal.user };
	},
};

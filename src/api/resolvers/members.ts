import { visibilityOf } from '../../access/index.ts';
import {
	countMembersOf,
	type MemberRow,
	type MembersOf,
	type RowRef,
	selectFirmSignIn,
	selectMembersOf,
	selectOpenInvitations,
	selectOwnerRecoveries,
	selectUsersByIds,
	tables,
	type UserRow,
} from '../../database/index.ts';
import {
	acceptInvitation,
	callerAlreadyAffiliatedError,
	cancelOwnRecovery,
	invitationPath,
	inviteMember,
	MAX_OPEN_INVITATIONS,
	removeMember,
	revokeInvitation,
	setFirmSignIn,
	setMemberRole,
} from '../../firms/index.ts';
import type { Connection, ConnectionArgs, ListOrder } from '../connection.ts';
import { authorizeMember, authorizeOperation, firmOf, type RequestContext } from '../context.ts';
import { loadNestedConnection } from '../nested-connection.ts';
import type {
	ClientResolvers,
	FirmResolvers,
	InvitationResolvers,
	MutationResolvers,
	OwnerRecoveryResolvers,
} from '../schema-types.generated.ts';

type MemberMutation =
	| 'inviteMember'
	| 'acceptInvitation'
	| 'revokeInvitation'
	| 'setFirmSignIn'
	| 'setMemberRole'
	| 'removeMember'
	| 'cancelOwnerRecovery';

export const memberMutations: Required<Pick<MutationResolvers, MemberMutation>> = {
	async inviteMember(_parent, { input }, context) {
		const { invitation, secret } = await inviteMember(
			context.services,
			authorizeMember(context, 'inviteMember'),
			context.authTime,
			input,
		);
		return { invitation, path: invitationPath(secret) };
	},
	async acceptInvitation(_parent, { input }, context) {
		if (!context.newcomer) {
			authorizeOperation(context, 'Mutation', 'acceptInvitation');
			throw callerAlreadyAffiliatedError();
		}
		const of = { secret: input.invitation, request: context.requestId };
		const { user, firm } = await acceptInvitation(context.services, context.newcomer, of);
		return { userId: user, firmId: firm };
	},
	revokeInvitation: async (_parent, { input }, context) => ({
		invitation: await revokeInvitation(
			context.revocationServices,
			authorizeMember(context, 'revokeInvitation'),
			input.invitationId,
		),
	}),
	async setFirmSignIn(_parent, { input }, context) {
		const acting = authorizeMember(context, 'setFirmSignIn');
		await setFirmSignIn(context.services, acting, context.authTime, input);
		const firm = await context.loaders.firms.load(acting.firm);
		if (!firm) throw new Error('An owner does not see their own firm.');
		return { firm };
	},
	setMemberRole: async (_parent, { input }, context) => ({
		user: await userOf(
			context,
			await setMemberRole(
				context.revocationServices,
				authorizeMember(context, 'setMemberRole'),
				context.authTime,
				input,
			),
		),
	}),
	removeMember: async (_parent, { input }, context) => ({
		user: await userOf(
			context,
			await removeMember(context.revocationServices, authorizeMember(context, 'removeMember'), context.authTime, input),
		),
	}),
	cancelOwnerRecovery: async (_parent, _args, context) => ({
		id: await cancelOwnRecovery(context.revocationServices, authorizeMember(context, 'cancelOwnerRecovery')),
	}),
};

async function userOf(context: RequestContext, id: string): Promise<UserRow> {
	const [user] = await context.revocationServices.plane.read(firmOf(context), (tx) => selectUsersByIds(tx, [id]));
	if (!user) throw new Error('The caller does not see a member that they have changed.');
	return user;
}

export const invitationResolvers: Pick<InvitationResolvers, 'invitedBy'> = {
	invitedBy: ({ invitedBy }, _args, { loaders }) => loaders.users.load(invitedBy),
};

export const firmResolvers: Pick<FirmResolvers, 'members' | 'ownerRecovery' | 'invitations' | 'signIn'> = {
	invitations({ id }, _args, { principal, services }) {
		if (visibilityOf(principal, 'Invitation') !== 'firm') return null;
		return services.plane.read(id, (tx) => selectOpenInvitations(tx, id, MAX_OPEN_INVITATIONS));
	},
	signIn({ id }, _args, { principal, services }) {
		if (visibilityOf(principal, 'FirmSignIn') !== 'firm') return null;
		return services.plane.read(id, (tx) => selectFirmSignIn(tx, id));
	},
	members: ({ id }, args, context) => {
		const reach = visibilityOf(context.principal, 'User');
		return reach === 'firm' || reach === 'all' ? membersOf(context, 'firmId', { firmId: id, id }, args) : null;
	},
	ownerRecovery: ({ id }, _args, context) => {
		if (visibilityOf(context.principal, 'OwnerRecovery') === null) return null;
		return context.loaders
			.byId('Firm.ownerRecovery', async (ids) => {
				const rows = await context.services.plane.read(firmOf(context), (tx) => selectOwnerRecoveries(tx, ids));
				return new Map(rows.map((row) => [row.firmId, row]));
			})
			.load(id);
	},
};

/** A portal client finds only its own people, since its role sees no others. */
export const clientResolvers: Pick<ClientResolvers, 'members'> = {
	members: (client, args, context) => membersOf(context, 'clientId', client, args),
};

/** Null while that person does not belong to the firm, which can't see them before. */
export const ownerRecoveryResolvers: Pick<OwnerRecoveryResolvers, 'user'> = {
	user: ({ userId }, _args, { loaders }) => loaders.users.load(userId),
};

const orderOf = (of: MembersOf): ListOrder<MemberRow> => ({
	name: `members:${of}`,
	column: tables.memberships.createdAt,
	id: tables.memberships.userId,
	descending: false,
	valueOf: ({ joinedAt }) => joinedAt.toISOString(),
});

/** One statement for all firms or clients of a list level. */
function membersOf(
	context: RequestContext,
	of: MembersOf,
	parent: RowRef,
	args: ConnectionArgs,
): Promise<Connection<MemberRow>> {
	const { services } = context;
	const scope = firmOf(context);
	return loadNestedConnection(context, parent, args, {
		key: of,
		order: orderOf(of),
		pages: (parents, page) => services.plane.read(scope, (tx) => selectMembersOf(tx, of, idsOf(parents), page)),
		counts: (parents) => services.plane.read(scope, (tx) => countMembersOf(tx, of, idsOf(parents))),
	});
}

const idsOf = (parents: readonly RowRef[]) => parents.map(({ id }) => id);

import { sightOf } from '../../access/index.ts';
import {
	countMembersOf,
	type MemberRow,
	type MembersOf,
	type RowKey,
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
	belongsAlready,
	cancelOwnRecovery,
	inviteMember,
	MOST_INVITATIONS,
	pathOf,
	removeMember,
	revokeInvitation,
	setFirmSignIn,
	setMemberRole,
} from '../../firms/index.ts';
import type { Connection, ConnectionArgs, ListOrder } from '../connection.ts';
import { actingFor, firmOf, type RequestContext, requireReach } from '../context.ts';
import { nestedConnection } from '../nested-connection.ts';
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
			context.desk,
			actingFor(context, 'inviteMember'),
			context.authTime,
			input,
		);
		return { invitation, path: pathOf(secret) };
	},
	async acceptInvitation(_parent, { input }, context) {
		if (!context.newcomer) {
			requireReach(context, 'Mutation', 'acceptInvitation');
			throw belongsAlready();
		}
		const of = { secret: input.invitation, request: context.requestId };
		const { user, firm } = await acceptInvitation(context.desk, context.newcomer, of);
		return { userId: user, firmId: firm };
	},
	revokeInvitation: async (_parent, { input }, context) => ({
		invitation: await revokeInvitation(context.exit, actingFor(context, 'revokeInvitation'), input.invitationId),
	}),
	async setFirmSignIn(_parent, { input }, context) {
		const acting = actingFor(context, 'setFirmSignIn');
		await setFirmSignIn(context.desk, acting, context.authTime, input);
		const firm = await context.loaders.firms.load(acting.firm);
		if (!firm) throw new Error('The firm of one of its owners is not to be seen.');
		return { firm };
	},
	setMemberRole: async (_parent, { input }, context) => ({
		user: await userOf(
			context,
			await setMemberRole(context.exit, actingFor(context, 'setMemberRole'), context.authTime, input),
		),
	}),
	removeMember: async (_parent, { input }, context) => ({
		user: await userOf(
			context,
			await removeMember(context.exit, actingFor(context, 'removeMember'), context.authTime, input),
		),
	}),
	cancelOwnerRecovery: async (_parent, _args, context) => ({
		id: await cancelOwnRecovery(context.exit, actingFor(context, 'cancelOwnerRecovery')),
	}),
};

async function userOf(context: RequestContext, id: string): Promise<UserRow> {
	const [user] = await context.exit.plane.read(firmOf(context), (tx) => selectUsersByIds(tx, [id]));
	if (!user) throw new Error('A member that was written is not to be seen.');
	return user;
}

export const invitationResolvers: Pick<InvitationResolvers, 'invitedBy'> = {
	invitedBy: ({ invitedBy }, _args, { loaders }) => loaders.users.load(invitedBy),
};

export const firmResolvers: Pick<FirmResolvers, 'members' | 'ownerRecovery' | 'invitations' | 'signIn'> = {
	invitations({ id }, _args, { principal, desk }) {
		if (sightOf(principal, 'Invitation') !== 'firm') return null;
		return desk.plane.read(id, (tx) => selectOpenInvitations(tx, id, MOST_INVITATIONS));
	},
	signIn({ id }, _args, { principal, desk }) {
		if (sightOf(principal, 'FirmSignIn') !== 'firm') return null;
		return desk.plane.read(id, (tx) => selectFirmSignIn(tx, id));
	},
	members: ({ id }, args, context) => {
		const reach = sightOf(context.principal, 'User');
		return reach === 'firm' || reach === 'all' ? membersOf(context, 'firmId', { firmId: id, id }, args) : null;
	},
	ownerRecovery: ({ id }, _args, context) => {
		if (sightOf(context.principal, 'OwnerRecovery') === null) return null;
		return context.loaders
			.of('Firm.ownerRecovery', async (ids) => {
				const rows = await context.desk.plane.read(firmOf(context), (tx) => selectOwnerRecoveries(tx, ids));
				return new Map(rows.map((row) => [row.firmId, row]));
			})
			.load(id);
	},
};

/** A portal client finds its own people only: its role sees no others. */
export const clientResolvers: Pick<ClientResolvers, 'members'> = {
	members: (client, args, context) => membersOf(context, 'clientId', client, args),
};

/** Somebody who isn't of the firm yet can't be seen by it. */
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
	parent: RowKey,
	args: ConnectionArgs,
): Promise<Connection<MemberRow>> {
	const { desk } = context;
	const scope = firmOf(context);
	return nestedConnection(context, parent, args, {
		key: of,
		order: orderOf(of),
		pages: (parents, page) => desk.plane.read(scope, (tx) => selectMembersOf(tx, of, idsOf(parents), page)),
		counts: (parents) => desk.plane.read(scope, (tx) => countMembersOf(tx, of, idsOf(parents))),
	});
}

const idsOf = (parents: readonly RowKey[]) => parents.map(({ id }) => id);

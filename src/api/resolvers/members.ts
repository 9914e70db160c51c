import { sightOf } from '../../access/index.ts';
import {
	countMembersOf,
	type MemberRow,
	type MembersOf,
	type RowKey,
	selectMembersOf,
	selectOwnerRecoveries,
	tables,
	type UserRow,
} from '../../database/index.ts';
import { addMember, cancelOwnRecovery, removeMember, setMemberRole } from '../../firms/index.ts';
import type { Connection, ConnectionArgs, ListOrder } from '../connection.ts';
import { actingFor, firmOf, type RequestContext } from '../context.ts';
import { nestedConnection } from '../nested-connection.ts';
import type {
	ClientResolvers,
	FirmResolvers,
	MutationResolvers,
	OwnerRecoveryResolvers,
} from '../schema-types.generated.ts';

type MemberMutation = 'addMember' | 'setMemberRole' | 'removeMember' | 'cancelOwnerRecovery';

export const memberMutations: Required<Pick<MutationResolvers, MemberMutation>> = {
	addMember: async (_parent, { input }, context) => ({
		user: await userOf(context, await addMember(context.desk, actingFor(context, 'addMember'), input)),
	}),
	setMemberRole: async (_parent, { input }, context) => ({
		user: await userOf(context, await setMemberRole(context.desk, actingFor(context, 'setMemberRole'), input)),
	}),
	removeMember: async (_parent, { input }, context) => ({
		user: await userOf(context, await removeMember(context.desk, actingFor(context, 'removeMember'), input)),
	}),
	cancelOwnerRecovery: async (_parent, _args, context) => ({
		id: await cancelOwnRecovery(context.desk, actingFor(context, 'cancelOwnerRecovery')),
	}),
};

async function userOf({ loaders }: RequestContext, id: string): Promise<UserRow> {
	const user = await loaders.users.load(id);
	if (!user) throw new Error('A member that was written is not to be seen.');
	return user;
}

export const firmResolvers: Pick<FirmResolvers, 'members' | 'ownerRecovery'> = {
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
	const { loaders, desk } = context;
	const scope = firmOf(context);
	return nestedConnection(loaders, parent, args, {
		key: of,
		order: orderOf(of),
		pages: (parents, page) => desk.plane.read(scope, (tx) => selectMembersOf(tx, of, idsOf(parents), page)),
		counts: (parents) => desk.plane.read(scope, (tx) => countMembersOf(tx, of, idsOf(parents))),
	});
}

const idsOf = (parents: readonly RowKey[]) => parents.map(({ id }) => id);

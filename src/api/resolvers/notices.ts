import { reachOf, visibilityOf } from '../../access/index.ts';
import {
	countNotices,
	type DeliveryRow,
	type NoticeReader,
	type NoticeRow,
	selectDeliveries,
	selectNotice,
	selectNotices,
	tables,
} from '../../database/index.ts';
import { type Connection, type ConnectionArgs, type ListOrder, loadConnection } from '../connection.ts';
import { authorizeOperation, firmOf, type RequestContext } from '../context.ts';
import type { NoticeOrder, NoticeResolvers, QueryResolvers } from '../schema-types.generated.ts';

const orderOf = (order: NoticeOrder): ListOrder<NoticeRow> => ({
	name: `notices:${order}`,
	column: tables.notices.createdAt,
	id: tables.notices.id,
	descending: order === 'CREATED_AT_DESC',
	valueOf: ({ createdAt }) => createdAt.toISOString(),
});

export interface NoticeArgs extends ConnectionArgs {
	readonly orderBy?: NoticeOrder | null;
}

/** How the caller may read notices; null if not at all. A caller who may list all notices of a firm reads all. */
function readerOf({ principal }: RequestContext): NoticeReader | null {
	if (visibilityOf(principal, 'Notice') === null) return null;
	return reachOf(principal, 'notices') === null ? 'MEMBER' : 'OWNER';
}

/** The notices of the caller's firm that the caller may read; null if none. */
export function noticesFor(context: RequestContext, args: NoticeArgs): Promise<Connection<NoticeRow>> | null {
	const reader = readerOf(context);
	if (reader === null) return null;
	const { plane } = context.services;
	const firm = firmOf(context);
	return loadConnection(
		context.party,
		args,
		orderOf(args.orderBy ?? 'CREATED_AT_DESC'),
		(page) => plane.read(firm, (tx) => selectNotices(tx, reader, page)),
		() => plane.read(firm, (tx) => countNotices(tx, reader)),
	);
}

/** Null if the notice does not exist or the caller may not see it. */
export async function findNotice(context: RequestContext, id: string): Promise<NoticeRow | null> {
	const reader = readerOf(context);
	return reader && context.services.plane.read(firmOf(context), (tx) => selectNotice(tx, reader, id));
}

export const noticeQueries: Required<Pick<QueryResolvers, 'notices'>> = {
	notices(_parent, args, context) {
		authorizeOperation(context, 'Query', 'notices');
		const notices = noticesFor(context, args);
		if (!notices) throw new Error('An operator may call notices.');
		return notices;
	},
};

async function deliveryOf(context: RequestContext, id: string): Promise<DeliveryRow | null> {
	if (readerOf(context) !== 'OWNER') return null;
	const { services, loaders } = context;
	const deliveries = loaders.byId('deliveries', async (ids) => {
		const rows = await services.plane.read(firmOf(context), (tx) => selectDeliveries(tx, ids));
		return new Map(rows.map((row) => [row.messageId, row]));
	});
	return deliveries.load(id);
}

export const noticeResolvers: Pick<NoticeResolvers, 'actor' | 'user' | 'delivery'> = {
	actor: ({ actorId }, _args, { loaders }) => (actorId === null ? null : loaders.users.load(actorId)),
	user: ({ userId }, _args, { loaders }) => (userId === null ? null : loaders.users.load(userId)),
	async delivery({ id }, _args, context) {
		const row = await deliveryOf(context, id);
		return row && { ...row, nextAttemptAt: row.deliveredAt ? null : row.nextAt };
	},
};

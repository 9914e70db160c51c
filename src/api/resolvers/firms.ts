import { countFirms, type FirmRow, selectFirms, tables } from '../../database/index.ts';
import { type ListOrder, loadConnection } from '../connection.ts';
import { authorizeOperation, firmOf } from '../context.ts';
import type { FirmOrder, QueryResolvers } from '../schema-types.generated.ts';

function orderOf(order: FirmOrder): ListOrder<FirmRow> {
	const common = { name: `firms:${order}`, id: tables.firms.id, descending: order.endsWith('DESC') };
	return order.startsWith('SLUG')
		? { ...common, column: tables.firms.slug, valueOf: ({ slug }) => slug }
		: { ...common, column: tables.firms.createdAt, valueOf: ({ createdAt }) => createdAt.toISOString() };
}

export const firmQueries: Required<Pick<QueryResolvers, 'firm' | 'firms'>> = {
	firm(_parent, { id }, context) {
		authorizeOperation(context, 'Query', 'firm');
		return context.loaders.firms.load(id);
	},

	firms(_parent, args, context) {
		authorizeOperation(context, 'Query', 'firms');
		const { plane } = context.services;
		const firm = firmOf(context);
		return loadConnection(
			context.party,
			args,
			orderOf(args.orderBy ?? 'SLUG_ASC'),
			(page) => plane.read(firm, (tx) => selectFirms(tx, page)),
			() => plane.read(firm, countFirms),
		);
	},
};

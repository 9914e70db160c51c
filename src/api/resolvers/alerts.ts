import { acknowledgeAlert } from '../../alerts/index.ts';
import { type AlertRule, alertRuleOf } from '../../audit/index.ts';
import { type AlertRow, countAlerts, selectAlert, selectAlerts, tables } from '../../database/index.ts';
import { contentSessionOf } from '../../encryption-directive/index.ts';
import { FirmsealError } from '../../errors.ts';
import { type ListOrder, loadConnection } from '../connection.ts';
import { authorizeOperation, noteDenial, type RequestContext } from '../context.ts';
import type { AlertOrder, AlertResolvers, MutationResolvers, QueryResolvers } from '../schema-types.generated.ts';

const orderOf = (order: AlertOrder): ListOrder<AlertRow> => ({
	name: `alerts:${order}`,
	column: tables.alerts.openedAt,
	id: tables.alerts.id,
	descending: order === 'OPENED_AT_DESC',
	valueOf: ({ openedAt }) => openedAt.toISOString(),
});

/** Null if there is no such alert. */
export const findAlert = ({ services: { plane } }: RequestContext, id: string): Promise<AlertRow | null> =>
	plane.read(null, (tx) => selectAlert(tx, id));

export const alertQueries: Required<Pick<QueryResolvers, 'alerts'>> = {
	alerts(_parent, args, context) {
		authorizeOperation(context, 'Query', 'alerts');
		const { plane } = context.services;
		const { rule = null, severity = null, isAcknowledged = null, firmId = null } = args.filter ?? {};
		const filter = { rule, severity, isAcknowledged, firmId };
		return loadConnection(
			context.party,
			args,
			orderOf(args.orderBy ?? 'OPENED_AT_DESC'),
			(page) => plane.read(null, (tx) => selectAlerts(tx, filter, page)),
			() => plane.read(null, (tx) => countAlerts(tx, filter)),
		);
	},
};

export const alertMutations: Required<Pick<MutationResolvers, 'acknowledgeAlert'>> = {
	async acknowledgeAlert(_parent, { input: { id } }, context) {
		authorizeOperation(context, 'Mutation', 'acknowledgeAlert');
		const { plane, content } = context.services;
		const services = {
			plane,
			record: (act: Parameters<typeof content.record>[1]) => content.record(contentSessionOf(context), act),
		};
		try {
			return { alert: await acknowledgeAlert(services, context.principal, id) };
		} catch (error) {
			if (error instanceof FirmsealError && error.code === 'FORBIDDEN')
				noteDenial(contentSessionOf(context), 'Mutation.acknowledgeAlert', { records: [id] });
			throw error;
		}
	},
};

export const alertResolvers: AlertResolvers = {
	// The table only has rules of this version.
	rule: ({ rule }) => rule as AlertRule,
	summary: ({ rule }) => alertRuleOf(rule as AlertRule).says,
	isAcknowledged: ({ acknowledgedAt }) => acknowledgedAt !== null,
	acknowledgedById: ({ acknowledgedBy }) => acknowledgedBy,
	acknowledgedBy: ({ acknowledgedBy }, _args, { loaders }) =>
		acknowledgedBy === null ? null : loaders.users.load(acknowledgedBy),
};

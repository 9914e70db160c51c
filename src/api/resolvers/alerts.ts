import { acknowledgeAlert } from '../../alerts/index.ts';
import { type AlertRule, alertRuleOf } from '../../audit/index.ts';
import { entryOf } from '../../content/index.ts';
import { type AlertRow, countAlerts, selectAlert, selectAlerts, tables } from '../../database/index.ts';
import { accessOf } from '../../encryption-directive/index.ts';
import { FirmsealError } from '../../errors.ts';
import { connectionOf, type ListOrder } from '../connection.ts';
import { type RequestContext, requireReach } from '../context.ts';
import type { AlertOrder, AlertResolvers, MutationResolvers, QueryResolvers } from '../schema-types.generated.ts';

const orderOf = (order: AlertOrder): ListOrder<AlertRow> => ({
	name: `alerts:${order}`,
	column: tables.alerts.openedAt,
	id: tables.alerts.id,
	descending: order === 'OPENED_AT_DESC',
	valueOf: ({ openedAt }) => openedAt.toISOString(),
});

/** null: there is no such alert. */
export const findAlert = ({ desk: { plane } }: RequestContext, id: string): Promise<AlertRow | null> =>
	plane.read(null, (tx) => selectAlert(tx, id));

export const alertQueries: Required<Pick<QueryResolvers, 'alerts'>> = {
	alerts(_parent, args, context) {
		requireReach(context, 'Query', 'alerts');
		const { plane } = context.desk;
		const { rule = null, severity = null, isAcknowledged = null, firmId = null } = args.filter ?? {};
		const filter = { rule, severity, isAcknowledged, firmId };
		return connectionOf(
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
		requireReach(context, 'Mutation', 'acknowledgeAlert');
		const { plane, content } = context.desk;
		const desk = {
			plane,
			record: (act: Parameters<typeof content.record>[1]) => content.record(accessOf(context), act),
		};
		try {
			return { alert: await acknowledgeAlert(desk, context.principal, id) };
		} catch (error) {
			if (error instanceof FirmsealError && error.code === 'FORBIDDEN') noteRefusal(context, id);
			throw error;
		}
	},
};

function noteRefusal(context: RequestContext, alert: string): void {
	const access = accessOf(context);
	access.note(
		entryOf(access.terms, {
			action: 'request.deny',
			decision: 'DENIED',
			coordinates: ['Mutation.acknowledgeAlert'],
			records: [alert],
			reason: 'FORBIDDEN',
		}),
	);
}

export const alertResolvers: AlertResolvers = {
	// The table has rules of this version only.
	rule: ({ rule }) => rule as AlertRule,
	summary: ({ rule }) => alertRuleOf(rule as AlertRule).says,
	isAcknowledged: ({ acknowledgedAt }) => acknowledgedAt !== null,
	acknowledgedById: ({ acknowledgedBy }) => acknowledgedBy,
	acknowledgedBy: ({ acknowledgedBy }, _args, { loaders }) =>
		acknowledgedBy === null ? null : loaders.users.load(acknowledgedBy),
};

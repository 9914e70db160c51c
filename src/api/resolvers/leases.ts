import { canReadJustification, reachOf, visibilityOf } from '../../access/index.ts';
import {
	type AccessPolicyRow,
	countLeases,
	type LeaseRow,
	type LeaseTextsRow,
	selectAccessPolicies,
	selectLeaseApprovals,
	selectLeaseBudgets,
	selectLeaseEvents,
	selectLeases,
	selectLeasesByIds,
	selectLeaseTexts,
	type Transaction,
	tables,
} from '../../database/index.ts';
import { hexOf } from '../../leases/index.ts';
import { type ListOrder, loadConnection } from '../connection.ts';
import { authorizeOperation, firmOf, type RequestContext } from '../context.ts';
import type {
	BreakGlassLeaseOrder,
	BreakGlassLeaseResolvers,
	FirmResolvers,
	LeaseApprovalResolvers,
	LeaseEventResolvers,
	QueryResolvers,
} from '../schema-types.generated.ts';
import { loadLeaseOpenings } from './lease-report.ts';
import { visibleMember, visibleOperator } from './user.ts';

const orderOf = (order: BreakGlassLeaseOrder): ListOrder<LeaseRow> => ({
	name: `breakGlassLeases:${order}`,
	column: tables.leases.requestedAt,
	id: tables.leases.id,
	descending: order === 'REQUESTED_AT_DESC',
	valueOf: ({ requestedAt }) => requestedAt.toISOString(),
});

/** Null if the lease does not exist or the caller may not see it. */
export async function findLease(context: RequestContext, id: string): Promise<LeaseRow | null> {
	if (visibilityOf(context.principal, 'BreakGlassLease') === null) return null;
	return rowsOf(context, 'lease', selectLeasesByIds, ({ id: own }) => own).load(id);
}

export const leaseQueries: Required<Pick<QueryResolvers, 'breakGlassLeases' | 'breakGlassLease'>> = {
	breakGlassLease(_parent, { id }, context) {
		return reachOf(context.principal, 'breakGlassLease') === null ? null : findLease(context, id);
	},

	breakGlassLeases(_parent, args, context) {
		authorizeOperation(context, 'Query', 'breakGlassLeases');
		const { plane } = context.services;
		const scope = firmOf(context);
		const { state = null, requestedById = null, isReviewed = null } = args.filter ?? {};
		const filter = { firmId: args.firmId ?? scope, state, requestedById, isReviewed };
		return loadConnection(
			context.party,
			args,
			orderOf(args.orderBy ?? 'REQUESTED_AT_DESC'),
			(page) => plane.read(scope, (tx) => selectLeases(tx, filter, page)),
			() => plane.read(scope, (tx) => countLeases(tx, filter)),
		);
	},
};

type Read<Found> = (tx: Transaction, ids: readonly string[]) => Promise<readonly Found[]>;

/** Loads one row for each of many leases or firms, in one statement. */
const rowsOf = <Found>(context: RequestContext, name: string, read: Read<Found>, of: (row: Found) => string) =>
	context.loaders.byId(`lease:${name}`, async (ids) => {
		const rows = await context.services.plane.read(firmOf(context), (tx) => read(tx, ids));
		return new Map(rows.map((row) => [of(row), row]));
	});

/** Loads many rows for each lease, in the order of the statement. */
async function listOf<Found extends { readonly leaseId: string }>(
	context: RequestContext,
	name: string,
	read: Read<Found>,
	lease: string,
): Promise<readonly Found[]> {
	const loader = context.loaders.byId(`lease:${name}`, async (ids) => {
		const rows = await context.services.plane.read(firmOf(context), (tx) => read(tx, ids));
		return Map.groupBy(rows, ({ leaseId }) => leaseId);
	});
	return (await loader.load(lease)) ?? [];
}

/** Reason and ticket of the request, for callers who may read them. */
const justificationOf = async (context: RequestContext, lease: LeaseRow): Promise<LeaseTextsRow | null> =>
	canReadJustification(context.principal, lease)
		? rowsOf(context, 'texts', selectLeaseTexts, ({ leaseId }) => leaseId).load(lease.id)
		: null;

export const leaseResolvers: BreakGlassLeaseResolvers = {
	async firm({ firmId }, _args, { loaders }) {
		const firm = await loaders.firms.load(firmId);
		if (!firm) throw new Error('The caller sees a lease, but not its firm.');
		return firm;
	},
	reason: async (lease, _args, context) => (await justificationOf(context, lease))?.reason ?? null,
	ticket: async (lease, _args, context) => (await justificationOf(context, lease))?.ticket ?? null,
	requestHash: ({ requestHash }) => hexOf(requestHash),
	requestedById: ({ requestedBy }) => requestedBy,
	requester: ({ requestedBy }, _args, context) => visibleOperator(context, requestedBy),
	approvals: async ({ id }, _args, context) => [...(await listOf(context, 'approvals', selectLeaseApprovals, id))],
	used: async ({ id }, _args, context) =>
		(await rowsOf(context, 'budget', selectLeaseBudgets, ({ leaseId }) => leaseId).load(id))?.used ?? 0,
	isReviewed: ({ reviewedAt }) => reviewedAt !== null,
	reviewedById: ({ reviewedBy }) => reviewedBy,
	events: async ({ id }, _args, context) => [...(await listOf(context, 'events', selectLeaseEvents, id))],
	openings: (lease, args, context) =>
		canReadJustification(context.principal, lease) ? loadLeaseOpenings(context, lease, args) : null,
};

export const leaseApprovalResolvers: LeaseApprovalResolvers = {
	requestHash: ({ requestHash }) => hexOf(requestHash),
	user: ({ side, userId }, _args, context) =>
		side === 'PLATFORM' ? visibleOperator(context, userId) : visibleMember(context, userId),
};

export const leaseEventResolvers: LeaseEventResolvers = { actorId: ({ actedBy }) => actedBy };

export const accessPolicyResolver: Pick<FirmResolvers, 'accessPolicy'> = {
	accessPolicy: ({ id }, _args, context): Promise<AccessPolicyRow | null> | null =>
		visibilityOf(context.principal, 'FirmAccessPolicy') === null
			? null
			: rowsOf(context, 'policy', selectAccessPolicies, ({ firmId }) => firmId).load(id),
};

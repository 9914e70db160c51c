import { canReadJustification, reachOf, visibilityOf } from '../../access/index.ts';
import {
	type AccessPolicyRow,
	countLeases,
	type LeaseApprovalRow,
	type LeaseEventRow,
	type LeaseRow,
	type LeaseTextsRow,
	selectAccessPolicies,
	selectLeaseApprovals,
	selectLeaseBudgets,
	selectLeaseDecisionTexts,
	selectLeaseEvents,
	selectLeases,
	selectLeasesByIds,
	selectLeaseTexts,
	type Transaction,
	tables,
} from '../../database/index.ts';
import { findDecisionReason, hexOf } from '../../leases/index.ts';
import { type ListOrder, loadConnection } from '../connection.ts';
import { authorizeOperation, firmOf, type RequestContext } from '../context.ts';
import type {
	BreakGlassLeaseOrder,
	BreakGlassLeaseResolvers,
	FirmResolvers,
	LeaseApprovalResolvers,
	LeaseDenialResolvers,
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

/** The lease decides who reads the reason. */
type OfLease = { readonly lease: LeaseRow };
export type LeaseApprovalNode = LeaseApprovalRow & OfLease;
export type LeaseDenialNode = LeaseEventRow & OfLease;

/** The reasons of all decisions on the lease; none for callers who may not read them. */
const decisionTextsOf = async (context: RequestContext, lease: LeaseRow) =>
	canReadJustification(context.principal, lease)
		? listOf(context, 'decision-texts', selectLeaseDecisionTexts, lease.id)
		: [];

const personOf = (context: RequestContext, side: 'FIRM' | 'PLATFORM', user: string) =>
	side === 'PLATFORM' ? visibleOperator(context, user) : visibleMember(context, user);

async function findDenial(context: RequestContext, lease: LeaseRow): Promise<LeaseDenialNode | null> {
	if (lease.state !== 'DENIED') return null;
	const events = await listOf(context, 'events', selectLeaseEvents, lease.id);
	const denied = events.find(({ toState }) => toState === 'DENIED');
	return denied ? { ...denied, lease } : null;
}

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
	approvals: async (lease, _args, context) =>
		(await listOf(context, 'approvals', selectLeaseApprovals, lease.id)).map((each) => ({ ...each, lease })),
	denial: (lease, _args, context) => findDenial(context, lease),
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
	user: ({ side, userId }, _args, context) => personOf(context, side, userId),
	reason: async ({ lease, leaseId, userId, reasonHash }, _args, context) =>
		findDecisionReason(await decisionTextsOf(context, lease), { leaseId, userId, decision: 'APPROVAL' }, reasonHash),
};

export const leaseDenialResolvers: LeaseDenialResolvers = {
	userId: ({ actedBy }) => actedBy,
	user: ({ side, actedBy }, _args, context) =>
		side === null || actedBy === null ? null : personOf(context, side, actedBy),
	reason: async ({ lease, leaseId, actedBy }, _args, context) =>
		findDecisionReason(await decisionTextsOf(context, lease), { leaseId, userId: actedBy, decision: 'DENIAL' }),
	deniedAt: ({ at }) => at,
};

export const leaseEventResolvers: LeaseEventResolvers = { actorId: ({ actedBy }) => actedBy };

export const accessPolicyResolver: Pick<FirmResolvers, 'accessPolicy'> = {
	accessPolicy: ({ id }, _args, context): Promise<AccessPolicyRow | null> | null =>
		visibilityOf(context.principal, 'FirmAccessPolicy') === null
			? null
			: rowsOf(context, 'policy', selectAccessPolicies, ({ firmId }) => firmId).load(id),
};

import { reachOf } from '../../access/index.ts';
import {
	countJobs,
	type JobRow,
	selectJob,
	selectJobListing,
	selectJobPage,
	tables,
	type UserRow,
} from '../../database/index.ts';
import { contentSessionOf } from '../../encryption-directive/index.ts';
import { FirmsealError } from '../../errors.ts';
import {
	type ApproverApprovalParts,
	approveAsApprover,
	approveAsOwner,
	denyAsOwner,
	hashJob,
	type OwnerApprovalParts,
	readEraseTerms,
	requiredApprovalFor,
	validUntil,
} from '../../jobs/index.ts';
import { type ListOrder, loadConnection } from '../connection.ts';
import { authorizeMember, authorizeOperation, firmOf, noteDenial, type RequestContext } from '../context.ts';
import type {
	FirmJobResolvers,
	FirmKeyClass,
	JobOrder,
	MutationResolvers,
	QueryResolvers,
} from '../schema-types.generated.ts';
import { visibleMember, visibleOperator } from './user.ts';

const MAX_JOBS = 200;

const orderOf = (order: JobOrder): ListOrder<JobRow> => ({
	name: `jobs:${order}`,
	column: tables.jobs.askedAt,
	id: tables.jobs.id,
	descending: order === 'ASKED_AT_DESC',
	valueOf: ({ askedAt }) => askedAt.toISOString(),
});

export const jobQueries: Required<Pick<QueryResolvers, 'firmJobs' | 'jobs' | 'job'>> = {
	async firmJobs(_parent, _args, context) {
		authorizeOperation(context, 'Query', 'firmJobs');
		const firm = firmOf(context);
		return context.services.plane.read(firm, (tx) => selectJobListing(tx, { firm, open: false, most: MAX_JOBS }));
	},
	jobs(_parent, args, context) {
		authorizeOperation(context, 'Query', 'jobs');
		const { plane } = context.services;
		const { firmId = null, kind = null, state = null, isOpen = null } = args.filter ?? {};
		const filter = { firmId, kind, state, isOpen };
		return loadConnection(
			context.party,
			args,
			orderOf(args.orderBy ?? 'ASKED_AT_DESC'),
			(page) => plane.read(null, (tx) => selectJobPage(tx, filter, page)),
			() => plane.read(null, (tx) => countJobs(tx, filter)),
		);
	},
	job: (_parent, { id }, context) =>
		reachOf(context.principal, 'job') === null ? null : context.services.plane.read(null, (tx) => selectJob(tx, id)),
};

export const jobMutations: Required<Pick<MutationResolvers, 'approveJob' | 'denyJob'>> = {
	async approveJob(_parent, { input }, context) {
		authorizeOperation(context, 'Mutation', 'approveJob');
		try {
			return { job: await approveForSide(context, input) };
		} catch (error) {
			if (error instanceof FirmsealError && error.code === 'FORBIDDEN')
				noteDenial(contentSessionOf(context), 'Mutation.approveJob', {
					firm: firmOf(context),
					...(context.principal.kind === 'operator' && { records: [input.jobId] }),
				});
			throw error;
		}
	},
	async denyJob(_parent, { input }, context) {
		const { firm } = authorizeMember(context, 'denyJob');
		return { job: await denyAsOwner(approvalPartsOf(context), firm, input.jobId) };
	},
};

/** An owner approves for the firm, an approver for the platform. */
function approveForSide(
	context: RequestContext,
	{ jobId, requestHash }: { readonly jobId: string; readonly requestHash: string },
): Promise<JobRow> {
	const { principal, authTime } = context;
	const parts = approvalPartsOf(context);
	return principal.kind === 'operator'
		? approveAsApprover(parts, principal, authTime, { job: jobId, requestHash })
		: approveAsOwner(parts, principal, authTime, { jobId, requestHash });
}

function approvalPartsOf(context: RequestContext): OwnerApprovalParts & ApproverApprovalParts {
	const { plane, rights, content } = context.services;
	const record: OwnerApprovalParts['record'] = (act) => content.record(contentSessionOf(context), act);
	return { plane, rights, record, recordUnproven: record };
}

export const jobResolvers: FirmJobResolvers = {
	firm: ({ firmId }, _args, { loaders }) => loaders.firms.load(firmId),
	class: (job) => job.class as FirmKeyClass | null,
	needs: (job) => requiredApprovalFor(job),
	askedById: ({ askedBy }) => askedBy,
	askedBy: ({ askedBy, askedOn }, _args, context) => personOf(context, askedBy, askedOn === 'firm'),
	validUntil: (job) => validUntil(job),
	notBefore: ({ kind, terms }) => (kind === 'ERASE' ? (readEraseTerms(terms)?.notBefore ?? null) : null),
	agreedById: ({ agreedBy }) => agreedBy,
	agreedBy: (job, _args, context) => personOf(context, job.agreedBy, requiredApprovalFor(job) === 'OWNER'),
	requestHash: (job) => hashJob(job),
};

const personOf = (context: RequestContext, user: string | null, isOfFirm: boolean): Promise<UserRow | null> | null =>
	user === null ? null : (isOfFirm ? visibleMember : visibleOperator)(context, user);

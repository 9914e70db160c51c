import { type JobRow, selectJobListing } from '../../database/index.ts';
import { contentSessionOf } from '../../encryption-directive/index.ts';
import { FirmsealError } from '../../errors.ts';
import {
	approveAsOwner,
	denyAsOwner,
	hashJob,
	type OwnerApprovalParts,
	requiredApprovalFor,
} from '../../jobs/index.ts';
import { authorizeMember, authorizeOperation, firmOf, noteDenial, type RequestContext } from '../context.ts';
import type { FirmJob, FirmKeyClass, MutationResolvers, QueryResolvers } from '../schema-types.generated.ts';

const MAX_JOBS = 200;

const toJob = (job: JobRow): FirmJob => ({
	id: job.id,
	firmId: job.firmId,
	kind: job.kind,
	class: job.class as FirmKeyClass | null,
	version: job.version,
	subject: job.subject,
	terms: job.terms,
	state: job.state,
	needs: requiredApprovalFor(job),
	askedAt: job.askedAt,
	endedAt: job.endedAt,
	done: job.done,
	failed: job.failed,
	total: job.total,
	trouble: job.trouble,
	requestHash: hashJob(job),
});

export const jobQueries: Required<Pick<QueryResolvers, 'firmJobs'>> = {
	async firmJobs(_parent, _args, context) {
		authorizeOperation(context, 'Query', 'firmJobs');
		const firm = firmOf(context);
		const jobs = await context.services.plane.read(firm, (tx) =>
			selectJobListing(tx, { firm, open: false, most: MAX_JOBS }),
		);
		return jobs.map(toJob);
	},
};

export const jobMutations: Required<Pick<MutationResolvers, 'approveJob' | 'denyJob'>> = {
	async approveJob(_parent, { input }, context) {
		const { firm, user } = authorizeMember(context, 'approveJob');
		try {
			return { job: toJob(await approveAsOwner(ownerServicesOf(context), { firm, user }, context.authTime, input)) };
		} catch (error) {
			if (error instanceof FirmsealError && error.code === 'FORBIDDEN')
				noteDenial(contentSessionOf(context), 'Mutation.approveJob', { firm });
			throw error;
		}
	},
	async denyJob(_parent, { input }, context) {
		const { firm } = authorizeMember(context, 'denyJob');
		return { job: toJob(await denyAsOwner(ownerServicesOf(context), firm, input.jobId)) };
	},
};

function ownerServicesOf(context: RequestContext): OwnerApprovalParts {
	const { plane, rights, content } = context.services;
	return { plane, rights, record: (act) => content.record(contentSessionOf(context), act) };
}

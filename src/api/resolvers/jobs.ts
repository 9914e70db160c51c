import { type JobRow, selectJobListing } from '../../database/index.ts';
import { accessOf } from '../../encryption-directive/index.ts';
import { FirmsealError } from '../../errors.ts';
import { agreeAsOwner, consentTo, denyAsOwner, hashJob, type OwnerDesk } from '../../jobs/index.ts';
import { actingFor, firmOf, noteDenial, type RequestContext, requireReach } from '../context.ts';
import type { FirmJob, FirmKeyClass, MutationResolvers, QueryResolvers } from '../schema-types.generated.ts';

/** Answered at most. */
const MOST = 200;

const toJob = (job: JobRow): FirmJob => ({
	id: job.id,
	firmId: job.firmId,
	kind: job.kind,
	class: job.class as FirmKeyClass | null,
	version: job.version,
	subject: job.subject,
	terms: job.terms,
	state: job.state,
	needs: consentTo(job),
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
		requireReach(context, 'Query', 'firmJobs');
		const firm = firmOf(context);
		const jobs = await context.desk.plane.read(firm, (tx) => selectJobListing(tx, { firm, open: false, most: MOST }));
		return jobs.map(toJob);
	},
};

export const jobMutations: Required<Pick<MutationResolvers, 'approveJob' | 'denyJob'>> = {
	async approveJob(_parent, { input }, context) {
		const { firm, user } = actingFor(context, 'approveJob');
		try {
			return { job: toJob(await agreeAsOwner(deskOf(context), { firm, user }, context.authTime, input)) };
		} catch (error) {
			if (error instanceof FirmsealError && error.code === 'FORBIDDEN')
				noteDenial(context, 'Mutation.approveJob', { firm });
			throw error;
		}
	},
	async denyJob(_parent, { input }, context) {
		const { firm } = actingFor(context, 'denyJob');
		return { job: toJob(await denyAsOwner(deskOf(context), firm, input.jobId)) };
	},
};

function deskOf(context: RequestContext): OwnerDesk {
	const { plane, rights, content } = context.desk;
	return { plane, rights, record: (act) => content.record(accessOf(context), act) };
}

export { approverOfToken } from './approver-of-token.ts';
export { describeJob, describePerson, jobForRequester, notBeforeOf } from './describe-job.ts';
export { writeDirectory } from './escrow-directory.ts';
export { followJobs, jobSummary } from './follow-jobs.ts';
export {
	findOwnedKeys,
	type KeyOwnerOptions,
	noWait,
	type OwnedKeys,
	personAsRequester,
	type RequestJobsOptions,
	requestAndFollow,
	withLeftOut,
} from './request-jobs.ts';

export { approverOfToken } from './approver-of-token.ts';
export { describeJob, jobForRequester, notBeforeOf } from './describe-job.ts';
export { writeDirectory } from './escrow-directory.ts';
export { followJobs, jobSummary } from './follow-jobs.ts';
export { describePerson } from './person-terms.ts';
export {
	findOwnedKeys,
	type KeyOwnerOptions,
	type OwnedKeys,
	personAsRequester,
	type RequestJobsOptions,
	requestAndFollow,
} from './request-jobs.ts';

export { approverOfToken } from './approver.ts';
export { writeDirectory } from './escrow-directory.ts';
export { followJobs, jobSummary } from './follow-jobs.ts';
export { describeJob, jobForRequester, notBeforeOf } from './job-terms.ts';
export {
	findOwnedKeys,
	type KeyOwnerOptions,
	type OwnedKeys,
	personAsRequester,
	type RequestJobsOptions,
	requestAndFollow,
} from './keys-work.ts';
export { describePerson } from './person-terms.ts';
export { type InstallationWithOperatorPlane, withOperatorPlane } from './with-sight.ts';

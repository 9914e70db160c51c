export {
	eraseTermsFrom,
	erasureSubjectOf,
	erasureTargetOf,
	KEY_DELETION_DAYS,
	MAX_WAIT_DAYS,
	readEraseTerms,
	secondsUntilDue,
	writeEraseTerms,
} from './erase-terms.ts';
export { failedEntry, jobAct, keyUse, pageEntry } from './job-entries.ts';
export {
	hashJob,
	isJobProven,
	isRequestProven,
	isSameJob,
	proveApproval,
	type RequiredApproval,
	requiredApprovalFor,
	validUntil,
	wasJobProven,
} from './job-proof.ts';
export {
	databaseOnlyStep,
	isKeyRefused,
	JobFailure,
	type JobStep,
	type JobTransactions,
	nextStep,
	nullIfKeyRefused,
	type PageResult,
	pageResult,
	singlePageStep,
} from './job-step.ts';
export { approveAsOwner, denyAsOwner, type OwnerApprovalParts } from './owner-approval.ts';
export {
	type JobRequest,
	type JobRequester,
	ownCustodyError,
	type RequestedJob,
	requestJob,
	requestJobAsWorker,
} from './request-job.ts';

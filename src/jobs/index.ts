export { approveJob, cancelRequestedJob, checkJobApproval, checkJobCancellation } from './approve-job.ts';
export {
	approveAsOwner,
	denyAsOwner,
	hashJob,
	type JobRequest,
	type JobRequester,
	type OwnerApprovalParts,
	type RequestedJob,
	type RequiredApproval,
	requestJob,
	requiredApprovalFor,
	validUntil,
	wasJobProven,
} from './engine/index.ts';
export * from './erase/index.ts';
export { MAX_SESSION_MINUTES, type ShareHolder } from './escrow/index.ts';
export { createJobSteps, type JobStepsParts } from './job-steps.ts';
export type { ContentTable } from './keys/index.ts';
export {
	isWrappingKeyChange,
	JOB_KEY_CLASSES,
	keyVersionRequest,
	reencryptionRequests,
	rotateAgedKeys,
	rotationRequests,
	wrappingKeyChangeRequest,
	wrappingKeyRotationRequest,
} from './keys/index.ts';
export type { FieldMove, FileFields, MoveTarget } from './migrate/index.ts';
export {
	type OperatorsNow,
	type PersonRequest,
	type PersonTerms,
	type RequestedPerson,
	readPersonTerms,
	requestPerson,
	selectOperatorsNow,
	selectPersonRequests,
} from './people/index.ts';
export {
	assertShareFile,
	escrowRequest,
	hashEscrowFile,
	isSessionProven,
	readHolders,
	recoveryRequest,
} from './recovery/index.ts';
export { type JobEnd, type PageOutcome, runNextPage } from './run-next-page.ts';

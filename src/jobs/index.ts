export {
	type ApproverApprovalParts,
	approveAsApprover,
	approveJob,
	cancelRequestedJob,
	checkJobApproval,
	checkJobCancellation,
} from './approve-job.ts';
export {
	approveAsOwner,
	denyAsOwner,
	eraseTermsFrom,
	hashJob,
	type JobRequest,
	type JobRequester,
	KEY_DELETION_DAYS,
	MAX_WAIT_DAYS,
	type OwnerApprovalParts,
	ownCustodyError,
	type RequestedJob,
	type RequiredApproval,
	readEraseTerms,
	requestJob,
	requestJobAsWorker,
	requiredApprovalFor,
	validUntil,
	wasJobProven,
	writeEraseTerms,
} from './engine/index.ts';
export {
	checkHold,
	checkLiftHold,
	compareErasureRecords,
	countInventory,
	createProvenMismatchFinder,
	DELETION_LIST_FIELD,
	type ErasureRecordReport,
	type ErasureRecordStore,
	type ErasureSelector,
	findErasureTarget,
	findRetainedObjects,
	type HoldView,
	isHoldProven,
	isReleased,
	liftHold,
	replayErasures,
	requestErasure,
	selectLostHolds,
	setHold,
	sha256Hex,
	TICKET_PATTERN,
	TICKET_RULE,
	watchErasureRecords,
} from './erase/index.ts';
export { MAX_SESSION_MINUTES, type ShareHolder } from './escrow/index.ts';
export { createJobSteps, type JobStepsParts } from './job-steps.ts';
export type { ContentTable } from './keys/index.ts';
export {
	isWrappingKeyChange,
	JOB_KEY_CLASSES,
	keyVersionRequest,
	nextRotationRequests,
	reencryptionRequests,
	rotateAgedKeys,
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
export { type JobEnd, type PageOutcome, type RunNextPageParts, runNextPage } from './run-next-page.ts';

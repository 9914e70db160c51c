export {
	eraseTermsFrom,
	KEY_DELETION_DAYS,
	MAX_WAIT_DAYS,
	readEraseTerms,
	writeEraseTerms,
} from '../engine/index.ts';
export { sha256Hex } from './certificate.ts';
export { compareErasureRecords, type ErasureRecordReport } from './compare-tombstones.ts';
export { checkHold, checkLiftHold, liftHold, setHold, TICKET_PATTERN } from './hold-acts.ts';
export { type HoldView, isHoldProven, isReleased, selectLostHolds } from './holds.ts';
export { DELETION_LIST_FIELD } from './objects.ts';
export { createProvenMismatchFinder, replayErasures, watchErasureRecords } from './replay.ts';
export {
	countInventory,
	type ErasureSelector,
	findErasureTarget,
	findRetainedObjects,
	requestErasure,
} from './requests.ts';
export { type EraseParts, eraseSteps } from './steps.ts';
export type { ErasureRecordStore } from './tombstones.ts';

export { sha256Hex } from './certificate.ts';
export { compareErasureRecords, type ErasureRecordReport } from './compare-erasure-records.ts';
export { DELETION_LIST_FIELD } from './erase-objects.ts';
export { type EraseParts, eraseSteps } from './erase-steps.ts';
export type { ErasureRecordStore } from './erasure-record-store.ts';
export { checkHold, checkLiftHold, liftHold, setHold, TICKET_PATTERN, TICKET_RULE } from './hold-operations.ts';
export { type HoldView, isHoldProven, isReleased, selectLostHolds } from './holds.ts';
export { createProvenMismatchFinder, replayErasures, watchErasureRecords } from './replay-erasures.ts';
export {
	countInventory,
	type ErasureSelector,
	findErasureTarget,
	findRetainedObjects,
	requestErasure,
} from './requests.ts';

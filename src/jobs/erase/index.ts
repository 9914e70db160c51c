export {
	KEY_DAYS,
	LONGEST_DAYS,
	readTerms,
	termsFrom,
	writeTerms,
} from '../engine/index.ts';
export { sha256 } from './certificate.ts';
export { type ComparedTombstones, compareTombstones } from './compare-tombstones.ts';
export { checkHold, checkRelease, freeHold, setHold, TICKET } from './hold-acts.ts';
export { isHoldProven, isReleased, type SeenHold, selectLostHolds } from './holds.ts';
export { LISTED } from './objects.ts';
export { compareProven, replayErasures, watchTombstones } from './replay.ts';
export { findErasing, inventoryOf, type Meant, requestErasure, retainedOf } from './requests.ts';
export { type EraseParts, eraseSteps } from './steps.ts';
export type { Tombstones } from './tombstones.ts';

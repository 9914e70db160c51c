export {
	type AnchorParts,
	type WriteAnchorOptions,
	type WrittenAnchor,
	writeAnchor,
	writeNextAnchor,
} from './anchor.ts';
export {
	type AnchorComparison,
	type AnchorState,
	type ComparisonParts,
	compareWithAnchors,
} from './comparison.ts';
export { AnchorConflictError, AnchorError, type AnchorReason } from './error.ts';
export { type AnchorContent, anchorLines } from './lines.ts';
export {
	type AnchorCheck,
	type AnchorStore,
	AnchorStoreError,
	type AnchorStoreReason,
	findNewest,
	type StoredAnchor,
} from './store.ts';

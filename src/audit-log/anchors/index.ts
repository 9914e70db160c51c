export { AnchorConflictError, AnchorError, type AnchorReason } from './anchor-error.ts';
export {
	type AnchorCheck,
	type AnchorStore,
	AnchorStoreError,
	type AnchorStoreReason,
	findNewest,
	type StoredAnchor,
} from './anchor-store.ts';
export {
	type AnchorComparison,
	type AnchorState,
	type ComparisonParts,
	compareWithAnchors,
} from './compare-with-anchors.ts';
export { type AnchorContent, anchorLines } from './lines.ts';
export {
	type AnchorParts,
	type WriteAnchorOptions,
	type WrittenAnchor,
	writeAnchor,
	writeNextAnchor,
} from './write-anchor.ts';

export { type Anchored, type AnchorOptions, type AnchorParts, anchorNext, writeAnchor } from './anchor.ts';
export {
	type AnchorComparison,
	type AnchorState,
	type ComparisonParts,
	compareWithAnchors,
} from './comparison.ts';
export { AnchorConflictError, AnchorError, type AnchorReason } from './error.ts';
export { type AnchorContent, anchorLines } from './lines.ts';
export {
	type AnchorFinding,
	type AnchorStore,
	AnchorStoreError,
	type AnchorStoreReason,
	findNewest,
	type StoredAnchor,
} from './store.ts';

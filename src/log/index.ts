export { type Anchored, type AnchorOptions, type AnchorParts, anchorNext, writeAnchor } from './anchor.ts';
export {
	type AnchorComparison,
	type AnchorState,
	type ComparisonParts,
	compareWithAnchors,
} from './anchor-comparison.ts';
export { AnchorConflictError, AnchorError, type AnchorReason } from './anchor-error.ts';
export {
	type AnchorFinding,
	type AnchorStore,
	AnchorStoreError,
	type AnchorStoreReason,
	findNewest,
	type StoredAnchor,
} from './anchor-store.ts';
export {
	type AppendingLog,
	type AuditLogOptions,
	createAuditLog,
	type LogStats,
	type WriteReport,
} from './append.ts';
export type { LogRow } from './batch.ts';

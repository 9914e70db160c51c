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

export {
	type AppendingLog,
	type AuditLogOptions,
	createAuditLog,
	type LogStats,
	type WriteReport,
} from './create-audit-log.ts';
export type { LogRow } from './encode-batch.ts';

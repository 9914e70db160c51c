export {
	type AppendingLog,
	type AuditLogOptions,
	createAuditLog,
	type LogStats,
	type WriteReport,
} from './append.ts';
export type { LogRow } from './batch.ts';

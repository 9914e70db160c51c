export type { LogFinding, LogFindingKind } from '../../audit/verify/log.ts';
export { verifyKeyLogs } from './check-key-logs.ts';
export { type DatabaseVerification, type VerifyDatabaseOptions, verifyDatabase } from './verify-database.ts';
export { verifyNewest } from './verify-newest.ts';

export type { Finding, FindingKind } from './finding.ts';
export { verifyNewest } from './newest.ts';
export { type DatabaseVerification, verifyDatabase } from './verify-database.ts';

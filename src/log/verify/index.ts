export { FINDINGS, type Finding, type FindingKind } from './finding.ts';
export { type DatabaseVerification, type VerifyOptions, verifyDatabase } from './verify-database.ts';

export { createFindings, type Finding, type FindingKind, type Findings, kindOfFlaw } from './finding.ts';
export { verifyNewest } from './newest.ts';
export { type DatabaseVerification, type VerifyOptions, verifyDatabase } from './verify-database.ts';

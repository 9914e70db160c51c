export { createFindings, type Finding, type FindingKind, type Findings, kindOfFlaw } from './finding.ts';
export { verifyNewest } from './newest.ts';
export { type DatabaseVerification, verifyDatabase } from './verify-database.ts';

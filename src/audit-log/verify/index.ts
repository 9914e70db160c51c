export { createLogFindings, findingKindOf, type LogFinding, type LogFindingKind, type LogFindings } from './finding.ts';
export { verifyNewest } from './newest.ts';
export { type DatabaseVerification, type VerifyDatabaseOptions, verifyDatabase } from './verify-database.ts';

export {
	createLogFindings,
	findingKindOf,
	type LogFinding,
	type LogFindingKind,
	type LogFindings,
} from './log-findings.ts';
export { type DatabaseVerification, type VerifyDatabaseOptions, verifyDatabase } from './verify-database.ts';
export { verifyNewest } from './verify-newest.ts';

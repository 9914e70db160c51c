export { inspectConnections } from './connection-limits.ts';
export {
	type DatabaseAddress,
	DatabaseError,
	databaseAddressOf,
	databaseFailureOf,
	isDeadlock,
	isDiskFull,
	isIdTaken,
	isIntegrityViolation,
	isInvalidState,
	isLockTimeout,
	isRequestLimitExceeded,
	isTransient,
	isUniqueViolation,
	toCallerError,
} from './database-error.ts';
export {
	assertShellSafePath,
	type EmbeddedOptions,
	type EmbeddedServer,
	hasCluster,
	SUPERUSER,
	serversOfThisProcess,
	startEmbeddedServer,
} from './embedded/server.ts';
export { type FilterCondition, filterConditionOf, orderOf } from './filter.ts';
export { columnOf, type FirmOwnedTable, findColumn } from './firm-owned.ts';
export {
	CATALOGUE_LOCK_FILE,
	type CatalogueOptions,
	readCatalogue,
	readExpectedCatalogue,
} from './inspect/catalogue.ts';
export type { DatabaseCheck } from './inspect/compare.ts';
export {
	findDrift,
	inspectCatalogue,
	inspectDatabase,
	inspectLogin,
	type LoginPrivileges,
	measureClockDifference,
} from './inspect.ts';
export type { KeysetPage, KeysetPosition, Page } from './keyset.ts';
export { type LeasePlanes, type LeaseSession, openLeaseSession } from './lease-session.ts';
export * from './log-restore/index.ts';
export { prepareDatabase } from './migrate.ts';
export { refuseOtherMigrationsAt } from './other-migrations.ts';
export {
	BROKER_LEADER_LOCK,
	type LeaderLock,
	LOG_LEADER_LOCK,
	LOG_WATCH_LEADER_LOCK,
	openLeaderLock,
} from './place-session.ts';
export { plaintextColumnOf } from './plain.ts';
export { LEASE_DEADLINE, openPlane, type Plane, type PlaneRole, type Transaction } from './plane.ts';
export type { PlaneLogin } from './roles.ts';
export { plaintextColumnSourceOf, type Sealed, type SealedColumn, sealedColumns } from './sealed.ts';
export type { Selection } from './selection.ts';
export { isSharable } from './sharing.ts';
export { acquireStartLock } from './sole-start.ts';
export * from './statements/index.ts';
export * as tables from './tables/index.ts';
export { createLimiter } from './turns.ts';
export { identifyDatabase, identifyDatabaseAt } from './which-database.ts';

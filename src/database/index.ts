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
} from './embedded/embedded-server.ts';
export { type FilterCondition, filterConditionOf, orderOf } from './filter.ts';
export { columnOf, type FirmOwnedTable, findColumn } from './firm-owned.ts';
export { identifyDatabase, identifyDatabaseAt } from './identify-database.ts';
export {
	CATALOGUE_LOCK_FILE,
	type CatalogueOptions,
	readCatalogue,
	readExpectedCatalogue,
} from './inspect/catalogue.ts';
export type { DatabaseCheck } from './inspect/compare-catalogue.ts';
export {
	findDrift,
	inspectCatalogue,
	inspectDatabase,
	inspectLogin,
	type LoginPrivileges,
	measureClockDifference,
} from './inspect.ts';
export type { KeysetPage, KeysetPosition, Page } from './keyset.ts';
export {
	BROKER_LEADER_LOCK,
	type LeaderLock,
	LOG_LEADER_LOCK,
	LOG_WATCH_LEADER_LOCK,
	openLeaderLock,
} from './leader-lock.ts';
export * from './log-restore/index.ts';
export { refuseOtherMigrationsAt } from './other-migrations.ts';
export { plaintextColumnOf } from './plaintext-columns.ts';
export { LEASE_DEADLINE, openPlane, type Plane, type PlaneRole, planeOfRequest, type Transaction } from './plane.ts';
export { prepareDatabase } from './prepare-database.ts';
export type { PlaneLogin } from './roles.ts';
export { plaintextColumnSourceOf, type Sealed, type SealedColumn, sealedColumns } from './sealed.ts';
export type { Selection } from './selection.ts';
export { isSharable } from './sharing.ts';
export { acquireStartLock } from './start-lock.ts';
export * from './statements/index.ts';
export * as tables from './tables/index.ts';

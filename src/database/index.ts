export { inspectConnections } from './connection-limits.ts';
export {
	DatabaseError,
	type DatabasePlace,
	isDeadlock,
	isDiskFull,
	isIdTaken,
	isIntegrityViolation,
	isInvalidState,
	isLockTimeout,
	isOverRequestBound,
	isUniqueViolation,
	mayPass,
	placeOf,
	toldError,
	troubleOf,
} from './database-error.ts';
export {
	type EmbeddedOptions,
	type EmbeddedServer,
	hasCluster,
	ownServers,
	refuseOddPath,
	SUPERUSER,
	startEmbeddedServer,
} from './embedded/server.ts';
export { type Condition, conditionOf, orderOf } from './filter.ts';
export { columnOf, type FirmOwnedTable, findColumn } from './firm-owned.ts';
export { CATALOGUE_LOCK, type CatalogueOptions, expectedCatalogue, readCatalogue } from './inspect/catalogue.ts';
export type { Finding } from './inspect/compare.ts';
export {
	findDrift,
	inspectCatalogue,
	inspectDatabase,
	inspectSignIn,
	measureClockDifference,
	type SignIn,
} from './inspect.ts';
export type { KeysetPage, Page, Position } from './keyset.ts';
export { type LeasePlanes, type LeaseSession, openLeaseSession } from './lease-session.ts';
export * from './log-restore/index.ts';
export { prepareDatabase } from './migrate.ts';
export { BROKER_PLACE, LOG_PLACE, openPlaceSession, type PlaceSession, WATCH_PLACE } from './place-session.ts';
export { plainValue } from './plain.ts';
export { LEASE_DEADLINE, openPlane, type Plane, type PlaneRole, type Transaction } from './plane.ts';
export type { PlaneLogin } from './roles.ts';
export { movedFromOf, type Sealed, type SealedColumn, sealedColumns } from './sealed.ts';
export type { Selection } from './selection.ts';
export { isSharable } from './sharing.ts';
export { holdSoleStart } from './sole-start.ts';
export * from './statements/index.ts';
export * as tables from './tables/index.ts';
export { createLine } from './turns.ts';
export { whichDatabase, whichDatabaseAt } from './which-database.ts';

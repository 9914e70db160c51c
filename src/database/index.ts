export { DatabaseError, isUniqueViolation } from './database-error.ts';
export { type KeysetPage, type Page, type Position } from './keyset.ts';
export { prepareDatabase } from './migrate.ts';
export { openPlane, type Plane, type PlaneRole, type Transaction } from './plane.ts';
export type { PlaneLogin } from './roles.ts';
export { type Sealed, type SealedColumn, sealed, sealedColumns } from './sealed.ts';
export type { Selection } from './selection.ts';
export * from './statements/index.ts';
export * as tables from './tables/index.ts';

export { type Caller, principalOfCaller } from './caller.ts';
export type { DrizzleDatabase } from './drizzle-plane.ts';
export { auditLogIn, dataKeyStoreIn } from './drizzle-stores.ts';
export { FIRMSEAL_SQL } from './firmseal-sql.ts';
export { readableColumns } from './readable-columns.ts';
export type { GivenRow, SealedRow } from './row.ts';
export { sealRow } from './seal-row.ts';

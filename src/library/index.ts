export { type Caller, principalOfCaller } from './caller.ts';
export { auditLogIn, type DrizzleDatabase, dataKeyStoreIn } from './drizzle-stores.ts';
export { FIRMSEAL_SQL } from './firmseal-sql.ts';
export { type GivenRow, readableColumns, type SealedRow, sealRow } from './row.ts';

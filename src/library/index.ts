export { type Adoption, type AdoptOptions, adopt } from './adopt.ts';
export type { Caller } from './caller.ts';
export { type CreateContentOptions, createContent, sealRow } from './content.ts';
export type { DrizzleDatabase } from './drizzle-plane.ts';
export { auditLogIn, dataKeyStoreIn } from './drizzle-stores.ts';
export { FIRMSEAL_SQL } from './firmseal-sql.ts';
export { openKeyringIn } from './local-keyring.ts';
export { readableColumns } from './readable-columns.ts';
export type { GivenRow, SealedRow } from './row.ts';

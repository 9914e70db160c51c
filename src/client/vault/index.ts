export type { VaultState } from './describe.ts';
export type { LogChanges } from './draft.ts';
export type { VaultOperations } from './operations.ts';
export type { KeptStore } from './ports.ts';
export type { ServedLog } from './served-log.ts';
export type { StoredDevice, VaultParts } from './session.ts';
export { createVault } from './vault.ts';
export { VaultError } from './vault-error.ts';

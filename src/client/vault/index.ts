export type { VaultOperations } from './operations.ts';
export type { KeptStore } from './ports.ts';
export type { StoredDevice } from './session.ts';
export { createVault } from './vault.ts';
export { VaultError } from './vault-error.ts';

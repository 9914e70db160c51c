export type { VaultOperations } from './operations.ts';
export type { KeptStore } from './ports.ts';
export { createVault } from './vault.ts';
export { VaultError } from './vault-error.ts';

export type { StartedWorker } from './browser-types.ts';
export { createWithPasskey, type PasskeyDevice, unlockWithPasskey } from './passkey.ts';
export { type ServedVault, serveVault } from './serve-vault.ts';
export { VaultRefusal } from './worker-error.ts';
export { createWorkerVault, type VaultEvent, type WorkerVault } from './worker-vault.ts';

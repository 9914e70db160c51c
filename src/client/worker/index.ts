export type { StartedWorker } from './browser-types.ts';
export { createWithPasskey, type PasskeyDevice, unlockWithPasskey } from './passkey.ts';
export { VaultRefusal } from './refusal.ts';
export { type ServedVault, serveVault } from './serve-vault.ts';
export { createWorkerVault, type VaultEvent, type WorkerVault } from './worker-vault.ts';

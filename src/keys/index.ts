export {
	type CheckpointKey,
	type CheckpointKeys,
	createCheckpointKeys,
} from './checkpoint-keys.ts';
export type { ClassKey, SealedField } from './class-key.ts';
export { closedKeys } from './closed-keys.ts';
export type {
	DataKeyRecord,
	DataKeyState,
	DataKeyStore,
	NewDataKey,
} from './data-key-store.ts';
export {
	createDataKeys,
	type DataKeyStats,
	type DataKeys,
	type DataKeysOptions,
} from './data-keys.ts';
export { deriveCommitment, deriveFieldKey, deriveFirmTag, hasCommitment } from './derive.ts';
export { guardKeyring } from './guarded-keyring.ts';
export {
	type GeneratedKey,
	type KeyContext,
	type KeyGrant,
	type Keyring,
	type KeyringPrincipal,
	type KeySide,
	KeyUnavailableError,
	type KeyUnavailableReason,
	type UnwrappedKey,
	type WrappedKey,
	type WrappingKey,
	type WrappingKeyState,
} from './keyring.ts';
export { assertKeyRight, assertRight } from './keyring-rights.ts';
export { type KeyringCall, measureKeyring } from './measured-keyring.ts';
export { nextOwnKeyState, type OwnKeyLook, type OwnKeyState } from './own-key-state.ts';
export { PLATFORM } from './platform.ts';
export { createKeyRenewal, type KeyRenewal, type Rewrapped, withSigner } from './renewal.ts';
export { createRights, type KeyedRights, type Prover, type Rights, type RightsOptions } from './rights.ts';
export type { KeyringTrouble } from './steady-calls.ts';
export { type SteadyKeyringOptions, steadyKeyring } from './steady-keyring.ts';
export type { DataKeyEvent } from './told-keyring.ts';

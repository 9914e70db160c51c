export type { DataKeyEvent } from './audited-keyring.ts';
export {
	type CheckpointKey,
	type CheckpointKeys,
	createCheckpointKeys,
} from './checkpoint-keys.ts';
export type {
	DataKeyRecord,
	DataKeyState,
	DataKeyStore,
	NewDataKey,
} from './data-key-store.ts';
export {
	type ClassKey,
	createDataKeys,
	type DataKeyStats,
	type DataKeys,
	type DataKeysOptions,
	type SealedField,
} from './data-keys.ts';
export { deriveCommitment, deriveFieldKey, deriveFirmTag, hasCommitment } from './derive-keys.ts';
export { guardKeyring } from './guarded-keyring.ts';
export { createKeyRenewal, type KeyRenewal, type Rewrapped, withSigner } from './key-renewal.ts';
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
export { assertKeyRight, assertKeyringRight } from './keyring-rights.ts';
export { type KeyringCall, measureKeyring } from './measured-keyring.ts';
export { nextOwnKeyState, type OwnKeyCheck, type OwnKeyState } from './own-key-state.ts';
export { PLATFORM_FIRM_ID } from './platform.ts';
export type { KeyringHealthEvent } from './resilient-calls.ts';
export { type ResilientKeyringOptions, resilientKeyring } from './resilient-keyring.ts';
export {
	createRightsProofs,
	type KeyedRightsProofs,
	type Prover,
	type RightsProofs,
	type RightsProofsOptions,
} from './rights-proofs.ts';
export { unavailableDataKeys } from './unavailable-data-keys.ts';

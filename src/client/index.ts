/** The exports of `firmseal/client`, for the application of a firm: docs/how-to/use-the-client.md. */
export {
	type DeviceStatement,
	extendKeyLog,
	type KeyLog,
	KeyLogError,
	type KeyLogRule,
	type ReadEntry,
	readEntry,
	readKeyLog,
} from '../custody/index.ts';
export { type ErrorCode, FirmsealError } from '../errors.ts';
export { OpenFieldsLink } from './apollo-link.ts';
export {
	AnsweringSteps,
	type ClientClock,
	createFirmseal,
	type DeviceConnection,
	type Firmseal,
	type FirmsealOptions,
	JoiningSteps,
	ProposalSteps,
	RecoverySteps,
} from './connection/index.ts';
export type { ContentCoordinate, ContentInput, ContentMutation, ContentType } from './coordinate-types.ts';
export { CONTENT_TYPES } from './coordinates.generated.ts';
export type {
	CustodyOfClass,
	OpenedRecord,
	OpenedValue,
	Opener,
	RecordToOpen,
	RowToSeal,
	SealedContent,
	SealedValue,
} from './opener.ts';
export { openFieldsExchange } from './urql-exchange.ts';
export {
	createVault,
	type KeptStore,
	type LogChanges,
	type ServedLog,
	type StoredDevice,
	VaultError,
	type VaultOperations,
	type VaultParts,
	type VaultState,
} from './vault/index.ts';
export {
	createWithPasskey,
	createWorkerVault,
	type PasskeyDevice,
	type StartedWorker,
	unlockWithPasskey,
	type VaultEvent,
	VaultRefusal,
	type WorkerVault,
} from './worker/index.ts';

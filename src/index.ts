/** The exports of the package `firmseal`, for an API that is not ours: docs/how-to/adopt.md. */
export type {
	ContentClass,
	FirmPrincipal,
	FirmRole,
	OperatorPrincipal,
	OperatorRole,
	Principal,
} from './access/index.ts';
export { type Act, type Action, type AuditLog, type Entry, type EntryDraft, parseLeaf } from './audit/index.ts';
export type { AppendingLog } from './audit-log/index.ts';
export {
	authorizationOf,
	type Content,
	type ContentField,
	type ContentRow,
	type ContentSession,
	type KeyedContent,
	type Withheld,
} from './content/index.ts';
export { firmTagChecks, type Sealed, sealed, sealedColumns } from './database/sealed.ts';
export {
	assertEveryFieldWrapped,
	contentSessionOf,
	deriveLock,
	type EncryptedDirective,
	type EncryptedDirectiveOptions,
	type EncryptedField,
	type EnvelopGate,
	encryptedDirective,
	envelopGate,
	type GateOptions,
	type Ownership,
	type Registry,
	type ResponseGateOptions,
	responseGate,
	type SealedColumn,
	type SealedColumns,
	type SealedLock,
} from './encryption-directive/index.ts';
export { ERROR_CODES, type ErrorCode, FirmsealError, SetupError } from './errors.ts';
export {
	type DataKeyRecord,
	type DataKeyStore,
	guardKeyring,
	type KeyContext,
	type Keyring,
	KeyUnavailableError,
	type NewDataKey,
} from './keys/index.ts';
export {
	auditLogIn,
	type Caller,
	type DrizzleDatabase,
	dataKeyStoreIn,
	FIRMSEAL_SQL,
	type GivenRow,
	readableColumns,
	type SealedRow,
	sealRow,
} from './library/index.ts';
export {
	type Adoption,
	type AdoptOptions,
	adopt,
	type CreateContentOptions,
	createContent,
	openKeyringIn,
} from './wiring/library/index.ts';

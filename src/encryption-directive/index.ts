export { deriveLock, type EncryptedField, type SealedColumn, type SealedColumns, type SealedLock } from './bindings.ts';
export {
	assertEveryFieldWrapped,
	type EncryptedDirective,
	type EncryptedDirectiveOptions,
	encryptedDirective,
	type RowIdentity,
	type ValueOpener,
} from './encrypted-directive.ts';
export { type EnvelopGate, envelopGate } from './envelop-gate.ts';
export {
	contentOfRequest,
	contentSessionOf,
	type GateOptions,
	type ResponseGateOptions,
	responseGate,
} from './gate.ts';
export { type Registry, type RegistryOptions, readRegistry, type SealedTable } from './registry.ts';
export { requireGate } from './require-gate.ts';
export type { Ownership } from './type-defs.ts';

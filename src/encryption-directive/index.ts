export { deriveLock, type SealedColumn, type SealedColumns, type SealedLock } from './bindings.ts';
export { type EncryptedDirective, type EncryptedDirectiveOptions, encryptedDirective } from './encrypted-directive.ts';
export type { EncryptedField } from './encrypted-field.ts';
export { type EnvelopGate, envelopGate } from './envelop-gate.ts';
export { assertEveryFieldWrapped } from './every-field-wrapped.ts';
export {
	contentOfRequest,
	contentSessionOf,
	type GateOptions,
	type ResponseGateOptions,
	responseGate,
} from './gate.ts';
export type { Ownership } from './ownership.ts';
export { type Registry, type RegistryOptions, readRegistry, type SealedTable } from './registry.ts';
export { requireGate } from './require-gate.ts';
export type { RowIdentity, ValueOpener } from './value-opener.ts';

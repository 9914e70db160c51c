export { deriveLock, type SealedColumn, type SealedColumns, type SealedLock } from './bindings.ts';
export { type EncryptedDirective, type EncryptedDirectiveOptions, encryptedDirective } from './encrypted-directive.ts';
export type { EncryptedField } from './encrypted-field.ts';
export { assertEveryFieldWrapped } from './every-field-wrapped.ts';
export type { Ownership } from './ownership.ts';
export { type Registry, type RegistryOptions, readRegistry, type SealedTable } from './registry.ts';
export { accessOf, type ResponseGateOptions, responseGate } from './response-gate.ts';
export type { Reveal, RowIdentity } from './reveal.ts';

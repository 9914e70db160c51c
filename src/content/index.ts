export { type Content, contentFromKeys } from './content.ts';
export type { ContentField, ContentRow, SourceFormat } from './content-field.ts';
export { type ContentOptions, contentFromKeyring, type KeyedContent, keyEventAct } from './content-from-keyring.ts';
export type { ContentEvents, PlaintextSource } from './content-parts.ts';
export {
	anonymousAuthorization,
	authorizationOf,
	type ContentAuthorization,
	type ContentSession,
	contentEntry,
	type Withheld,
} from './content-session.ts';
export {
	FILE_FIELDS,
	FILE_LOCATION_COORDINATE,
	type FileOpener,
} from './file-content.ts';
export type { ObjectResealer } from './file-maintenance.ts';
export type { FileSealer } from './file-sealer.ts';
export type { LeaseReader, RequestedValue } from './lease-reader.ts';
export { createMaintenance, type Maintenance, type StoredValue } from './maintenance.ts';
export { createPlaintextCodec, type DjangoCipher, type FernetCipher, type PlaintextCodec } from './plaintext-codec.ts';

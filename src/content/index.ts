export {
	type Content,
	type ContentEvents,
	type ContentFailure,
	contentFromKeys,
	type PlaintextSource,
} from './content.ts';
export { contentEntry } from './content-entries.ts';
export type { ContentField, ContentRow, SourceFormat } from './content-field.ts';
export { type ContentOptions, contentFromKeyring, type KeyedContent } from './content-from-keyring.ts';
export {
	anonymousAuthorization,
	authorizationOf,
	type ContentAuthorization,
	ContentSession,
	type Withheld,
} from './content-session.ts';
export {
	FILE_FIELDS,
	FILE_LOCATION_COORDINATE,
	type FileContent,
	type FileOpener,
	type FilePlace,
} from './file-content.ts';
export type { FileSealer } from './file-sealer.ts';
export { keyEventAct } from './key-event-act.ts';
export type { LeaseReader, RequestedValue } from './lease-reader.ts';
export { createMaintenance, type Maintenance, type ObjectResealer, type StoredValue } from './maintenance.ts';
export { createPlaintextCodec, type DjangoCipher, type FernetCipher, type PlaintextCodec } from './plaintext-codec.ts';

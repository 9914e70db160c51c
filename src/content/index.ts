export {
	anonymousAuthorization,
	authorizationOf,
	type ContentAuthorization,
	ContentSession,
	type Withheld,
} from './access.ts';
export {
	type Content,
	type ContentEvents,
	type ContentFailure,
	contentFromKeys,
	type PlaintextSource,
} from './content.ts';
export { type ContentOptions, contentFromKeyring, type KeyedContent } from './create-content.ts';
export { contentEntry } from './entries.ts';
export type { ContentField, ContentRow, SourceFormat } from './field.ts';
export type { FileSealer } from './file-sealer.ts';
export { FILE_FIELDS, FILE_LOCATION_COORDINATE, type FileContent, type FileOpener, type FilePlace } from './files.ts';
export { keyEventAct } from './key-act.ts';
export type { LeaseReader, RequestedValue } from './lease-use.ts';
export { createMaintenance, type Maintenance, type ObjectResealer, type StoredValue } from './maintenance.ts';
export { createPlaintextCodec, type DjangoCipher, type FernetCipher, type PlaintextCodec } from './plain-values.ts';

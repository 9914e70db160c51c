export { Access, type AccessTerms, termsOf, type Withheld } from './access.ts';
export { type Content, type ContentEvents, contentOver, type Failure } from './content.ts';
export { type ContentOptions, createContent, type KeyedContent } from './create-content.ts';
export { entryOf } from './entries.ts';
export type { ContentField, ContentRow } from './field.ts';
export type { FileSealer } from './file-sealer.ts';
export { FILE_FIELDS, type FileOpener, type FilePlace, type Files } from './files.ts';
export { keyAct } from './key-act.ts';
export type { AskedValue, LeaseUse } from './lease-use.ts';

export { Access, type AccessTerms, type Withheld } from './access.ts';
export { type Content, type ContentOptions, createContent } from './content.ts';
export { entryOf } from './entries.ts';
export type { ContentField, ContentRow } from './field.ts';
export { keyAct } from './key-act.ts';

export { type GetOptions, get } from './get.ts';
export { openPart, partOf, removePart } from './part-file.ts';
export { assertFree, publish, throwUnwritten } from './place.ts';
export { type PutOptions, put } from './put.ts';
export { withHint } from './with-hint.ts';

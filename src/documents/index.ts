export { type ClearedObjects, type ClearingParts, clearObjects, sweepObjects } from './clear-objects.ts';
export { type ClearStore, guardClearStore, isClearLocation, type Removal } from './clear-store.ts';
export { MOST_BYTES, objectSizeOf } from './file-size.ts';
export { type FileName, type FoundFile, findFile } from './find-file.ts';
export { guardStore } from './guarded-store.ts';
export { createLongHash, type LongHash } from './long-hash.ts';
export { isObjectName, isObjectTag, nameOfObject, tagOfObject } from './object-name.ts';
export {
	type ByteRange,
	type ListedObject,
	type ObjectStore,
	ObjectStoreError,
	type ObjectStoreReason,
	type RetainedObjects,
	type StoredObject,
	type StoreFinding,
	type WriteOptions,
} from './object-store.ts';
export { openFile } from './open-file.ts';
export type { OpenedFile } from './open-stored.ts';
export { chunksOf, readStart, resealing } from './reseal-object.ts';
export { sealing } from './sealing.ts';
export { createTicket, redeemTicket } from './tickets.ts';
export { OtherFileError, type UploadBody, type UploadedFile, uploadFile } from './upload.ts';

export {
	type DeletedObjects,
	deleteScheduledObjects,
	type ObjectDeletionParts,
	sweepUnfinishedUploads,
} from './delete-scheduled-objects.ts';
export { objectSizeOf } from './file-ranges.ts';
export { type FileReference, type FoundFile, findFile } from './find-file.ts';
export { guardStore } from './guarded-store.ts';
export { isObjectName, isObjectTag, nameOfObject, tagOfObject } from './object-name.ts';
export {
	type ByteRange,
	type ListedObject,
	mapErrors,
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
export { guardPlaintextStore, isPlaintextLocation, type PlaintextStore, type Removal } from './plaintext-store.ts';
export { readChunks, readStart, resealChunks } from './reseal-object.ts';
export { sealStream } from './seal-stream.ts';
export { createThreadedHash, type ThreadedHash } from './threaded-hash.ts';
export { createTicket, redeemTicket } from './tickets.ts';
export { FileReplacedError, MAX_FILE_BYTES, type UploadBody, type UploadedFile, uploadFile } from './upload.ts';

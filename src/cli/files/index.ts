export { type ByteProgress, showBytes, sizeOf } from './byte-progress.ts';
export { fetchFile } from './download.ts';
export { RESUME_HINT, throwWriteError, withHint, writeErrorOf } from './file-errors.ts';
export { type GetOptions, get } from './get.ts';
export { openRegular, readSmallFile, sha256Of } from './local-file.ts';
export { acquireLockFile } from './lock-file.ts';
export { safeFileName } from './names.ts';
export {
	assertNotPart,
	assertPathFree,
	foreignPartError,
	isOwned,
	lockOf,
	openPart,
	partOf,
	publishPartFile,
	removePart,
} from './part-file.ts';
export { type PutOptions, put } from './put.ts';

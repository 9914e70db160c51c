import { DOCUMENT_HEADER_LENGTH, messageLengthOf } from '../envelope/index.ts';

/** Bytes of a file at most: 512 GiB, which fit into the 10,000 parts of an object in S3. */
export const MAX_FILE_BYTES = 512 * 1024 ** 3;

/** Bytes of the object that a file of so many bytes becomes. FORMAT.md section 8. */
export const objectSizeOf = (fileSize: number): number => DOCUMENT_HEADER_LENGTH + messageLengthOf(fileSize);

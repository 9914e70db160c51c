export type { Aead } from './aead.ts';
export { openChunk, sealChunk } from './chunk.ts';
export type { ChunkAead } from './chunk-aead.ts';
export { type ChunkCipher, createChunkCipher, openChunkCipher } from './chunk-cipher.ts';
export { type ChunkedKey, type ChunkKeys, deriveChunkKeys, openChunkKeys } from './chunk-keys.ts';
export {
	CHUNK_LENGTH,
	chunkAt,
	chunkStart,
	layoutOf,
	type MessageLayout,
	messageLengthOf,
	PREFIX_LENGTH,
	SALT_LENGTH,
	SEALED_CHUNK_LENGTH,
} from './chunk-positions.ts';
export { type ChunkedToDecrypt, type ChunkedToEncrypt, decryptChunked, encryptChunked } from './chunked.ts';
export { concat } from './concat.ts';
export { encodeContext } from './context.ts';
export {
	DOCUMENT_HEADER_LENGTH,
	type DocumentHeader,
	type DocumentPlace,
	deriveDocumentKey,
	documentContext,
	encodeDocumentHeader,
	readDocumentHeader,
} from './document.ts';
export {
	decodeValue,
	encodeValue,
	type FieldKey,
	type FieldKeyParts,
	type FieldPlace,
	openPayload,
	openValue,
	prepareFieldKey,
	sealPayload,
} from './field.ts';
export { deriveFirmTag, isEnvelope, PLAIN_MARKER, readKeyVersion } from './frame.ts';
export { unopenableError } from './unopenable-error.ts';
export { isUuid } from './uuid.ts';
export type { ScalarType, ValueType } from './value-type.ts';
export { deriveFieldKey, type FieldToOpen, type FieldToSeal, openField, sealField } from './web-field.ts';

export type { Aead } from './aead.ts';
export { encodeContext } from './context.ts';
export { openPayload, sealPayload } from './field.ts';
export { type FieldKey, type FieldKeyParts, type FieldPlace, prepareFieldKey } from './field-key.ts';
export { isEnvelope, readKeyVersion } from './frame.ts';
export { decodeValue, encodeValue } from './payload.ts';
export type { ScalarType, ValueType } from './value-type.ts';
export { deriveFieldKey, type FieldToOpen, type FieldToSeal, openField, sealField } from './web-field.ts';

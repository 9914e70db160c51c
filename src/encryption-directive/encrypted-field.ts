import type { ContentField } from '../content/index.ts';

/** One field marked `@encrypted`. There is exactly one frozen object for each coordinate, so identity is equality. */
export interface EncryptedField extends ContentField {
	readonly typeName: string;
	readonly fieldName: string;
}

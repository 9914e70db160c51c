import type { ContentClass } from '../access/index.ts';
import type { ValueType } from '../envelope/index.ts';

/**
 * How a column stores the values that a sealed column replaces: as text, as Fernet tokens, or in the form of one of two Django libraries.
 */
export type SourceFormat = 'text' | 'fernet' | 'django-encrypted-model-fields' | 'django-cryptography';

/** An encrypted coordinate. There is one object per coordinate, so code may compare by identity. */
export interface ContentField {
	/** `Type.field`, from the schema, never an alias. */
	readonly coordinate: string;
	readonly class: ContentClass;
	/** The binding: the names in the value's context (src/envelope/FORMAT.md, section 4). */
	readonly table: string;
	readonly column: string;
	readonly valueType: ValueType;
	/** The payload is padded to a multiple of this many bytes; 0 for no padding. */
	readonly pad: number;
	/** The format of the column that this one replaces. Undefined if there is no such column. */
	readonly movedFrom?: SourceFormat | undefined;
}

export interface ContentRow {
	readonly firm: string;
	/** Row id. */
	readonly id: string;
	/** The client with which the row is shared, if a portal request read it. */
	readonly sharedWith?: string | null | undefined;
}

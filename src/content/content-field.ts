import type { ContentClass } from '../access/index.ts';
import type { ValueType } from '../envelope/index.ts';

/**
 * How a column holds values that a sealed one takes over: as they are, as tokens of Fernet, or as one of the libraries of Django that has a
 * form of its own keeps them.
 */
export type SourceFormat = 'text' | 'fernet' | 'django-encrypted-model-fields' | 'django-cryptography';

/** An encrypted coordinate: what content/ needs to know of it. One object per coordinate, so identity is equality. */
export interface ContentField {
	/** `Type.field`, from the schema, never an alias. */
	readonly coordinate: string;
	readonly class: ContentClass;
	/** The binding: the names in the value's context (FORMAT.md "Field envelope"). */
	readonly table: string;
	readonly column: string;
	readonly valueType: ValueType;
	/** The payload is padded to a multiple of this many bytes; 0: not padded. */
	readonly pad: number;
	/** How values are written that are still in the column which this one takes over; undefined: there is no such column. */
	readonly movedFrom?: SourceFormat | undefined;
}

export interface ContentRow {
	readonly firm: string;
	/** Row id. */
	readonly id: string;
	/** The client that the row is shared with, when a portal's request read it. */
	readonly sharedWith?: string | null | undefined;
}

import type { Access, Content, ContentField } from '../content/index.ts';
import type { Plane } from '../database/index.ts';

/** What a use case of a firm works with: the firm's rows, the door to content, and which fields are content. */
export interface Desk {
	readonly plane: Plane;
	readonly content: Content;
	/** Encrypted fields of a type, by field name. */
	readonly fieldsOf: (typeName: string) => Readonly<Record<string, ContentField>>;
}

/** Who acts, in which request. */
export interface Acting {
	readonly access: Access;
	/** User id. */
	readonly user: string;
	readonly firm: string;
}

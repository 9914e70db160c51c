/** The names an API uses for the owners of content: firms, workspaces, tenants, accounts. */
export interface Ownership {
	/** The interface of everything that belongs to an owner, such as `FirmOwned`. */
	readonly interface: string;
	/** Its field with the owner's id, such as `firmId`. */
	readonly id: string;
}

export const FIRM_OWNED: Ownership = Object.freeze({ interface: 'FirmOwned', id: 'firmId' });

/**
 * SDL of the two marks, the content classes, and the types they need. It repeats schema/directives.graphql, which a published package
 * can't read; a test compares both.
 */
export const directiveTypeDefs = ({ interface: owned, id }: Ownership = FIRM_OWNED): string => /* GraphQL */ `"""
Content: sealed in the database, and opened only for a caller whose capability covers the field. The audit log records every opening.
The field is nullable, because a caller without the right gets null.
"""
directive @encrypted(
	"Which data key seals the values. All encrypted fields of a table have the same class."
	class: ContentClass!
	"Values are padded to a multiple of this many bytes, 1 to 65536, to hide their size. Default: no padding."
	pad: Int
) on FIELD_DEFINITION

"Not content: the people who operate the platform may see the field."
directive @metadata on FIELD_DEFINITION

"The kind of content a field holds. Each firm has data keys per class, and a break-glass lease names the classes it covers."
enum ContentClass {
	"Documents, their versions and their descriptions."
	DOCUMENT
	"Messages and comments."
	COMMUNICATION
	"Invoices, their line items and time entries."
	BILLING
	"Notes."
	NOTE
}

"A time in UTC, as YYYY-MM-DDTHH:mm:ss.sssZ."
scalar DateTime

"A decimal number as text, exactly as given: optional minus sign, digits, optional fraction, no exponent."
scalar Decimal

"Any JSON value."
scalar JSON

"An object that the query node finds by its id."
interface Node {
	"UUIDv7 in lower case."
	id: ID!
}

"An object that belongs to exactly one firm. Each of its fields is either @encrypted or @metadata."
interface ${owned} {
	"The firm the object belongs to."
	${id}: ID! @metadata
}
`;

/** What an API calls those whose content is kept apart: its firms, workspaces, tenants, accounts. */
export interface Ownership {
	/** The interface of everything that belongs to one, such as `FirmOwned`. */
	readonly interface: string;
	/** Its field with the owner's id, such as `firmId`. */
	readonly id: string;
}

export const FIRM_OWNED: Ownership = Object.freeze({ interface: 'FirmOwned', id: 'firmId' });

/**
 * The two marks, the content classes and what they stand on, as SDL. It has the text of schema/directives.graphql, which
 * a test compares: a package that brings the directive can't read that file.
 */
export const directiveTypeDefs = ({ interface: owned, id }: Ownership = FIRM_OWNED): string => /* GraphQL */ `"""
Content: sealed in the database, opened only for a caller whose capability covers the field, recorded in the audit log at every opening.
The field is nullable, because null is what a caller without the right gets.
"""
directive @encrypted(
	"Decides which data key seals the values; one class for each table."
	class: ContentClass!
	"Values are padded to a multiple of this many bytes, 1 to 65536, so that their size says less. Not padded by default."
	pad: Int
) on FIELD_DEFINITION

"Not content: who operates the platform may see it."
directive @metadata on FIELD_DEFINITION

"What kind of content a field holds. Each firm has a series of data keys for each class, and a break-glass lease names the classes it covers."
enum ContentClass {
	"Documents, their versions and what describes them."
	DOCUMENT
	"Messages and comments."
	COMMUNICATION
	"What invoices and time entries say."
	BILLING
	"Notes."
	NOTE
}

"A moment in UTC, as YYYY-MM-DDTHH:mm:ss.sssZ."
scalar DateTime

"A decimal number as text, exactly as given: optional minus sign, digits, optional fraction, no exponent."
scalar Decimal

"Any JSON value."
scalar JSON

"An object that can be fetched by its id alone."
interface Node {
	"UUIDv7 in lower case."
	id: ID!
}

"An object that belongs to exactly one firm. Each of its fields is either @encrypted or @metadata."
interface ${owned} {
	"The firm that the object belongs to."
	${id}: ID! @metadata
}
`;

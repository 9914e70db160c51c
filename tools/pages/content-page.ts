import { FILE_FIELDS } from '../../src/content/index.ts';
import type { EncryptedField, SealedColumns } from '../../src/encryption-directive/index.ts';
import { anchorOf, page, table } from './markdown.ts';

const HEAD = `<!-- Written by \`npm run generate\` from the marks in schema/, the sealed() columns and src/access: change those. -->

# Content fields

The fields marked \`@encrypted\` are ciphertext in the database. They are opened only for people who may read them, and the audit
log records each opening. The other fields of a firm-owned type are \`@metadata\`, which operators see. [How to add a
field](../README.md#add-a-field).`;

const COLUMNS = `- **class**: the data key of the firm that seals the field; one class for each table.
- **padding**: values are padded to a multiple of this number of bytes, so that their size reveals less; \`-\`: not padded.
- **column**: table and column in the database.
- **who may read**: people of the firm that the object belongs to; a CLIENT, a user of the firm's portal, reads what the firm
  has shared with its client.`;

export interface Readers {
	whoMayRead(field: EncryptedField): string;
	/** The roles that may read no content, with the reason. */
	whoMayNot(): string;
}

const FILES = Object.values(FILE_FIELDS)
	.map(({ coordinate }) => `\`${coordinate}\``)
	.join(' and ');

const denials = (whoMayNot: string) =>
	`**Operators never read content without a [lease](../README.md#break-glass)**, and with a lease only what it covers. A field
that the caller may not read is null, and \`extensions.sealed\` has the reason (without a lease ${whoMayNot}).
[SECURITY.md](../SECURITY.md) says what prevents operators from reading it.

Files are not fields. People who may read the fields of a document download its file [from a path of its own](../README.md#files). Leases
and the audit log call files ${FILES}.`;

/** docs/reference/content-fields.md: every encrypted coordinate, in the order of the schema. */
export function contentPage(fields: Iterable<EncryptedField>, columns: SealedColumns, readers: Readers): string {
	const columnOf = new Map(columns.map((own) => [`${own.typeName}.${own.fieldName}`, own]));
	const rows = [...fields].map((field) => [
		`[${field.coordinate}](api.md#${anchorOf(field.typeName)})`,
		field.class,
		field.pad > 0 ? `${field.pad.toLocaleString('en')} bytes` : '-',
		`\`${columnOf.get(field.coordinate)?.table}.${columnOf.get(field.coordinate)?.column}\``,
		readers.whoMayRead(field),
	]);
	return page([
		HEAD,
		denials(readers.whoMayNot()),
		COLUMNS,
		table(['coordinate', 'class', 'padding', 'column', 'who may read'], rows),
	]);
}

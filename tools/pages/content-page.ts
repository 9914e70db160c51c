import { FILE_FIELDS } from '../../src/content/index.ts';
import type { EncryptedField, SealedColumns } from '../../src/encryption-directive/index.ts';
import { anchorOf, page, table } from './markdown.ts';

const HEAD = `<!-- Written by \`npm run generate\` from the marks in schema/, the sealed() columns and src/access: change those. -->

# Content fields

*Reference. For anyone who asks what is encrypted, and who can read it.*

The fields marked \`@encrypted\`. Each is ciphertext in the database, is opened only for a caller who may read it, and every
opening is in the audit log. The other fields of firm-owned types are \`@metadata\`, which operators see.
[Add an encrypted field](../how-to/add-a-field.md) says how to make one.`;

const COLUMNS = `- **class**: the firm's data key that seals it. Each table has one class.
- **padding**: values are padded to a multiple of this many bytes, to hide their length; \`-\` means no padding.
- **column**: table and column in the database.
- **who may read**: roles in the firm that owns the object. A CLIENT reads only what the firm shared with its client.`;

export interface Readers {
	/** Who may read a field's values. */
	whoMayRead(field: EncryptedField): string;
	/** The roles that may read no content at all, with the reason. */
	whoMayNot(): string;
}

const FILES = Object.values(FILE_FIELDS)
	.map(({ coordinate }) => `\`${coordinate}\``)
	.join(' and ');

const denials = (whoMayNot: string) =>
	`**Operators never read content without a [lease](../explanation/break-glass.md)**, and with one only what it covers. A field
that the caller may not read is null, and \`extensions.sealed\` says why (without a lease ${whoMayNot}).
[SECURITY.md](../../SECURITY.md) says how that is enforced.

Files are not fields. They have [paths of their own](http.md#files), and anyone who may read the document's fields may read its files.
Leases and the audit log call them ${FILES}.`;

/** docs/reference/content-fields.md: every coordinate of content in the order of the schema. */
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

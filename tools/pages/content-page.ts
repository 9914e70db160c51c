import { FILE_FIELDS } from '../../src/content/index.ts';
import type { EncryptedField, SealedColumns } from '../../src/encryption-directive/index.ts';
import { anchorOf, page, table } from './markdown.ts';

const HEAD = `<!-- Written by \`npm run generate\` from the marks in schema/, the sealed() columns and src/access: change those. -->

# Content fields

The fields marked \`@encrypted\`: ciphertext in the database, opened only for those who may read them, each opening in the
audit log. What a firm-owned type has besides is \`@metadata\`, which operators see. [How to add a
field](../../README.md#add-a-field).`;

const COLUMNS = `- **class**: which of the firm's data keys seals it; one class for each table.
- **padding**: values are padded to a multiple of so many bytes, so that their size says less; \`-\`: not padded.
- **column**: table and column in the database.
- **who may read**: people of the firm that the object belongs to; a CLIENT, somebody of the firm's portal, what the firm
  shared with its client.`;

export interface Readers {
	/** Who may read a field's values. */
	whoMayRead(field: EncryptedField): string;
	/** Who may read no content at all, and why. */
	whoMayNot(): string;
}

const FILES = Object.values(FILE_FIELDS)
	.map(({ coordinate }) => `\`${coordinate}\``)
	.join(' and ');

const denials = (whoMayNot: string) =>
	`**Operators never read content without a [lease](../../README.md#break-glass)**, and with one only what it is for. A field
that the caller may not read is null, and \`extensions.sealed\` says why (without a lease ${whoMayNot}).
[SECURITY.md](../../SECURITY.md) says what keeps them from it.

Files are no fields: they come [by a path of their own](../../README.md#files), to those who may read the document's fields. Leases and
the audit log call them ${FILES}.`;

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

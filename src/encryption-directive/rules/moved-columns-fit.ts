import { FILE_LOCATION_COORDINATE, type SourceFormat } from '../../content/index.ts';
import type { ValueType } from '../../envelope/index.ts';
import { valueTypeOf } from '../value-type.ts';
import type { StartUpRule } from './rule.ts';

/**
 * A sealed() column takes over a column of the same table whose values fit the field's type.
 *
 * A column that is not declared stays plaintext, and a value of another type would not fit the field.
 */
export const movedColumnsFit: StartUpRule = function* ({ sealedFields }) {
	const taken = new Map<string, string>();
	for (const { coordinate, field, columns } of sealedFields)
		for (const { table, from } of columns) {
			if (!from) continue;
			const name = `${table}.${from.column}`;
			const other = taken.get(name);
			taken.set(name, coordinate);
			const type = valueTypeOf(field.type);
			const found = `${from.type}${HELD[from.format]}`;
			if (from.type === null)
				yield `${coordinate} takes over ${name}, which is not a plaintext column: declare it beside the sealed() column, or remove \`from\`.`;
			else if (OF_FILES.has(coordinate))
				yield `${coordinate} can't take over ${name}: declare it on ${FILE_LOCATION_COORDINATE}, which says where a file is stored; the file's other fields are sealed with it.`;
			else if (coordinate === FILE_LOCATION_COORDINATE && !(TEXT.test(from.type) && from.format === 'text'))
				yield `${coordinate} can't take over ${name}, which is ${found}: the location of a plaintext file is a text.`;
			else if (other) yield `${coordinate} and ${other} take over the same column ${name}: give each its own.`;
			else if (type && !fits(type, from.type, from.format))
				yield `${coordinate} is of type ${type} and can't take over ${name}, which is ${found}: change the type of either.`;
		}
};

/** Fields of a file, beside the one in which its version says where it is stored. */
const OF_FILES: ReadonlySet<string> = new Set([
	'Document.bucket',
	'Document.objectKey',
	'Document.sha256',
	'DocumentVersion.bucket',
	'DocumentVersion.sha256',
]);

const TEXT = /^(text|varchar|char|character)/;

const OF_TYPE: Readonly<Record<string, RegExp>> = {
	Int: /^(small|big)?int|^integer|^smallint|^serial/,
	Float: /^(real|double precision|numeric|smallint|integer)/,
	Boolean: /^boolean/,
	DateTime: /^(timestamp|date)/,
	Decimal: /^(numeric|decimal|smallint|integer|bigint)/,
	JSON: /^jsonb?$/,
	ID: /^uuid/,
};

const HELD: Readonly<Record<SourceFormat, string>> = {
	text: '',
	fernet: ' with tokens of Fernet',
	'django-encrypted-model-fields': ' with tokens of Fernet',
	'django-cryptography': ' with bytes of django-cryptography',
};

function fits(type: ValueType, ofColumn: string, format: SourceFormat): boolean {
	if (format === 'django-cryptography') return ofColumn === 'bytea';
	if (format !== 'text') return TEXT.test(ofColumn) || ofColumn === 'bytea';
	if (TEXT.test(ofColumn)) return true;
	return type.startsWith('[') ? /^jsonb?$/.test(ofColumn) : (OF_TYPE[type]?.test(ofColumn) ?? false);
}

import { FILE_LOCATION_COORDINATE, type SourceFormat } from '../../content/index.ts';
import type { ValueType } from '../../envelope/index.ts';
import { valueTypeOf } from '../value-type.ts';
import type { StartUpRule } from './rule.ts';

/**
 * A sealed() column takes over a column of the same table whose values the field's type can have.
 *
 * What is not declared stays in the clear, and a value of another type would be one that the field does not hold.
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
				yield `${coordinate} is to take over ${name}, which is no column of plaintext: declare it beside the sealed() column, or leave \`from\` out.`;
			else if (OF_FILES.has(coordinate))
				yield `${coordinate} can't take over ${name}: declare it on ${FILE_LOCATION_COORDINATE}, which says where a file lies; the rest of what is known of the file is sealed with it.`;
			else if (coordinate === FILE_LOCATION_COORDINATE && !(TEXT.test(from.type) && from.format === 'text'))
				yield `${coordinate} can't take over ${name}, which is ${found}: where a file lies in the clear is a text.`;
			else if (other) yield `${coordinate} and ${other} are to take over the same column ${name}: give each its own.`;
			else if (type && !fits(type, from.type, from.format))
				yield `${coordinate} is of type ${type} and can't take over ${name}, which is ${found}: change the type of either.`;
		}
};

/** What is known of a file, beside where its version says that it lies. */
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

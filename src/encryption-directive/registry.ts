import { type GraphQLSchema, validateSchema } from 'graphql';
import type { ContentClass } from '../access/index.ts';
import { SetupError } from '../errors.ts';
import type { EncryptedField } from './bindings.ts';
import { startUpRules } from './rules/index.ts';
import type { StartUpRule } from './rules/rule.ts';
import { type SurveyedField, type SurveyOptions, surveySchema } from './survey.ts';
import { valueTypeOf } from './value-type.ts';

/** A table with content. */
export interface SealedTable {
	/** The SQL name, which may differ from the name in the binding. */
	readonly table: string;
	/** The one class of all its content. */
	readonly class: ContentClass;
	readonly fields: readonly EncryptedField[];
}

/** All encrypted coordinates of a schema. Frozen: marks are read only when the process starts. */
export interface Registry extends Iterable<EncryptedField> {
	readonly fields: readonly EncryptedField[];
	readonly tables: readonly SealedTable[];
	/** The field of a coordinate such as `Note.title`; undefined if it isn't encrypted. */
	get(coordinate: string): EncryptedField | undefined;
	/** The encrypted fields of an object type; empty for any other. */
	ofType(typeName: string): readonly EncryptedField[];
}

export interface RegistryOptions extends SurveyOptions {
	/** Default: all rules. A test leaves out a rule to show what it prevents. */
	readonly rules?: readonly StartUpRule[] | undefined;
}

/**
 * Reads the marks of a schema and compares them with the columns and, if given, the lock.
 * @throws SetupError with one line per violated start-up rule.
 */
export function readRegistry(schema: GraphQLSchema, { rules = startUpRules, ...options }: RegistryOptions): Registry {
	const invalid = validateSchema(schema);
	if (invalid.length > 0) throw new SetupError(invalid.map(({ message }) => message).join('\n'));
	const survey = surveySchema(schema, options);
	const violations = rules.flatMap((rule) => [...rule(survey)]);
	if (violations.length > 0) throw new SetupError(violations.join('\n'));
	return createRegistry(survey.sealedFields.map(toStoredField));
}

interface StoredField {
	readonly sqlTable: string;
	readonly field: EncryptedField;
}

function createRegistry(stored: readonly StoredField[]): Registry {
	const fields = Object.freeze(stored.map(({ field }) => field));
	const byCoordinate = new Map(fields.map((field) => [field.coordinate, field]));
	const byType = new Map(
		[...Map.groupBy(fields, ({ typeName }) => typeName)].map(([name, of]) => [name, Object.freeze(of)]),
	);
	const tables = [...Map.groupBy(stored, ({ sqlTable }) => sqlTable)].map(([table, [first, ...rest]]) =>
		Object.freeze({
			table,
			class: (first as StoredField).field.class,
			fields: Object.freeze([first as StoredField, ...rest].map(({ field }) => field)),
		}),
	);
	const none: readonly EncryptedField[] = Object.freeze([]);
	return Object.freeze({
		fields,
		tables: Object.freeze(tables),
		get: (coordinate: string) => byCoordinate.get(coordinate),
		ofType: (typeName: string) => byType.get(typeName) ?? none,
		[Symbol.iterator]: () => fields[Symbol.iterator](),
	});
}

function toStoredField({ coordinate, type, field, encrypted: [mark], columns: [column] }: SurveyedField): StoredField {
	const valueType = valueTypeOf(field.type);
	if (!mark || !column || !valueType)
		throw new SetupError(`${coordinate} passed the start-up rules without a mark, a column or a type.`);
	const encryptedField = Object.freeze({
		coordinate,
		typeName: type.name,
		fieldName: field.name,
		class: mark.class as ContentClass,
		pad: (mark.pad as number | null | undefined) ?? 0,
		valueType,
		table: column.bind.table,
		column: column.bind.column,
		...(column.from && { movedFrom: column.from.format }),
	});
	return { sqlTable: column.table, field: encryptedField };
}

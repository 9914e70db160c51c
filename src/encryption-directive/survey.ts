import { getDirectiveInExtensions } from '@graphql-tools/utils';
import {
	type GraphQLField,
	type GraphQLInterfaceType,
	type GraphQLObjectType,
	type GraphQLSchema,
	isInterfaceType,
	isObjectType,
} from 'graphql';
import type { SealedColumn, SealedColumns, SealedLock } from './bindings.ts';
import { FIRM_OWNED, type Ownership } from './type-defs.ts';

/** The arguments of `@encrypted` as written. The rules check them. */
interface WrittenMark {
	readonly class?: unknown;
	readonly pad?: unknown;
}

export interface SurveyedField {
	readonly coordinate: string;
	readonly type: GraphQLObjectType | GraphQLInterfaceType;
	readonly field: GraphQLField<unknown, unknown>;
	readonly firmOwned: boolean;
	readonly encrypted: readonly WrittenMark[];
	readonly metadata: boolean;
	/** The columns declared for this field. */
	readonly columns: readonly SealedColumn[];
}

/** The input of the start-up rules: every field of every object and interface type, read once. */
export interface Survey {
	readonly schema: GraphQLSchema;
	readonly fields: readonly SurveyedField[];
	/** The fields of object types marked `@encrypted`: those that have values. */
	readonly sealedFields: readonly SurveyedField[];
	readonly columns: SealedColumns;
	readonly lock: SealedLock | undefined;
	readonly ownership: Ownership;
}

export interface SurveyOptions {
	/** Every sealed() column. */
	readonly columns: SealedColumns;
	/** drizzle/sealed.lock.json. Without it, a changed binding isn't noticed. */
	readonly lock?: SealedLock | undefined;
	/** The names for firms. Default: `FirmOwned` and `firmId`. */
	readonly ownership?: Ownership | undefined;
}

export function surveySchema(schema: GraphQLSchema, { columns, lock, ownership = FIRM_OWNED }: SurveyOptions): Survey {
	const columnsOf = Map.groupBy(columns, ({ typeName, fieldName }) => `${typeName}.${fieldName}`);
	const fields = Object.values(schema.getTypeMap())
		.filter((type) => isObjectType(type) || isInterfaceType(type))
		.filter(({ name }) => !name.startsWith('__'))
		.flatMap((type) =>
			Object.values(type.getFields()).map((field): SurveyedField => {
				const coordinate = `${type.name}.${field.name}`;
				return {
					coordinate,
					type,
					field,
					firmOwned: isOwned(type, ownership),
					encrypted: writtenMarks(field, 'encrypted'),
					metadata: writtenMarks(field, 'metadata').length > 0,
					columns: columnsOf.get(coordinate) ?? [],
				};
			}),
		);
	const sealedFields = fields.filter(({ type, encrypted }) => isObjectType(type) && encrypted.length > 0);
	return { schema, fields, sealedFields, columns, lock, ownership };
}

/** A field that must have a mark and has none. */
export const isUnmarked = ({ firmOwned, encrypted, metadata }: SurveyedField): boolean =>
	firmOwned && encrypted.length === 0 && !metadata;

function isOwned(type: GraphQLObjectType | GraphQLInterfaceType, ownership: Ownership): boolean {
	return [type, ...type.getInterfaces()].some(({ name }) => name === ownership.interface);
}

// Untyped on purpose: typed reading throws at the first bad argument, and doesn't name the field.
function writtenMarks(field: GraphQLField<unknown, unknown>, name: string): readonly WrittenMark[] {
	return getDirectiveInExtensions(field, name) ?? [];
}

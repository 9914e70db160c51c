import { type GraphQLOutputType, getNullableType, isEnumType, isListType, isScalarType } from 'graphql';
import type { ScalarType, ValueType } from '../envelope/index.ts';

const sealable: Readonly<Record<Exclude<ScalarType, 'Enum'>, true>> = {
	String: true,
	ID: true,
	Int: true,
	Float: true,
	Boolean: true,
	DateTime: true,
	Decimal: true,
	JSON: true,
};

/** The scalars whose values can be sealed, beside enums. */
export const SEALABLE_SCALARS: readonly string[] = Object.keys(sealable);

/** The encoding of an output type, nullable or not; undefined for a type whose values can't be sealed. */
export function valueTypeOf(type: GraphQLOutputType): ValueType | undefined {
	const nullable = getNullableType(type);
	if (!isListType(nullable)) return scalarTypeOf(nullable);
	const item = scalarTypeOf(getNullableType(nullable.ofType));
	return item && `[${item}]`;
}

function scalarTypeOf(type: GraphQLOutputType): ScalarType | undefined {
	if (isEnumType(type)) return 'Enum';
	return isScalarType(type) && Object.hasOwn(sealable, type.name) ? (type.name as ScalarType) : undefined;
}

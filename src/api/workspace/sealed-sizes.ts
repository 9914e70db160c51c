import { getDirectiveInExtensions } from '@graphql-tools/utils';
import { type GraphQLInputField, type GraphQLInputType, getNamedType, isInputObjectType } from 'graphql';
import type { ContentField } from '../../content/index.ts';
import { custodyEnvelopeLength } from '../../custody/index.ts';
import { type WorkspaceTypeName, workspaceType } from '../../firms/index.ts';

/** Bytes of the longest Decimal that the API takes, as JSON. */
const DECIMAL_BYTES = 132;

/** The encoded value has a type byte, and if it is padded a length too (src/envelope/FORMAT.md, section 5). */
const payloadLength = (bytes: number, pad: number): number =>
	pad === 0 ? 1 + bytes : Math.ceil((5 + bytes) / pad) * pad;

/**
 * Bytes of the longest plain value of each coordinate that an input takes, from its `@limit`. Arguments of groups and lists are found too.
 */
function plainLimitsOf(
	type: GraphQLInputType,
	typeName: string,
	found = new Map<string, number>(),
): Map<string, number> {
	const input = getNamedType(type);
	if (!isInputObjectType(input)) return found;
	const { lists = {}, groupedArguments = [], writableColumns } = workspaceType(typeName);
	for (const field of Object.values(input.getFields())) {
		const part = lists[field.name];
		if (part) plainLimitsOf(field.type, part.type, found);
		else if (groupedArguments.includes(field.name)) plainLimitsOf(field.type, typeName, found);
		else if (writableColumns.includes(field.name)) found.set(`${typeName}.${field.name}`, longestOf(field));
	}
	return found;
}

function longestOf(field: GraphQLInputField): number {
	if (getNamedType(field.type).name === 'Decimal') return DECIMAL_BYTES;
	const bytes: unknown = getDirectiveInExtensions(field, 'limit')?.[0]?.bytes;
	return typeof bytes === 'number' ? bytes : 0;
}

/** Bytes of the longest envelope of each coordinate that a mutation takes; 0 for any other coordinate. */
export function sealedSizesOf(type: GraphQLInputType, typeName: WorkspaceTypeName): (field: ContentField) => number {
	const limits = plainLimitsOf(type, typeName);
	return ({ coordinate, pad }) => {
		const bytes = limits.get(coordinate);
		return bytes === undefined ? 0 : custodyEnvelopeLength(payloadLength(bytes, pad));
	};
}

import { getNamedType, getNullableType, isEnumType, isInputObjectType, isListType, isNonNullType } from 'graphql';
import { longText, takesNull, textOfBytes } from './bad-values.ts';
import { isPage, type Position } from './input-positions.ts';
import { acceptedOfRequest } from './lease-values.ts';
import { isConditional } from './valid-values.ts';

/** Values at the limits of a position, which it must accept, and null if the position is nullable. */
export function acceptedValuesOf(position: Position, valid: unknown): readonly unknown[] {
	return [...(takesNull(position) && !isNonNullType(position.type) ? [null] : []), ...atLimits(position, valid)];
}

function atLimits(position: Position, valid: unknown): readonly unknown[] {
	const { type, limit, path, call } = position;
	const ofRequest = acceptedOfRequest(position);
	if (ofRequest) return ofRequest;
	const { items, bytes, line, pattern, min, max } = limit;
	const name = String(path.at(-1));
	if (isListType(getNullableType(type)))
		return items === undefined ? [] : [[], Array.from({ length: items }, () => (valid as readonly unknown[])[0])];
	const named = getNamedType(type);
	if (isEnumType(named)) return isConditional(call) ? [] : named.getValues().map((each) => each.name);
	if (isInputObjectType(named)) return isNonNullType(type) || named.isOneOf ? [] : [{}];
	switch (named.name) {
		case 'Int':
			if (isPage(call) && ['first', 'last'].includes(name)) return [1, 1_000];
			// These must name an existing revision or version.
			if (name === 'expectedRevision' || call.field.name === 'createDownload') return [];
			return [min, max].filter((each) => each !== undefined);
		case 'Decimal':
			return pattern === undefined ? ['-0', `-${'9'.repeat(64)}.${'9'.repeat(64)}`] : ['-0', `-${'9'.repeat(15)}.9999`];
		case 'DateTime':
			return ['0001-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999+23:59'];
		case 'String':
			if (bytes !== undefined) return pattern === undefined ? ['', '\n', textOfBytes(bytes)] : [];
			return line === undefined ? [] : [longText(position, String(valid), line)];
		default:
			return [];
	}
}

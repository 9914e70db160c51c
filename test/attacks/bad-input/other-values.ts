import { getNamedType, getNullableType, isEnumType, isInputObjectType, isListType } from 'graphql';
import type { FirmRows } from './firm-rows.ts';
import type { Position } from './input-positions.ts';
import { typeOfId } from './valid-values.ts';

/** Another valid value for the position. Undefined for an input object, whose fields are positions of their own. */
export async function otherValue(rows: FirmRows, position: Position, valid: unknown): Promise<unknown> {
	const { type, limit } = position;
	if (isListType(getNullableType(type))) return [...(valid as readonly unknown[]), (valid as readonly unknown[])[0]];
	const named = getNamedType(type);
	if (isInputObjectType(named)) return undefined;
	if (isEnumType(named)) return named.getValues().find(({ name }) => name !== valid)?.name;
	switch (named.name) {
		case 'ID':
			return rows.fresh(typeOfId(position));
		case 'Int':
			return (valid as number) + 1;
		case 'Decimal':
			return '13.5';
		case 'DateTime':
			return '2026-12-01T12:00:00.000Z';
		case 'String': {
			const others = [`${valid} `, `x${valid}`, 'USD'];
			return others.find((text) => limit.pattern === undefined || new RegExp(limit.pattern, 'u').test(text));
		}
		default:
			throw new Error(
				`No other value for ${position.name} is known: add one to test/attacks/bad-input/other-values.ts.`,
			);
	}
}

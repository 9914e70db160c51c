import { getNamedType, getNullableType, isEnumType, isInputObjectType, isListType } from 'graphql';
import type { FirmRows } from './firm-rows.ts';
import type { Place } from './input-positions.ts';
import { typeOfId } from './valid-values.ts';

/** Another value that the place takes just as well; undefined where what it holds is told apart elsewhere. */
export async function otherValue(rows: FirmRows, place: Place, valid: unknown): Promise<unknown> {
	const { type, limit } = place;
	if (isListType(getNullableType(type))) return [...(valid as readonly unknown[]), (valid as readonly unknown[])[0]];
	const named = getNamedType(type);
	if (isInputObjectType(named)) return undefined;
	if (isEnumType(named)) return named.getValues().find(({ name }) => name !== valid)?.name;
	switch (named.name) {
		case 'ID':
			return rows.fresh(typeOfId(place));
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
			throw new Error(`No other value for ${place.name} is known: add one to test/attacks/bad-input/other-values.ts.`);
	}
}

import type { GraphQLArgument } from 'graphql';
import type { Variables } from './document.ts';
import type { FirmRows } from './firm-rows.ts';
import { type Call, fieldsOf, itemOf, type Path, type Place, placeOf } from './input-positions.ts';
import { togetherWith, validValue } from './valid-values.ts';

/** Values for all arguments of a call that may stand beside the one at `path`. */
export function validVariables(
	rows: FirmRows,
	call: Call,
	path: Path,
	args: readonly GraphQLArgument[] = call.field.args,
): Promise<Variables> {
	const fromEnd = path[0] === 'last' || path[0] === 'before';
	const otherEnd = fromEnd ? ['first', 'after'] : ['last', 'before'];
	const given = args.filter(({ name }) => !otherEnd.includes(name));
	return valuesOf(
		rows,
		given.map((argument) => placeOf(call, argument, [argument.name], null)),
		path,
	);
}

/** Values by name, for one key where exactly one is allowed. */
async function valuesOf(rows: FirmRows, places: readonly Place[], path: Path): Promise<Variables> {
	const values: [string, unknown][] = [];
	for (const place of places) {
		const name = String(place.path.at(-1));
		if (place.within?.isOneOf && place !== chosen(places, path)) continue;
		const together = togetherWith(place.call, path);
		const value = name in together ? together[name] : await valueOfPlace(rows, place, path);
		if (value !== undefined) values.push([name, value]);
	}
	return Object.fromEntries(values);
}

const chosen = (places: readonly Place[], path: Path) =>
	places.find((place) => place.path.every((step, index) => path[index] === step)) ?? places[0];

async function valueOfPlace(rows: FirmRows, place: Place, path: Path): Promise<unknown> {
	const item = itemOf(place);
	if (item) return [await valueOfPlace(rows, item, path)];
	const fields = fieldsOf(place);
	return fields.length > 0 ? valuesOf(rows, fields, path) : validValue(rows, place);
}

import type { GraphQLArgument } from 'graphql';
import type { Variables } from './document.ts';
import type { FirmRows } from './firm-rows.ts';
import { type Call, fieldsOf, itemOf, type Path, type Position, positionOf } from './input-positions.ts';
import { togetherWith, validValue } from './valid-values.ts';

/** Values for all arguments of a call that may be combined with the one at `path`. */
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
		given.map((argument) => positionOf(call, argument, [argument.name], null)),
		path,
	);
}

/** Values by name. A one-of input object gets one value. */
async function valuesOf(rows: FirmRows, positions: readonly Position[], path: Path): Promise<Variables> {
	const values: [string, unknown][] = [];
	for (const position of positions) {
		const name = String(position.path.at(-1));
		if (position.within?.isOneOf && position !== chosen(positions, path)) continue;
		const together = togetherWith(position.call, path);
		const value = name in together ? together[name] : await valueAtPosition(rows, position, path);
		if (value !== undefined) values.push([name, value]);
	}
	return Object.fromEntries(values);
}

const chosen = (positions: readonly Position[], path: Path) =>
	positions.find((position) => position.path.every((step, index) => path[index] === step)) ?? positions[0];

async function valueAtPosition(rows: FirmRows, position: Position, path: Path): Promise<unknown> {
	const item = itemOf(position);
	if (item) return [await valueAtPosition(rows, item, path)];
	const fields = fieldsOf(position);
	return fields.length > 0 ? valuesOf(rows, fields, path) : validValue(rows, position);
}

import type { StartUpRule } from './rule.ts';

/**
 * The binding and class of each encrypted field match the lock file, which has no other entries. (Not checked without a lock file.)
 *
 * Both are part of every value's context: a rename that changed them would make all stored values unreadable.
 */
export const bindingsAreLocked: StartUpRule = function* ({ sealedFields, columns, lock }) {
	if (!lock) return;
	// If a column's field isn't @encrypted, another rule reports it.
	const coordinates = new Set([
		...sealedFields.map(({ coordinate }) => coordinate),
		...columns.map(({ typeName, fieldName }) => `${typeName}.${fieldName}`),
	]);
	for (const { coordinate, encrypted, columns: own } of sealedFields) {
		const [mark] = encrypted;
		const [column] = own;
		if (!mark || !column) continue;
		const locked = lock[coordinate];
		if (!locked) {
			yield `${coordinate} isn't in the lock file: run \`npm run generate\` and commit the file.`;
			continue;
		}
		const was = `${locked.table}.${locked.column}, class ${locked.class}`;
		const is = `${column.bind.table}.${column.bind.column}, class ${String(mark.class)}`;
		if (was !== is) {
			yield `${coordinate} is bound to ${is}, but values were sealed as ${was}: restore that with sealed(…, { bind }) and the mark's class; only if no value is sealed yet, run \`npm run generate\`.`;
		}
	}
	for (const coordinate of Object.keys(lock)) {
		if (coordinates.has(coordinate)) continue;
		yield `${coordinate} is in the lock file but isn't @encrypted in the schema: restore the mark, or run \`npm run generate\` once no value is left.`;
	}
};

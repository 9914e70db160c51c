import { type OperationDefinitionNode, type ValueNode, valueFromASTUntyped } from 'graphql';

export type VariableValues = Readonly<Record<string, unknown>>;

/** The variables of an operation with its defaults. */
export function withDefaults(operation: OperationDefinitionNode, variables: VariableValues): Record<string, unknown> {
	const declared = (operation.variableDefinitions ?? []).flatMap(({ variable, defaultValue }) => {
		const name = variable.name.value;
		const given = Object.hasOwn(variables, name) ? variables[name] : undefined;
		const value = given === undefined && defaultValue ? valueFromASTUntyped(defaultValue) : given;
		return value === undefined ? [] : [[name, value] as const];
	});
	return Object.fromEntries(declared);
}

/** The value of an argument; undefined if it is a variable without a value. `values` come from `withDefaults`. */
export const evaluate = (node: ValueNode, values: VariableValues): unknown => valueFromASTUntyped(node, values);

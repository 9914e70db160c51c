import type { GraphQLField } from 'graphql';
import type { KitOptions, KitTarget } from './options.ts';

/** The calls of one document's fields, and the variables that carry their arguments. */
export interface CallWriter {
	readonly variables: Readonly<Record<string, unknown>>;
	/** The field with its arguments. Null if it leads to no object. */
	writeCall(coordinate: string, field: GraphQLField<unknown, unknown>, target: KitTarget): Promise<string | null>;
	/** The operation's variables: those of the arguments, and those of the directives in `body`. */
	variableDefinitions(body: string): string;
}

export function createCallWriter(argumentsOf: KitOptions['argumentsOf']): CallWriter {
	const variables: Record<string, unknown> = { yes: true, no: false };
	const declared: string[] = [];
	return {
		variables,
		async writeCall(coordinate, field, target) {
			const given = field.args.length === 0 ? {} : await argumentsOf(coordinate, target);
			if (given === null) return null;
			const written = Object.entries(given).map(([name, value]) => {
				const variable = `v${declared.length}`;
				declared.push(`$${variable}: ${field.args.find((each) => each.name === name)?.type}`);
				variables[variable] = value;
				return `${name}: $${variable}`;
			});
			return written.length > 0 ? `${field.name}(${written.join(', ')})` : field.name;
		},
		variableDefinitions(body) {
			const asked = ['$yes', '$no'].filter((name) => body.includes(name)).map((name) => `${name}: Boolean!`);
			const all = [...declared, ...asked].join(', ');
			return all && `(${all})`;
		},
	};
}

import type { GraphQLField } from 'graphql';
import type { KitOptions, KitTarget } from './options.ts';

/** The calls of one document's fields, and the variables that carry their arguments. */
export interface Calls {
	readonly variables: Readonly<Record<string, unknown>>;
	/** The field with its arguments; null if it leads to no object. */
	of(coordinate: string, field: GraphQLField<unknown, unknown>, target: KitTarget): Promise<string | null>;
	/** The operation's variables: those of the arguments, and what the directives of `body` ask. */
	head(body: string): string;
}

export function createCalls(argumentsOf: KitOptions['argumentsOf']): Calls {
	const variables: Record<string, unknown> = { yes: true, no: false };
	const declared: string[] = [];
	return {
		variables,
		async of(coordinate, field, target) {
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
		head(body) {
			const asked = ['$yes', '$no'].filter((name) => body.includes(name)).map((name) => `${name}: Boolean!`);
			const all = [...declared, ...asked].join(', ');
			return all && `(${all})`;
		},
	};
}

import { type GraphQLObjectType, getNamedType, isAbstractType } from 'graphql';
import type { Form } from './forms.ts';
import type { KitDocument, KitOptions, KitTarget } from './options.ts';
import { nameOf, type Path, type Step, typesOn } from './paths.ts';
import { ID_KEY, TYPE_KEY } from './returned.ts';

export interface Question {
	readonly path: Path;
	readonly form: Form;
}

/**
 * One document that asks all questions, each under a root field of its own, named by its place; null if a field on the way
 * leads to no object.
 */
export async function writeDocument(
	questions: readonly Question[],
	argumentsOf: KitOptions['argumentsOf'],
	principal: KitTarget['principal'],
): Promise<KitDocument | null> {
	const variables: Record<string, unknown> = { yes: true, no: false };
	const declared: string[] = [];
	const fragments: string[] = [];
	const selections: string[] = [];
	const call = async ({ coordinate, field }: Step, type: string, path: Path): Promise<string | null> => {
		const given = field.args.length === 0 ? {} : await argumentsOf(coordinate, { principal, type, path });
		if (given === null) return null;
		const written = Object.entries(given).map(([name, value]) => {
			const variable = `v${declared.length}`;
			declared.push(`$${variable}: ${field.args.find((each) => each.name === name)?.type}`);
			variables[variable] = value;
			return `${name}: $${variable}`;
		});
		return written.length > 0 ? `${field.name}(${written.join(', ')})` : field.name;
	};
	const fragment = (on: string, selection: string) => {
		const name = `F${fragments.length}`;
		fragments.push(`fragment ${name} on ${on} { ${selection} }`);
		return name;
	};
	for (const [index, { path, form }] of questions.entries()) {
		const types = typesOn(path);
		const calls: string[] = [];
		for (const [at, step] of path.steps.entries()) {
			const written = await call(step, (types[at] as GraphQLObjectType).name, path);
			if (written === null) return null;
			calls.push(written);
		}
		let selection = form.content({ type: path.type, name: path.field.fieldName, fragment });
		for (const [at, step] of [...path.steps.entries()].reverse()) {
			const type = types[at] as GraphQLObjectType;
			const inner = `${identity(type)} ${form.around?.(type.name, selection) ?? selection}`;
			const isAbstract = isAbstractType(getNamedType(step.field.type));
			const alias = at === 0 ? `p${index}: ` : (form.alias?.({ type: step.type, name: step.field.name }) ?? '');
			const body = isAbstract ? `${TYPE_KEY}: __typename ... on ${type.name} { ${inner} }` : inner;
			selection = `${alias}${calls[at]} { ${body} }`;
		}
		selections.push(selection);
	}
	const kind = (questions[0] as Question).path.steps[0].type.name === 'Mutation' ? 'mutation' : 'query';
	const body = ['{', ...selections, '}', ...fragments].join('\n');
	return { query: `${kind} Kit${headOf(declared, body)} ${body}`, variables };
}

/** The variables of a document: those of its arguments, and what its directives ask. */
export function headOf(declared: readonly string[], body: string): string {
	const asked = ['$yes', '$no'].filter((name) => body.includes(name)).map((name) => `${name}: Boolean!`);
	const head = [...declared, ...asked].join(', ');
	return head && `(${head})`;
}

/** So that the answer says of what type and which object each value is. */
export const identity = (type: GraphQLObjectType): string =>
	`${TYPE_KEY}: __typename${type.getFields().id ? ` ${ID_KEY}: id` : ''}`;

export const describe = ({ path, form }: Question): string =>
	`${nameOf(path)}${form.name === 'plain' ? '' : ` (${form.name})`}`;

import {
	type GraphQLCompositeType,
	type GraphQLField,
	type GraphQLObjectType,
	type GraphQLSchema,
	getNamedType,
	isAbstractType,
	isCompositeType,
} from 'graphql';
import type { EncryptedField, Registry } from '../encryption-directive/index.ts';

/** One field of a path. */
export interface PathStep {
	/** `Type.field`. */
	readonly coordinate: string;
	readonly type: GraphQLObjectType;
	readonly field: GraphQLField<unknown, unknown>;
}

/** A path from a field of Query or Mutation to an encrypted field. */
export interface Path {
	readonly steps: readonly [root: PathStep, ...PathStep[]];
	readonly field: EncryptedField;
	/** The object type that the encrypted field belongs to. */
	readonly type: GraphQLObjectType;
}

/** The object type to which each step leads. */
export const typesOn = ({ steps: [, ...steps], type }: Path): readonly GraphQLObjectType[] => [
	...steps.map((step) => step.type),
	type,
];

/** `Query.notes > nodes > Note.title`. */
export const pathName = ({ steps: [root, ...steps], field }: Path): string =>
	[root.coordinate, ...steps.map((step) => step.field.name), field.coordinate].join(' > ');

/**
 * Every path to every encrypted field on which no type occurs twice, and these paths with one step back to an earlier type. A second step
 * back would only use the same resolvers again.
 */
export function pathsOf(schema: GraphQLSchema, registry: Registry): readonly Path[] {
	const paths: Path[] = [];
	const known = new Map<GraphQLObjectType, readonly Onward[]>();
	const onFrom = (type: GraphQLObjectType): readonly Onward[] => {
		const steps = known.get(type) ?? stepsFrom(type, registry).map((step) => onward(step, schema));
		known.set(type, steps);
		return steps;
	};
	const walk = (steps: [PathStep, ...PathStep[]], { name, types }: Onward, before: readonly string[]) => {
		const isBack = before.includes(name);
		const met = [...before, name];
		for (const type of types) {
			for (const field of registry.ofType(type.name)) paths.push({ steps: [...steps], field, type });
			if (!isBack) for (const next of onFrom(type)) walk([...steps, next.step], next, met);
		}
	};
	for (const type of [schema.getQueryType(), schema.getMutationType()])
		for (const next of type ? onFrom(type) : []) walk([next.step], next, []);
	return paths;
}

/** A step and the types to which it leads. */
interface Onward {
	readonly step: PathStep;
	/** Name of the field's type; `types` are its object types. */
	readonly name: string;
	readonly types: readonly GraphQLObjectType[];
}

function onward(step: PathStep, schema: GraphQLSchema): Onward {
	const answers = getNamedType(step.field.type) as GraphQLCompositeType;
	return { step, name: answers.name, types: objectTypesOf(schema, answers) };
}

/** The fields of a type that lead to other objects. */
const stepsFrom = (type: GraphQLObjectType, registry: Registry): PathStep[] =>
	Object.values(type.getFields())
		.map((field) => ({ coordinate: `${type.name}.${field.name}`, type, field }))
		.filter(({ coordinate, field }) => !registry.get(coordinate) && isCompositeType(getNamedType(field.type)));

export const objectTypesOf = (schema: GraphQLSchema, type: GraphQLCompositeType): readonly GraphQLObjectType[] =>
	isAbstractType(type) ? schema.getPossibleTypes(type) : [type];

import { getDirective } from '@graphql-tools/utils';
import {
	type GraphQLArgument,
	type GraphQLField,
	type GraphQLInputField,
	type GraphQLInputObjectType,
	type GraphQLInputType,
	getNamedType,
	getNullableType,
	isInputObjectType,
	isListType,
	isNonNullType,
	isObjectType,
} from 'graphql';
import type { ArgumentLimit } from '../../../src/api/argument-checks.ts';
import { createSchema } from '../../../src/api/index.ts';

export const { schema } = createSchema();

/** A field with arguments: an operation, or a field of an object that `node` finds. */
export interface Call {
	readonly root: 'query' | 'mutation';
	readonly owner: string;
	readonly field: GraphQLField<unknown, unknown>;
	/** Such as Thread.messages. */
	readonly name: string;
}

export type Path = readonly (string | number)[];

/** Where a client gives a value: an argument, a field of an input object, or an item of a list. */
export interface Place {
	readonly call: Call;
	readonly path: Path;
	/** Such as createNote(input.title). */
	readonly name: string;
	readonly type: GraphQLInputType;
	readonly limit: ArgumentLimit;
	/** Of the object that the place is in; null for an argument. */
	readonly within: GraphQLInputObjectType | null;
	readonly mustBeGiven: boolean;
}

type Declared = GraphQLArgument | GraphQLInputField;

/** Every field with arguments of the schema. */
export const calls: readonly Call[] = Object.values(schema.getTypeMap())
	.filter((type) => isObjectType(type) && !type.name.startsWith('__'))
	.flatMap((type) => (isObjectType(type) ? Object.values(type.getFields()).map((field) => ({ type, field })) : []))
	.filter(({ field }) => field.args.length > 0)
	.map(({ type, field }) => ({
		root: type === schema.getMutationType() ? 'mutation' : 'query',
		owner: type.name,
		field,
		name: `${type.name}.${field.name}`,
	}));

export const isPage = ({ field }: Call): boolean => getNamedType(field.type).name.endsWith('Connection');

/** Makes a row that others can name; a link to a file is none. */
export const isCreate = ({ root, field }: Call): boolean =>
	root === 'mutation' && /^create(?!Download$)/.test(field.name);

/** The call of an operation by its name. */
export function operation(name: string): Call {
	const found = calls.find(({ owner, field }) => ['Query', 'Mutation'].includes(owner) && field.name === name);
	if (!found) throw new Error(`There is no operation ${name} with arguments.`);
	return found;
}

/** Every place of a call, from its arguments down to the last input field. */
export const placesOf = (call: Call): Place[] =>
	call.field.args.flatMap((argument) => placesFrom(placeOf(call, argument, [argument.name], null)));

export function placeOf(call: Call, declared: Declared, path: Path, within: Place['within']): Place {
	const { type, defaultValue } = declared;
	return {
		call,
		path,
		name: `${call.name}(${path.join('.')})`,
		type,
		limit: getDirective(schema, declared, 'limit')?.[0] ?? {},
		within,
		mustBeGiven: isNonNullType(type) && defaultValue === undefined,
	};
}

/** The first item of a list; null for a place of another kind. */
export function itemOf(place: Place): Place | null {
	const list = getNullableType(place.type);
	if (!isListType(list)) return null;
	const path = [...place.path, 0];
	return { ...place, path, name: `${place.call.name}(${path.join('.')})`, type: list.ofType, mustBeGiven: false };
}

/** The places of an input object's fields; none of any other place. */
export function fieldsOf(place: Place): Place[] {
	const type = getNullableType(place.type);
	if (!isInputObjectType(type)) return [];
	return Object.values(type.getFields()).map((field) => placeOf(place.call, field, [...place.path, field.name], type));
}

function placesFrom(place: Place): Place[] {
	const item = itemOf(place);
	return [place, ...(item ? placesFrom(item) : fieldsOf(place).flatMap(placesFrom))];
}

/** The name that a value goes by: that of its list for an item. */
export const nameOf = ({ path }: Place): string => String(path.findLast((step) => typeof step === 'string'));

/** A copy of variables with another value at the place; undefined takes it away. */
export function withValue(variables: unknown, [step, ...rest]: Path, value: unknown): unknown {
	if (step === undefined) return value;
	const inner = (variables ?? {}) as Record<string | number, unknown>;
	if (Array.isArray(variables))
		return variables.map((item, index) => (index === step ? withValue(item, rest, value) : item));
	const { [step]: before, ...others } = inner;
	const after = withValue(before, rest, value);
	return after === undefined ? others : { ...others, [step]: after };
}

export const valueAt = (variables: unknown, path: Path): unknown =>
	path.reduce<unknown>((value, step) => (value as Record<string | number, unknown> | undefined)?.[step], variables);

import { getDirective } from '@graphql-tools/utils';
import {
	type GraphQLArgument,
	type GraphQLField,
	type GraphQLInputField,
	type GraphQLInputObjectType,
	type GraphQLInputType,
	GraphQLNonNull,
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

/** A field with arguments: an operation, or a field of an object that `node` returns. */
export interface Call {
	readonly root: 'query' | 'mutation';
	readonly owner: string;
	readonly field: GraphQLField<unknown, unknown>;
	/** For example Thread.messages. */
	readonly name: string;
}

export type Path = readonly (string | number)[];

/** A position at which a client gives a value: an argument, a field of an input object, or an item of a list. */
export interface Position {
	readonly call: Call;
	readonly path: Path;
	/** For example createNote(input.title). */
	readonly name: string;
	readonly type: GraphQLInputType;
	readonly limit: ArgumentLimit;
	/** The input type that contains the position. Null for an argument. */
	readonly within: GraphQLInputObjectType | null;
	readonly mustBeGiven: boolean;
}

type Declared = GraphQLArgument | GraphQLInputField;

/**
 * Their values are signed and depend on each other, so a valid one cannot be made longer or named by another id:
 * test/firms/key-log/malformed.test.ts. What is sealed again has to be in the firm’s own custody: test/firms/resealing.test.ts. The names
 * that `sealedFields` takes are those of fields: test/firms/sealed-reads.test.ts.
 */
const SIGNED: ReadonlySet<string> = new Set([
	'appendKeyLog',
	'addKeyWraps',
	'challengeDevice',
	'revealDevice',
	'endDevice',
	'releaseShare',
	'proposeToOwners',
	'agreeToProposal',
	'endProposal',
	'recordsToReseal',
	'resealRecords',
	'returnRecords',
	'sealedFields',
]);

/** Optional in the schema, because a device seals it in the firm's own custody. */
const isRequired = (within: Position['within'], { name }: Declared): boolean =>
	within?.name === 'CreateInvoiceInput' && name === 'total';

/** Content that a device has signed, with the ids that its stamps name: test/firms/sealed-writes.test.ts. */
const isSigned = (type: GraphQLInputObjectType, { name }: GraphQLInputField): boolean =>
	name === 'sealed' || (type.name === 'InvoiceLineItemInput' && name === 'id');

/** Every field of the schema that has arguments, except those of signed values. */
export const calls: readonly Call[] = Object.values(schema.getTypeMap())
	.filter((type) => isObjectType(type) && !type.name.startsWith('__'))
	.flatMap((type) => (isObjectType(type) ? Object.values(type.getFields()).map((field) => ({ type, field })) : []))
	.filter(({ field }) => field.args.length > 0 && !SIGNED.has(field.name))
	.map(({ type, field }) => ({
		root: type === schema.getMutationType() ? 'mutation' : 'query',
		owner: type.name,
		field,
		name: `${type.name}.${field.name}`,
	}));

export const isPage = ({ field }: Call): boolean => getNamedType(field.type).name.endsWith('Connection');

/** Whether the call creates a row with an id. createDownload does not. */
export const isCreate = ({ root, field }: Call): boolean =>
	root === 'mutation' && /^create(?!Download$)/.test(field.name);

/** The call of a named operation. @throws Error if it has no arguments. */
export function operation(name: string): Call {
	const found = calls.find(({ owner, field }) => ['Query', 'Mutation'].includes(owner) && field.name === name);
	if (!found) throw new Error(`No operation ${name} with arguments exists.`);
	return found;
}

/** Every position of a call, from its arguments down to the deepest input field. */
export const positionsOf = (call: Call): Position[] =>
	call.field.args.flatMap((argument) => positionsFrom(positionOf(call, argument, [argument.name], null)));

export function positionOf(call: Call, declared: Declared, path: Path, within: Position['within']): Position {
	const { defaultValue } = declared;
	const type = isRequired(within, declared) ? new GraphQLNonNull(getNullableType(declared.type)) : declared.type;
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

/** The position of a list's first item. Null if the position is no list. */
export function itemOf(position: Position): Position | null {
	const list = getNullableType(position.type);
	if (!isListType(list)) return null;
	const path = [...position.path, 0];
	return { ...position, path, name: `${position.call.name}(${path.join('.')})`, type: list.ofType, mustBeGiven: false };
}

/** The positions of an input object's fields. Empty for other types. */
export function fieldsOf(position: Position): Position[] {
	const type = getNullableType(position.type);
	if (!isInputObjectType(type)) return [];
	return Object.values(type.getFields())
		.filter((field) => !isSigned(type, field))
		.map((field) => positionOf(position.call, field, [...position.path, field.name], type));
}

function positionsFrom(position: Position): Position[] {
	const item = itemOf(position);
	return [position, ...(item ? positionsFrom(item) : fieldsOf(position).flatMap(positionsFrom))];
}

/** The name of the argument or field. An item has the name of its list. */
export const nameOf = ({ path }: Position): string => String(path.findLast((step) => typeof step === 'string'));

/** A copy of the variables with another value at the position. `undefined` removes the value. */
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

import {
	type GraphQLInputType,
	type GraphQLOutputType,
	getNamedType,
	getNullableType,
	isAbstractType,
	isEnumType,
	isInputObjectType,
	isLeafType,
	isListType,
	isObjectType,
} from 'graphql';
import { type Call, schema } from './input-positions.ts';
import { isOfOperator } from './lease-rows.ts';

export type Variables = Readonly<Record<string, unknown>>;

export interface Request {
	readonly query: string;
	readonly variables?: Variables;
	/** True if an operator sends it. False if an owner of the firm does. */
	readonly byOperator: boolean;
}

/** The object whose field is called, if the call is no operation. */
interface At {
	readonly node: string;
}

/** The call with its values as variables. */
export function byVariables(call: Call, variables: Variables, { node }: At): Request {
	const head = call.field.args.map(({ name, type }) => `$${name}: ${type}`);
	const args = call.field.args.map(({ name }) => `${name}: $${name}`).join(', ');
	const inner = isNested(call) ? [`$ofNode: ID!`] : [];
	return {
		query: `${call.root} (${[...inner, ...head].join(', ')}) { ${around(call, `${call.field.name}(${args})`, '$ofNode')} }`,
		variables: isNested(call) ? { ...variables, ofNode: node } : variables,
		byOperator: isOfOperator(call),
	};
}

/** The call with its values as literals in the document. */
export function byLiterals(call: Call, variables: Variables, { node }: At): Request {
	const args = call.field.args
		.filter(({ name }) => variables[name] !== undefined)
		.map(({ name, type }) => `${name}: ${literalOf(variables[name], type)}`)
		.join(', ');
	return {
		query: `${call.root} { ${around(call, `${call.field.name}${args && `(${args})`}`, JSON.stringify(node))} }`,
		byOperator: isOfOperator(call),
	};
}

const isNested = ({ owner }: Call): boolean => owner !== 'Query' && owner !== 'Mutation';

const around = (call: Call, asked: string, node: string): string => {
	const field = `called: ${asked} ${selectionOf(call.field.type)}`;
	return isNested(call) ? `node(id: ${node}) { ... on ${call.owner} { ${field} } }` : field;
};

/** A selection of all scalar fields of the answer and of its payload or page. */
function selectionOf(type: GraphQLOutputType, levels = 3): string {
	const named = getNamedType(type);
	if (isLeafType(named)) return '';
	if (isAbstractType(named)) {
		const fragments = schema
			.getPossibleTypes(named)
			.map((each) => `... on ${each.name} { of${each.name}: __typename ${'id' in each.getFields() ? 'id' : ''} }`);
		return `{ __typename ${fragments.join(' ')} }`;
	}
	if (!isObjectType(named)) return '';
	const fields = Object.values(named.getFields()).filter(({ args, name }) => args.length === 0 && name !== 'edges');
	const selected = fields.flatMap((field) => {
		const below = getNamedType(field.type);
		if (isLeafType(below)) return [field.name];
		return levels > 1 && isWorthIt(named.name, below.name)
			? [`${field.name} ${selectionOf(field.type, levels - 1)}`]
			: [];
	});
	return `{ ${['__typename', ...selected].join(' ')} }`;
}

/** Selects the objects of a page or payload, but not the objects that those refer to. */
const isWorthIt = (owner: string, below: string): boolean =>
	/(Connection|Payload)$/.test(owner) || below === 'PageInfo';

function literalOf(value: unknown, type: GraphQLInputType): string {
	const nullable = getNullableType(type);
	const named = getNamedType(type);
	if (Array.isArray(value))
		return `[${value.map((item) => literalOf(item, isListType(nullable) ? nullable.ofType : type)).join(', ')}]`;
	if (typeof value === 'string') return isEnumType(named) && /^[A-Z_]+$/.test(value) ? value : JSON.stringify(value);
	if (typeof value !== 'object' || value === null) return String(value);
	const fields = isInputObjectType(named) ? named.getFields() : {};
	const written = Object.entries(value).map(([key, field]) => `${key}: ${literalOf(field, fields[key]?.type ?? type)}`);
	return `{${written.join(', ')}}`;
}

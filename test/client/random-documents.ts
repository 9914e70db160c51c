import {
	type GraphQLField,
	type GraphQLInputType,
	type GraphQLNamedType,
	type GraphQLObjectType,
	getNamedType,
	isAbstractType,
	isEnumType,
	isInputObjectType,
	isInterfaceType,
	isListType,
	isNonNullType,
	isObjectType,
} from 'graphql';
import { CONTENT_TYPES, OBJECT_FIELDS } from '../../src/client/coordinates.generated.ts';
import { sealedSchema } from './sealed-sdl.ts';

/** A number below `below`; the choices of one document. */
type Draw = (below: number) => number;

const CONDITIONS = ['', '', '', ' @include(if: $yes)', ' @skip(if: $no)', ' @include(if: $no)', ' @skip(if: $yes)'];

interface Making {
	readonly draw: Draw;
	/** Fragments by name, each only on fields below those that may use it. */
	readonly fragments: Map<string, string>;
}

/** A random document over the schema, which mostly selects what leads to content. Its variables are `$yes` and `$no`. */
export function randomDocument(choices: readonly number[]): string {
	let at = 0;
	const draw: Draw = (below) => (choices[at++ % choices.length] ?? 0) % below;
	const making: Making = { draw, fragments: new Map() };
	const query = sealedSchema.getQueryType() as GraphQLObjectType;
	const body = selectionsOf(query, 5, making);
	const always = 'always: __typename @include(if: $yes) @skip(if: $no)';
	return [`query Q($yes: Boolean!, $no: Boolean!) { ${always} ${body} }`, ...making.fragments.values()].join('\n');
}

function selectionsOf(type: GraphQLNamedType, depth: number, making: Making): string {
	const count = 1 + making.draw(4);
	return Array.from({ length: count }, () => selectionOf(type, depth, making)).join(' ');
}

function selectionOf(type: GraphQLNamedType, depth: number, making: Making): string {
	const condition = () => CONDITIONS[making.draw(CONDITIONS.length)] ?? '';
	if (making.draw(5) === 0 && depth > 0) {
		const inner = narrowed(type, making);
		const on = inner === type && making.draw(2) === 0 ? '' : ` on ${inner.name}`;
		return `...${on}${condition()} { ${selectionsOf(inner, depth - 1, making)} }`;
	}
	if (making.draw(6) === 0 && depth > 0) {
		const name = `F${making.fragments.size}`;
		making.fragments.set(name, '');
		const inner = narrowed(type, making);
		const body = selectionsOf(inner, depth - 1, making);
		making.fragments.set(name, `fragment ${name} on ${inner.name} { ${body} }`);
		return `...${name}${condition()}`;
	}
	if (!isObjectType(type) && !isInterfaceType(type)) return '__typename';
	return fieldOf(type, depth, making, condition());
}

/** A type that a fragment in `type` may have. */
function narrowed(type: GraphQLNamedType, { draw }: Making): GraphQLNamedType {
	if (!isAbstractType(type)) return type;
	const possible = sealedSchema.getPossibleTypes(type).filter(({ name }) => name in CONTENT_TYPES || name === 'Thread');
	return possible[draw(possible.length)] ?? type;
}

function fieldOf(
	type: Extract<GraphQLNamedType, { getFields: unknown }>,
	depth: number,
	making: Making,
	after: string,
) {
	const { draw } = making;
	if (isInputObjectType(type) || draw(8) === 0) return '__typename';
	const fields = Object.values(type.getFields()) as GraphQLField<unknown, unknown>[];
	const leading = fields.filter(
		({ name }) => OBJECT_FIELDS[type.name]?.[name] ?? CONTENT_TYPES[type.name]?.fields[name],
	);
	const own = leading.length > 0 && draw(4) > 0 ? leading : fields.filter(isLeaf);
	const usable = depth > 0 ? own : own.filter(isLeaf);
	const field = usable[draw(Math.max(1, usable.length))];
	if (!field || field.name === 'sealedFields') return '__typename';
	const to = getNamedType(field.type);
	const args = field.args
		.filter(({ type: of }) => isNonNullType(of))
		.map(({ name, type: of }) => `${name}: ${literal(of)}`);
	// The same alias is always the same field, so that everything merges.
	const alias = draw(3) === 0 ? `${type.name}_${field.name}${draw(2)}: ` : '';
	const call = `${alias}${field.name}${args.length > 0 ? `(${args.join()})` : ''}${after}`;
	return isLeaf(field) ? call : `${call} { ${selectionsOf(to, depth - 1, making)} }`;
}

const isLeaf = ({ type }: GraphQLField<unknown, unknown>): boolean => {
	const named = getNamedType(type);
	return !isObjectType(named) && !isAbstractType(named);
};

function literal(type: GraphQLInputType): string {
	const named = getNamedType(type);
	const single = isEnumType(named) ? (named.getValues()[0]?.name ?? '') : named.name === 'ID' ? '"n"' : '1';
	return isListType(isNonNullType(type) ? type.ofType : type) ? `[${single}]` : single;
}

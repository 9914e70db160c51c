import {
	type GraphQLCompositeType,
	type GraphQLField,
	type GraphQLObjectType,
	type GraphQLSchema,
	getNamedType,
	isCompositeType,
	isRequiredArgument,
	parse,
	validate,
} from 'graphql';
import type { Registry } from '../encryption-directive/index.ts';
import { FirmsealError } from '../errors.ts';
import { createCallWriter } from './call-writer.ts';
import { identitySelection, selectionSetOf } from './documents.ts';
import { judge } from './judge.ts';
import type { KitDocument, KitOptions, KitPrincipal } from './options.ts';
import { objectTypesOf } from './paths.ts';
import type { Finding } from './run-kit.ts';

export interface RandomOptions {
	/** Documents that are drawn; 100 unless given. */
	readonly runs?: number;
	/** Draws the same again. */
	readonly seed?: number;
}

/**
 * Random queries over the schema as random principals, held against the same rules. A finding is shrunk to the smallest
 * document that shows it. Needs fast-check, which the API brings. @throws whatever asking throws.
 */
export async function runRandom(options: KitOptions, { runs = 100, seed }: RandomOptions = {}): Promise<Finding[]> {
	const { default: fc } = await import('fast-check');
	const drawn = fc.record({
		principal: fc.constantFrom(...options.principals),
		// Shorter and smaller draws make smaller documents: that is how a finding shrinks.
		choices: fc.array(fc.nat({ max: 999 }), { minLength: 1, maxLength: 60, size: 'max' }),
	});
	let smallest: Finding[] = [];
	const holds = fc.asyncProperty(drawn, async ({ principal, choices }) => {
		const document = await drawDocument(options, principal, choices);
		const { faults } = judge(options, principal, [document], await principal.ask([document]));
		if (faults.length === 0) return true;
		smallest = faults.map((sentence) => ({ principal: principal.name, sentence, query: document.query }));
		return false;
	});
	const { failed, errorInstance } = await fc.check(holds, { numRuns: runs, ...(seed !== undefined && { seed }) });
	if (failed && smallest.length === 0) throw errorInstance;
	return failed ? smallest : [];
}

/** A query that follows the choices; when they are used up it ends. */
async function drawDocument(
	{ schema, registry, argumentsOf }: KitOptions,
	principal: KitPrincipal,
	choices: readonly number[],
): Promise<KitDocument> {
	const left = [...choices];
	const choose = (of: number) => (left.shift() ?? 0) % of;
	const calls = createCallWriter(argumentsOf);
	const fragments: string[] = [];
	let keys = 0;

	const callOf = (coordinate: string, field: GraphQLField<unknown, unknown>, of: GraphQLObjectType) =>
		calls.writeCall(coordinate, field, { principal, type: of.name, path: null });

	const objectsOf = async (field: GraphQLField<unknown, unknown>, of: GraphQLObjectType) =>
		selectionSetOf(field, of, `${identitySelection(of)} ${await selections(of)}`);

	const roots = Object.values(schema.getQueryType()?.getFields() ?? {}).filter(leadsOn);
	const root = roots[choose(roots.length)] as GraphQLField<unknown, unknown>;
	const types = objectTypesOf(schema, getNamedType(root.type) as GraphQLCompositeType).filter((each) =>
		reachesContent(schema, registry, each),
	);
	const type = types[choose(types.length)] as GraphQLObjectType;
	const call = await callOf(`Query.${root.name}`, root, type);
	const selection = call ? `{ root: ${call} ${await objectsOf(root, type)} }` : '{ __typename }';
	const body = [selection, ...fragments].join('\n');
	const query = `query Kit${calls.variableDefinitions(body)} ${body}`;
	const [invalid] = validate(schema, parse(query));
	// Whatever is refused as a whole shows nothing.
	if (invalid)
		throw new FirmsealError('INTERNAL', `A document was drawn that is not valid: ${invalid.message}\n${query}`);
	return { query, variables: calls.variables };

	async function selections(of: GraphQLObjectType): Promise<string> {
		const parts: string[] = [];
		const fields = Object.values(of.getFields());
		// What is content, or leads there, is what it's about.
		const likely = fields.filter((field) => registry.get(`${of.name}.${field.name}`) || leadsOn(field));
		for (let count = 1 + choose(3); count > 0; count--) {
			const among = likely.length > 0 && choose(3) > 0 ? likely : fields;
			const written = await oneField(of, among[choose(among.length)] as GraphQLField<unknown, unknown>);
			if (written) parts.push(dressed(of, written, choose(8)));
		}
		return parts.join(' ');
	}

	async function oneField(of: GraphQLObjectType, field: GraphQLField<unknown, unknown>): Promise<string | null> {
		const answers = getNamedType(field.type);
		// A name of its own for each, now and then one that is something else's.
		const key = keys++ % 3 === 0 && !isCompositeType(answers) ? `${field.name}_${keys}` : `k${keys}`;
		if (!isCompositeType(answers)) return field.args.some(isRequiredArgument) ? null : `${key}: ${field.name}`;
		if (left.length === 0) return null;
		const types = objectTypesOf(schema, answers);
		const wanted = types[choose(types.length)] as GraphQLObjectType;
		const call = await callOf(`${of.name}.${field.name}`, field, wanted);
		return call && `${key}: ${call} ${await objectsOf(field, wanted)}`;
	}

	function dressed(of: GraphQLObjectType, written: string, way: number): string {
		switch (way) {
			case 1:
				return `... on ${of.name} { ${written} }`;
			case 2:
				return `... { ${written} }`;
			case 3:
				return `... @include(if: $yes) { ${written} }`;
			case 4:
				return `... @skip(if: $yes) { ${written} }`;
			case 5: {
				const name = `F${fragments.length}`;
				fragments.push(`fragment ${name} on ${of.name} { ${written} }`);
				return `...${name}`;
			}
			case 6: {
				const [owned] = of.getInterfaces();
				return owned ? `... on ${owned.name} { ... on ${of.name} { ${written} } }` : written;
			}
			default:
				return written;
		}
	}

	function leadsOn(field: GraphQLField<unknown, unknown>): boolean {
		return (
			isCompositeType(getNamedType(field.type)) && reachesContent(schema, registry, getNamedType(field.type) as never)
		);
	}
}

/** Whether anything encrypted is behind a type. */
function reachesContent(schema: GraphQLSchema, registry: Registry, from: GraphQLCompositeType): boolean {
	const met = new Set<string>();
	const waiting: GraphQLCompositeType[] = [from];
	for (let next = waiting.pop(); next; next = waiting.pop())
		for (const type of objectTypesOf(schema, next)) {
			if (met.has(type.name)) continue;
			met.add(type.name);
			if (registry.ofType(type.name).length > 0) return true;
			for (const field of Object.values(type.getFields())) {
				const answers = getNamedType(field.type);
				if (isCompositeType(answers)) waiting.push(answers);
			}
		}
	return false;
}

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
import { type CallWriter, createCallWriter } from './call-writer.ts';
import { identitySelection, selectionSetOf } from './documents.ts';
import { judge } from './judge.ts';
import type { KitDocument, KitOptions, KitPrincipal } from './options.ts';
import { objectTypesOf } from './paths.ts';
import type { Finding } from './run-kit.ts';

type AnyField = GraphQLField<unknown, unknown>;

export interface RandomOptions {
	/** Number of random documents; 100 by default. */
	readonly runs?: number;
	/** Repeats the documents of an earlier run. */
	readonly seed?: number;
}

/**
 * Checks random queries by random principals against the rules of judge(). Shrinks a finding to the smallest document that shows it. Needs
 * fast-check, which the API must install. @throws the errors of KitPrincipal.ask().
 */
export async function runRandom(options: KitOptions, { runs = 100, seed }: RandomOptions = {}): Promise<Finding[]> {
	const { default: fc } = await import('fast-check');
	const drawn = fc.record({
		principal: fc.constantFrom(...options.principals),
		// Fewer and smaller choices make smaller documents, which is how a finding shrinks.
		choices: fc.array(fc.nat({ max: 999 }), { minLength: 1, maxLength: 60, size: 'max' }),
	});
	let smallest: Finding[] = [];
	const holds = fc.asyncProperty(drawn, async ({ principal, choices }) => {
		const document = await new DocumentDraw(options, principal, choices).draw();
		const { faults } = judge(options, principal, [document], await principal.ask([document]));
		if (faults.length === 0) return true;
		smallest = faults.map((sentence) => ({ principal: principal.name, sentence, query: document.query }));
		return false;
	});
	const { failed, errorInstance } = await fc.check(holds, { numRuns: runs, ...(seed !== undefined && { seed }) });
	if (failed && smallest.length === 0) throw errorInstance;
	return failed ? smallest : [];
}

/** Builds one query from the choices, until none is left. */
class DocumentDraw {
	readonly #options: Pick<KitOptions, 'schema' | 'registry'>;
	readonly #principal: KitPrincipal;
	readonly #choices: number[];
	readonly #calls: CallWriter;
	readonly #fragments: string[] = [];
	#keys = 0;

	constructor(options: KitOptions, principal: KitPrincipal, choices: readonly number[]) {
		this.#options = options;
		this.#principal = principal;
		this.#choices = [...choices];
		this.#calls = createCallWriter(options.argumentsOf);
	}

	async draw(): Promise<KitDocument> {
		const { schema, registry } = this.#options;
		const root = this.#oneOf(
			Object.values(schema.getQueryType()?.getFields() ?? {}).filter((field) => this.#leadsOn(field)),
		);
		const types = objectTypesOf(schema, getNamedType(root.type) as GraphQLCompositeType).filter((each) =>
			reachesContent(schema, registry, each),
		);
		const type = this.#oneOf(types);
		const call = await this.#callOf(`Query.${root.name}`, root, type);
		const selection = call ? `{ root: ${call} ${await this.#selectionOn(root, type)} }` : '{ __typename }';
		const body = [selection, ...this.#fragments].join('\n');
		const query = `query Kit${this.#calls.variableDefinitions(body)} ${body}`;
		const [invalid] = validate(schema, parse(query));
		// An invalid document is refused as a whole, and so tests nothing.
		if (invalid) throw new FirmsealError('INTERNAL', `A random document is not valid: ${invalid.message}\n${query}`);
		return { query, variables: this.#calls.variables };
	}

	#choose(of: number): number {
		return (this.#choices.shift() ?? 0) % of;
	}

	#oneOf<T>(list: readonly T[]): T {
		return list[this.#choose(list.length)] as T;
	}

	#callOf(coordinate: string, field: AnyField, of: GraphQLObjectType): Promise<string | null> {
		return this.#calls.writeCall(coordinate, field, { principal: this.#principal, type: of.name, path: null });
	}

	async #selectionOn(field: AnyField, of: GraphQLObjectType): Promise<string> {
		return selectionSetOf(field, of, `${identitySelection(of)} ${await this.#selections(of)}`);
	}

	async #selections(of: GraphQLObjectType): Promise<string> {
		const parts: string[] = [];
		const fields = Object.values(of.getFields());
		// Prefers fields that are content or lead to content.
		const likely = fields.filter(
			(field) => this.#options.registry.get(`${of.name}.${field.name}`) || this.#leadsOn(field),
		);
		for (let count = 1 + this.#choose(3); count > 0; count--) {
			const among = likely.length > 0 && this.#choose(3) > 0 ? likely : fields;
			const written = await this.#oneField(of, this.#oneOf(among));
			if (written) parts.push(this.#wrapSelection(of, written, this.#choose(8)));
		}
		return parts.join(' ');
	}

	async #oneField(of: GraphQLObjectType, field: AnyField): Promise<string | null> {
		const answers = getNamedType(field.type);
		const keys = this.#keys++;
		// A unique response key, which sometimes begins with the field's name.
		const key = keys % 3 === 0 && !isCompositeType(answers) ? `${field.name}_${this.#keys}` : `k${this.#keys}`;
		if (!isCompositeType(answers)) return field.args.some(isRequiredArgument) ? null : `${key}: ${field.name}`;
		if (this.#choices.length === 0) return null;
		const wanted = this.#oneOf(objectTypesOf(this.#options.schema, answers));
		const call = await this.#callOf(`${of.name}.${field.name}`, field, wanted);
		return call && `${key}: ${call} ${await this.#selectionOn(field, wanted)}`;
	}

	/** The selection in one of the forms of GraphQL, or skipped. */
	#wrapSelection(of: GraphQLObjectType, written: string, way: number): string {
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
				const name = `F${this.#fragments.length}`;
				this.#fragments.push(`fragment ${name} on ${of.name} { ${written} }`);
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

	#leadsOn(field: AnyField): boolean {
		const { schema, registry } = this.#options;
		const answers = getNamedType(field.type);
		return isCompositeType(answers) && reachesContent(schema, registry, answers);
	}
}

/** Whether an encrypted field can be reached from a type. */
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

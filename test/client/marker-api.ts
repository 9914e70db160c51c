import { hash } from 'node:crypto';
import {
	type DocumentNode,
	execute,
	GraphQLError,
	type GraphQLFieldResolver,
	type GraphQLOutputType,
	getNamedType,
	isAbstractType,
	isEnumType,
	isListType,
	isNonNullType,
	isObjectType,
	print,
	validate,
} from 'graphql';
import { CONTENT_INPUTS, CONTENT_MUTATIONS } from '../../src/client/content-inputs.generated.ts';
import { CONTENT_TYPES } from '../../src/client/coordinates.generated.ts';
import type { CustodyOfClass, SealedContent } from '../../src/client/index.ts';
import { conceal, stampOf } from './marker-opener.ts';
import { sealedSchema } from './sealed-sdl.ts';

const FIRM = '018f0000-0000-7000-8000-00000000f1f1';

/** An object of the service. What it contains is made from its id, unless a mutation has written it. */
interface MadeObject {
	readonly type: string;
	readonly id: string;
	/** Of a message, and of what leads from a thread to its messages. */
	readonly within?: string | undefined;
}

interface WrittenRow {
	readonly type: string;
	revision: number;
	readonly plain: Record<string, unknown>;
	sealed: SealedContent | null;
}

const drawn = (text: string, below: number): number => hash('sha256', text, 'buffer').readUInt32BE() % below;
const idOf = (text: string): string => {
	const hex = hash('sha256', text);
	return `018f0000-${hex.slice(0, 4)}-7${hex.slice(4, 7)}-8${hex.slice(7, 10)}-${hex.slice(10, 22)}`;
};

/** A value that the service would have, were it to hold the plaintext. */
export const plainValue = (type: string, field: string, id: string): string | null =>
	drawn(`${type}.${field} ${id}`, 5) === 0 ? null : `secret ${type}.${field} of ${id}`;

export interface SentOperation {
	readonly query: DocumentNode;
	readonly variables?: Readonly<Record<string, unknown>> | undefined;
	readonly operationName?: string | undefined;
}

export interface MarkerAnswer {
	data?: Record<string, unknown> | null;
	errors?: { message: string; path?: (string | number)[]; extensions?: Record<string, unknown> }[];
	extensions?: Record<string, unknown>;
}

/** A service over the real schema, with made-up content, which keeps the text of all that it was sent. */
export class MarkerApi {
	readonly custodies: Record<string, CustodyOfClass>;
	readonly received: string[] = [];
	readonly rows = new Map<string, WrittenRow>();
	/** In MOVING and BACK: whether the row's content is sealed by the firm. */
	isMoved: (id: string) => boolean = (id) => drawn(`moved ${id}`, 2) === 0;
	#withheld = new Map<string, number>();

	constructor(custodies: Record<string, CustodyOfClass>) {
		this.custodies = custodies;
	}

	/** As JSON. Throws for a document that the schema does not allow. */
	answer({ query, variables, operationName }: SentOperation): MarkerAnswer {
		const text = print(query);
		this.received.push(`${text}\n${JSON.stringify(variables ?? {})}`);
		const [flaw] = validate(sealedSchema, query);
		if (flaw) throw new Error(`${flaw.message}\n${text}`);
		this.#withheld = new Map();
		const result = execute({
			schema: sealedSchema,
			document: query,
			variableValues: variables,
			operationName,
			fieldResolver: this.#resolve,
			typeResolver: ({ type }: MadeObject) => type,
		});
		if (result instanceof Promise) throw new Error('Nothing here is asynchronous.');
		const sealed = [...this.#withheld].map(([coordinate, count]) => ({
			coordinate,
			reason: 'FIRM_CUSTODY',
			count,
		}));
		return JSON.parse(
			JSON.stringify({ ...result, ...(sealed.length > 0 && { extensions: { sealed } }) }),
		) as MarkerAnswer;
	}

	isSealed(type: string, id: string): boolean {
		const custody = this.custodies[CONTENT_TYPES[type]?.class ?? ''] ?? 'PLATFORM';
		if (custody === 'PLATFORM') return false;
		const row = this.rows.get(id);
		return custody === 'FIRM' || (row ? row.sealed !== null : this.isMoved(id));
	}

	/** The content as the client should see it. */
	#valueOf({ type, id }: MadeObject, field: string): unknown {
		const row = this.rows.get(id);
		return row ? (row.plain[field] ?? null) : plainValue(type, field, id);
	}

	#sealedFields({ type, id }: MadeObject, names: readonly string[]): unknown[] {
		if (!this.isSealed(type, id)) return [];
		const row = this.rows.get(id);
		return names.map((name) => ({
			name,
			stamp: row?.sealed?.stamp ?? stampOf(type, id),
			envelope: row
				? (row.sealed?.fields.find((field) => field.name === name)?.envelope ?? null)
				: conceal({ type, id, field: name, value: this.#valueOf({ type, id }, name) }),
		}));
	}

	readonly #resolve: GraphQLFieldResolver<MadeObject | undefined, unknown> = (parent, args, _context, info) => {
		const type = info.parentType.name;
		const name = info.fieldName;
		const input = args.input as Readonly<Record<string, unknown>> | undefined;
		if (type === 'Mutation' && input) return this.#write(name, input);
		if (type === 'SealedField') return (parent as unknown as Record<string, unknown>)[name];
		if (name === 'sealedFields') return this.#sealedFields(parent as MadeObject, args.names as string[]);
		const made: MadeObject = parent && 'id' in parent ? parent : { type, id: idOf(`${type} ${name}`) };
		if (CONTENT_TYPES[type]?.fields[name]) return this.#content(made, name);
		const to = getNamedType(info.returnType);
		if (!isObjectType(to) && !isAbstractType(to)) return this.#scalar(made, name, info.returnType);
		const possible = isAbstractType(to) ? info.schema.getPossibleTypes(to) : [to];
		const asked = (args.threadId as string | undefined) ?? (made.type === 'Thread' ? made.id : made.within);
		const at = (place: string): MadeObject => {
			const ofMessage = made.type === 'Message' && name === 'thread' ? made.within : undefined;
			const id = (args.id as string | undefined) ?? ofMessage ?? idOf(`${made.id} ${name} ${place}`);
			const drawnType = possible[drawn(`type ${id}`, possible.length)]?.name ?? '';
			const within = CONTENT_TYPES[made.type] ? undefined : asked;
			return { type: isAbstractType(to) ? (this.rows.get(id)?.type ?? drawnType) : drawnType, id, within };
		};
		// A payload, a connection and an edge lead to the same objects each time.
		const isList = isListType(isNonNullType(info.returnType) ? info.returnType.ofType : info.returnType);
		return isList ? ['0', '1', '2'].map(at) : ((made as unknown as Record<string, unknown>)[name] ?? at(''));
	};

	#content(made: MadeObject, field: string): unknown {
		const value = this.#valueOf(made, field);
		if (value === null || !this.isSealed(made.type, made.id)) return value;
		const coordinate = `${made.type}.${field}`;
		this.#withheld.set(coordinate, (this.#withheld.get(coordinate) ?? 0) + 1);
		return null;
	}

	#scalar(made: MadeObject, field: string, type: GraphQLOutputType): unknown {
		const named = getNamedType(type);
		if (isListType(isNonNullType(type) ? type.ofType : type)) return [];
		if (field === 'id') return made.id;
		if (field === 'firmId') return FIRM;
		if (field === 'revision') return this.rows.get(made.id)?.revision ?? 1;
		if (isEnumType(named)) return named.getValues()[0]?.value;
		if (named.name === 'Boolean') return true;
		return named.name === 'Int' || named.name === 'Float' ? 7 : `${made.type}.${field}`;
	}

	#write(mutation: string, { ...input }: Readonly<Record<string, unknown>>): unknown {
		const { type, content, kind } = CONTENT_INPUTS[CONTENT_MUTATIONS[mutation]?.input ?? ''] ?? {};
		if (type === undefined) return { type: 'Payload', id: idOf(mutation) };
		const id = typeof input.id === 'string' ? input.id : idOf(`${this.received.length}`);
		const custody = this.custodies[CONTENT_TYPES[type]?.class ?? ''] ?? 'PLATFORM';
		const given = (content ?? []).filter((name) => input[name] !== undefined);
		if (custody !== 'PLATFORM' && given.length > 0)
			throw new GraphQLError('This content must be sealed.', { extensions: { code: 'BAD_USER_INPUT' } });
		const before = kind === 'UPDATE' ? this.rows.get(id) : undefined;
		const row = before ?? { type, revision: 0, plain: {}, sealed: null };
		row.revision++;
		for (const name of given) row.plain[name] = input[name];
		const sealed = input.sealed as SealedContent | undefined;
		if (sealed) {
			const names = new Set(sealed.fields.map(({ name }) => name));
			const kept = row.sealed?.fields.filter(({ name }) => !names.has(name)) ?? [];
			row.sealed = { stamp: sealed.stamp, fields: [...kept, ...sealed.fields] };
			for (const { name, envelope } of sealed.fields) row.plain[name] = envelope === null ? null : 'sealed';
		}
		this.rows.set(id, row);
		const field = `${type.charAt(0).toLowerCase()}${type.slice(1)}`;
		return { type: 'Payload', id, [field]: { type, id, within: input.threadId } };
	}
}

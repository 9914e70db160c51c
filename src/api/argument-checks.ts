import { getDirective, MapperKind, mapSchema } from '@graphql-tools/utils';
import {
	defaultFieldResolver,
	type GraphQLArgument,
	type GraphQLInputField,
	type GraphQLInputType,
	type GraphQLSchema,
	getNullableType,
	isInputObjectType,
	isListType,
	isNamedType,
} from 'graphql';
import { NIL, validate, version } from 'uuid';
import { isVisibleLine } from '../access/index.ts';
import { FirmsealError, SetupError } from '../errors.ts';

/** The arguments of `@limit`. */
export interface ArgumentLimit {
	readonly bytes?: number;
	readonly line?: number;
	readonly pattern?: string;
	readonly form?: string;
	readonly min?: number;
	readonly max?: number;
	readonly whole?: boolean;
	readonly nil?: boolean;
	readonly items?: number;
}

/** Checks a value that is neither null nor missing. @throws FirmsealError BAD_USER_INPUT, which names the argument but not the value. */
type Check = (value: never, path: string) => void;

/** connection.ts validates cursors itself. */
const CURSORS: ReadonlySet<string> = new Set(['after', 'before']);

/**
 * Returns a schema that checks the arguments of every field before its resolver runs: ids, times, and the rules of `@limit`. A new
 * operation is checked without further code.
 * @throws SetupError for a text argument without a limit.
 */
export function withArgumentChecks(schema: GraphQLSchema): GraphQLSchema {
	const known = new Map<GraphQLInputType, Check | null>();
	return mapSchema(schema, {
		[MapperKind.OBJECT_FIELD](config, fieldName, typeName) {
			const args = schema.getType(typeName)?.toConfig();
			const field = args && 'fields' in args ? (args.fields as never)[fieldName] : undefined;
			const declared = (field as { args?: Record<string, Pick<GraphQLArgument, 'type'>> } | undefined)?.args ?? {};
			const checks = Object.entries(declared).flatMap(([name, argument]) => {
				const check = createArgumentCheck(
					`${typeName}.${fieldName}(${name}:)`,
					{ name, ...argument },
					{ schema, known },
				);
				return check ? [[name, check] as const] : [];
			});
			if (checks.length === 0) return config;
			const { resolve = defaultFieldResolver } = config;
			return {
				...config,
				resolve(parent, given, context, info) {
					for (const [name, check] of checks) {
						const value: unknown = given[name];
						if (value !== undefined && value !== null) check(value as never, name);
					}
					return resolve(parent, given, context, info);
				},
			};
		},
	});
}

interface CheckContext {
	readonly schema: GraphQLSchema;
	/** Checks of input objects, which may contain themselves. */
	readonly known: Map<GraphQLInputType, Check | null>;
}

type DeclaredArgument = Pick<GraphQLArgument | GraphQLInputField, 'name' | 'type'>;

/** Null if every value of the type is valid. */
function createArgumentCheck(coordinate: string, declared: DeclaredArgument, seen: CheckContext): Check | null {
	const limit = (getDirective(seen.schema, declared as never, 'limit')?.[0] ?? {}) as ArgumentLimit;
	return createTypeCheck(
		coordinate,
		getNullableType<GraphQLInputType>(declared.type),
		limit,
		seen,
		CURSORS.has(declared.name),
	);
}

function createTypeCheck(
	coordinate: string,
	type: GraphQLInputType,
	limit: ArgumentLimit,
	seen: CheckContext,
	isCursor: boolean,
): Check | null {
	if (isListType(type))
		return createListCheck(createTypeCheck(coordinate, getNullableType(type.ofType), limit, seen, isCursor), limit);
	if (isInputObjectType(type)) return createObjectCheck(type, seen);
	if (!isNamedType(type)) return null;
	switch (type.name) {
		case 'ID':
			return limit.nil ? checkIdOrNil : checkId;
		case 'DateTime':
			return checkTime;
		case 'String': {
			const text = createTextCheck(limit);
			if (!text && !isCursor)
				throw new SetupError(`${coordinate} is text without a limit: give it @limit(bytes:), (line:) or (pattern:).`);
			return text;
		}
		case 'Decimal':
			return createTextCheck(limit);
		case 'Int':
		case 'Float':
			return createNumberCheck(limit);
		default:
			return null;
	}
}

function createObjectCheck(
	type: GraphQLInputType & { getFields(): Record<string, GraphQLInputField> },
	seen: CheckContext,
): Check | null {
	const known = seen.known.get(type);
	if (known !== undefined) return known;
	const checks = new Map<string, Check>();
	const check: Check = (value: Readonly<Record<string, unknown>>, path) => {
		for (const [name, of] of checks) {
			const field = value[name];
			if (field !== undefined && field !== null) of(field as never, `${path}.${name}`);
		}
	};
	seen.known.set(type, check);
	for (const field of Object.values(type.getFields())) {
		const of = createArgumentCheck(`${String(type)}.${field.name}`, field, seen);
		if (of) checks.set(field.name, of);
	}
	return check;
}

const createListCheck =
	(check: Check | null, { items = Number.POSITIVE_INFINITY }: ArgumentLimit): Check =>
	(values: readonly unknown[], path) => {
		if (values.length > items) throw wrongArgumentError(path, `holds more than ${items} items: send fewer`);
		for (const [index, value] of values.entries())
			if (check && value !== null && value !== undefined) check(value as never, `${path}[${index}]`);
	};

function createTextCheck({ bytes, line, pattern, form = `of the form ${pattern}` }: ArgumentLimit): Check | null {
	if (bytes === undefined && line === undefined && pattern === undefined) return null;
	const expression = pattern === undefined ? null : new RegExp(pattern, 'u');
	return (text: string, path) => {
		if (bytes !== undefined && Buffer.byteLength(text) > bytes)
			throw wrongArgumentError(path, `is longer than ${bytes} bytes: shorten it`);
		if (line !== undefined && !isVisibleLine(text, line))
			throw wrongArgumentError(path, `must be 1 to ${line} characters on one line, all of them visible`);
		if (expression && !expression.test(text)) throw wrongArgumentError(path, `must be ${form}`);
	};
}

function createNumberCheck({
	min = Number.NEGATIVE_INFINITY,
	max = Number.POSITIVE_INFINITY,
	whole,
}: ArgumentLimit): Check | null {
	return (value: number, path) => {
		if (whole && !Number.isSafeInteger(value))
			throw wrongArgumentError(path, 'must be a whole number of at most 2^53-1');
		if (value < min) throw wrongArgumentError(path, `must be ${min} or more`);
		if (value > max) throw wrongArgumentError(path, `must be ${max} or less`);
	};
}

const checkId: Check = (id: string, path) => {
	if (!validate(id) || version(id) !== 7 || id !== id.toLowerCase())
		throw wrongArgumentError(path, 'must be a UUIDv7 in lower case');
};

const checkIdOrNil: Check = (id: string, path) => {
	if (id !== NIL) checkId(id as never, path);
};

/** PostgreSQL writes years before 1 and after 9999 in another format than ISO 8601. */
const checkTime: Check = (time: Date, path) => {
	const year = time.getUTCFullYear();
	if (year < 1 || year > 9999) throw wrongArgumentError(path, 'must be in the years 1 to 9999');
};

const wrongArgumentError = (path: string, what: string) =>
	new FirmsealError('BAD_USER_INPUT', `The argument ${path} ${what}.`);

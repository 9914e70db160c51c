import { type GraphQLError, Kind } from 'graphql';

/**
 * GraphQL's own messages repeat what the client sent: literals, variables, and keys of variables. An error must not carry content, so
 * each message is rebuilt from names of the schema and of the document. A message whose shape is not listed here only says that a
 * value is invalid.
 */
const TYPE = String.raw`"[\w[\]!]{1,256}"`;
const NAME = String.raw`"[\w.$]{1,128}"`;

const SHAPES: readonly (readonly [shape: RegExp, written: string])[] = [
	[RegExp(`^Expected value of type (${TYPE}), found `), 'Expected a value of type $1.'],
	[RegExp(`^(Expected non-nullable type ${TYPE} not to be null\\.)$`), '$1'],
	[RegExp(`^(Expected type ${TYPE} to be an object\\.)$`), '$1'],
	[RegExp(`^(Expected type ${TYPE}\\.)`), '$1'],
	[RegExp(`^(Field ${NAME} of required type ${TYPE} was not provided\\.)$`), '$1'],
	[RegExp(`^(Field ${NAME} is not defined by type ${TYPE}\\.)`), '$1'],
	[RegExp(`^(Field ${NAME} must be non-null\\.)$`), '$1'],
	[RegExp(`^(Exactly one key must be specified for OneOf type ${TYPE}\\.)$`), '$1'],
	[RegExp(`^(OneOf Input Object ${TYPE} must specify exactly one key\\.)$`), '$1'],
	[
		RegExp(`^Value .* does not exist in (${TYPE}) enum\\.`, 's'),
		'This value does not exist in the $1 enum: use one that does.',
	],
	[RegExp(`^(Enum ${TYPE} cannot represent)`), '$1 this value: use one of its values.'],
	[/^([A-Z]\w{0,63} cannot represent)/, '$1 this value: use one of that type.'],
	[RegExp(`^(Variable ${NAME} of required type ${TYPE} was not provided\\.)$`), '$1'],
	[RegExp(`^(Variable ${NAME} of non-null type ${TYPE} must not be null\\.)$`), '$1'],
	[RegExp(`^(Argument ${NAME} of required type ${TYPE} was not provided\\.)$`), '$1'],
	[
		RegExp(`^(Argument ${NAME} of required type ${TYPE} was provided the variable ${NAME}) which`),
		'$1 without a value.',
	],
	[RegExp(`^(Argument ${NAME} of non-null type ${TYPE} must not be null\\.)$`), '$1'],
	[
		/^Too many validation errors, error limit reached\. Validation aborted\.$/,
		'The document has too many mistakes to list.',
	],
	[RegExp(`^(Argument ${NAME}) has invalid value `), '$1 has an invalid value.'],
	// The message of our own scalar, which is always the same.
	[/^(A Decimal is text: optional minus sign, digits, optional fraction, no exponent\.)$/, '$1'],
];

const VALUE_KINDS: ReadonlySet<string> = new Set([
	Kind.INT,
	Kind.FLOAT,
	Kind.STRING,
	Kind.BOOLEAN,
	Kind.NULL,
	Kind.ENUM,
	Kind.LIST,
	Kind.OBJECT,
	Kind.OBJECT_FIELD,
]);

/** The message without the value. */
function withoutValue(message: string): string {
	const found = SHAPES.find(([shape]) => shape.test(message));
	if (!found) return 'A value is not valid for its type.';
	const [shape, written] = found;
	return written.replace('$1', shape.exec(message)?.[1] ?? '');
}

/** The message of graphql-js about an argument during execution, without the value; null for any other error. */
export function maskArgument(error: unknown): string | null {
	if (!isGraphQLError(error) || !error.nodes || !error.message.startsWith('Argument "')) return null;
	return withoutValue(error.message);
}

/** Characters of a message. One mistake may name all fields of a document, and a document may have a hundred mistakes. */
export const MAX_MESSAGE_LENGTH = 300;

/** Only an error that points at a value, or at nothing (custom scalars), can repeat a value. The others hold only names. */
export function maskValidation({ message, nodes }: GraphQLError): string {
	const masked = nodes && !nodes.some(({ kind }) => VALUE_KINDS.has(kind)) ? message : withoutValue(message);
	return masked.slice(0, MAX_MESSAGE_LENGTH);
}

/**
 * `Variable "$input" got invalid value … at "input.title"; …` keeps the variable and the path, and states the reason without the
 * value.
 */
export function maskVariable(error: GraphQLError): string {
	const [definition] = error.nodes ?? [];
	const reason = error.originalError?.message;
	if (definition?.kind !== Kind.VARIABLE_DEFINITION || !reason || !error.message.endsWith(`; ${reason}`)) {
		return withoutValue(error.message);
	}
	const { value: name } = definition.variable.name;
	const place = RegExp(` at "(${name}[\\w.[\\]]*)"$`).exec(error.message.slice(0, -reason.length - 2))?.[1];
	return `Variable "$${name}" got an invalid value${place ? ` at "${place}"` : ''}: ${withoutValue(reason)}`;
}

/** A syntax error keeps the kind of the token where parsing stopped. `locations` has the position. */
export function maskSyntax({ message }: GraphQLError): string {
	return message
		.replace(/ (Name|String|BlockString|Int|Float|Comment) ".*$/s, ' $1.')
		.replace(/: ".*$/s, '.')
		.slice(0, 200);
}

/** Checks the shape: with two copies of graphql in one process, `instanceof` would treat a mistake in the document as unexpected. */
export const isGraphQLError = (error: unknown): error is GraphQLError =>
	error instanceof Error && 'extensions' in error && typeof error.extensions === 'object' && error.extensions !== null;

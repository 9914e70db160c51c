import { GraphQLError, type GraphQLScalarType, Kind } from 'graphql';
import { DateTimeISOResolver, JSONResolver } from 'graphql-scalars';

const DECIMAL = /^-?[0-9]{1,64}(\.[0-9]{1,64})?$/;

function checkDecimal(value: unknown): string {
	if (typeof value === 'string' && DECIMAL.test(value)) return value;
	throw new GraphQLError('A Decimal is text: optional minus sign, digits, optional fraction, no exponent.', {
		extensions: { code: 'BAD_USER_INPUT' },
	});
}

type ScalarFunctions = Pick<GraphQLScalarType, 'serialize' | 'parseValue' | 'parseLiteral'>;

/** Only the functions of a scalar. Its name (DateTimeISO) and description would replace those of the SDL. */
const functionsOf = ({ serialize, parseValue, parseLiteral }: ScalarFunctions) =>
	({ serialize, parseValue, parseLiteral }) as GraphQLScalarType;

export const scalarResolvers = {
	DateTime: functionsOf(DateTimeISOResolver),
	JSON: functionsOf(JSONResolver),
	Decimal: functionsOf({
		serialize: checkDecimal,
		parseValue: checkDecimal,
		parseLiteral: (node) => checkDecimal(node.kind === Kind.STRING ? node.value : undefined),
	}),
};

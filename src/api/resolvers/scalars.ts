import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { DateTimeISOResolver, JSONResolver } from 'graphql-scalars';

const DECIMAL = /^-?[0-9]{1,64}(\.[0-9]{1,64})?$/;

function checkDecimal(value: unknown): string {
	if (typeof value === 'string' && DECIMAL.test(value)) return value;
	throw new GraphQLError('A Decimal is text: optional minus sign, digits, optional fraction, no exponent.', {
		extensions: { code: 'BAD_USER_INPUT' },
	});
}

const DecimalResolver = new GraphQLScalarType({
	name: 'Decimal',
	serialize: checkDecimal,
	parseValue: checkDecimal,
	parseLiteral: (node) => checkDecimal(node.kind === Kind.STRING ? node.value : undefined),
});

/** Only what a scalar does: with it would come a name (DateTimeISO) and a description that aren't those of the SDL. */
const withoutDescription = ({ serialize, parseValue, parseLiteral }: GraphQLScalarType) =>
	({ serialize, parseValue, parseLiteral }) as GraphQLScalarType;

export const scalarResolvers = {
	DateTime: withoutDescription(DateTimeISOResolver),
	JSON: withoutDescription(JSONResolver),
	Decimal: withoutDescription(DecimalResolver),
};

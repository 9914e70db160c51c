import { buildSchema, GraphQLError, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { maskValidation } from '../../../src/api/errors/mask-values.ts';
import { scalarResolvers } from '../../../src/api/resolvers/scalars.ts';

/** The scalar's own message for a value that it refuses. */
function saidOf(value: unknown): string {
	try {
		scalarResolvers.Decimal.parseValue(value);
	} catch (error) {
		return (error as Error).message;
	}
	throw new Error('was taken');
}

describe('a refused Decimal', () => {
	it('explains the format in one fixed sentence', () => {
		expect(new Set(['1e3', '', '+1', 'mask-marker', 5].map(saidOf)).size).toBe(1);
		expect(maskValidation(new GraphQLError(saidOf('1e3')))).toBe(saidOf('1e3'));
		expect(saidOf('1e3')).toContain('no exponent');
	});

	it('does not unmask a message that only begins with that sentence', () => {
		expect(maskValidation(new GraphQLError(`${saidOf('1e3')} mask-marker`))).not.toContain('mask-marker');
		expect(maskValidation(new GraphQLError(`mask-marker ${saidOf('1e3')}`))).not.toContain('mask-marker');
	});
});

it('a message with the fields of a whole document is cut to 300 characters', () => {
	const selects = (names: string) => `s(n: 1) { ${names} }`;
	const names = (alias: string) => Array.from({ length: 50 }, (_, n) => `x${n}: ${alias}`).join(' ');
	const schema = buildSchema('type Query { s(n: Int): Query, a: Int, b: Int }');
	const [error] = validate(schema, parse(`{ ${selects(names('a'))} ${selects(names('b'))} }`));
	expect(error?.message.length).toBeGreaterThan(1_000);
	expect(maskValidation(error as GraphQLError)).toBe(error?.message.slice(0, 300));
});

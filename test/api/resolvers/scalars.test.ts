import { buildSchema, type GraphQLScalarType, graphqlSync, parseValue } from 'graphql';
import { describe, expect, it } from 'vitest';
import { scalarResolvers } from '../../../src/api/resolvers/scalars.ts';

const { DateTime, Decimal } = scalarResolvers as Readonly<Record<'DateTime' | 'Decimal', GraphQLScalarType>>;

/** Whether the scalar accepts the value as a variable and, if possible, as a literal. */
function takes(scalar: GraphQLScalarType, value: unknown): boolean {
	try {
		scalar.parseValue(value);
		return true;
	} catch {
		return false;
	}
}

function takesLiteral(scalar: GraphQLScalarType, literal: string): boolean {
	try {
		scalar.parseLiteral(parseValue(literal));
		return true;
	} catch {
		return false;
	}
}

describe('Decimal', () => {
	const good = ['0', '-0', '12.50', '-1.0', '00012', '9'.repeat(64), `0.${'1'.repeat(64)}`];
	const bad = [
		'',
		' 1',
		'1 ',
		'1.',
		'.5',
		'+1',
		'1e3',
		'0x10',
		'1,5',
		'--1',
		'NaN',
		'Infinity',
		'１',
		'1\n',
		'1\0',
		'9'.repeat(65),
		`0.${'1'.repeat(65)}`,
	];

	it.each(good)('accepts %s and keeps it as it is', (text) => {
		expect(Decimal.parseValue(text)).toBe(text);
		expect(Decimal.parseLiteral(parseValue(`"${text}"`))).toBe(text);
		expect(Decimal.serialize(text)).toBe(text);
	});

	it.each(bad)('refuses %j', (text) => {
		expect([takes(Decimal, text), takesLiteral(Decimal, JSON.stringify(text))]).toEqual([false, false]);
		expect(() => Decimal.serialize(text)).toThrow();
	});

	it('refuses anything but text, since a number has already lost digits', () => {
		for (const value of [1, 1.5, 10n, true, null, undefined, [], ['1'], { toString: () => '1' }])
			expect(takes(Decimal, value)).toBe(false);
		for (const literal of ['1', '1.5', 'true', 'null', 'ONE', '["1"]', '{ a: "1" }'])
			expect(takesLiteral(Decimal, literal)).toBe(false);
	});

	it('does not echo the value in its message', () => {
		expect(() => Decimal.parseValue('scalar-marker')).toThrow(
			expect.not.objectContaining({ message: expect.stringContaining('scalar-marker') }),
		);
	});
});

describe('DateTime', () => {
	it.each([
		['2026-11-24T15:04:05.678Z', '2026-11-24T15:04:05.678Z'],
		['2026-11-24T15:04:05Z', '2026-11-24T15:04:05.000Z'],
		['2026-11-24T15:04:05.678+02:00', '2026-11-24T13:04:05.678Z'],
	])('accepts %s as a point in time', (text, moment) => {
		expect((DateTime.parseValue(text) as Date).toISOString()).toBe(moment);
		expect((DateTime.parseLiteral(parseValue(`"${text}"`)) as Date).toISOString()).toBe(moment);
	});

	it.each([
		'',
		'now',
		'2026',
		'2026-11-24',
		'2026-11-24T15:04:05',
		'2026-13-01T00:00:00Z',
		'2026-02-30T00:00:00Z',
		'2026-11-24 15:04:05Z',
		'2026-11-24T25:00:00Z',
		'24.11.2026',
		'2026-11-24T15:04:05Z\0',
	])('refuses %j', (text) => {
		expect([takes(DateTime, text), takesLiteral(DateTime, JSON.stringify(text))]).toEqual([false, false]);
	});

	it('refuses numbers and other types', () => {
		for (const value of [0, 1_700_000_000_000, true, {}, []]) expect(takes(DateTime, value)).toBe(false);
		for (const literal of ['0', '1700000000', 'true', '["2026-11-24T15:04:05Z"]'])
			expect(takesLiteral(DateTime, literal)).toBe(false);
	});

	it('is returned as YYYY-MM-DDTHH:mm:ss.sssZ', () => {
		const schema = buildSchema('scalar DateTime type Query { at: DateTime }');
		Object.assign(schema.getType('DateTime') ?? {}, { serialize: DateTime.serialize });
		const { data } = graphqlSync({
			schema,
			source: '{ at }',
			rootValue: { at: new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 6)) },
		});
		expect(JSON.parse(JSON.stringify(data))).toEqual({ at: '2026-01-02T03:04:05.006Z' });
	});
});

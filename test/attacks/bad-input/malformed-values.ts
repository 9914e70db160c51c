import { v4 as uuidv4, v7 as uuidv7 } from 'uuid';

/** Part of every bad text that is long enough. No answer may contain it. */
export const MARKER = 'zq9marker';

/** Malformed ids, by their defect. */
export const malformedIds = () => ({
	empty: '',
	text: MARKER,
	'a number': 5,
	'a fraction': 1.5,
	'upper case': uuidv7().toUpperCase(),
	'version 4': uuidv4(),
	nil: '00000000-0000-0000-0000-000000000000',
	'a space behind': `${uuidv7()} `,
	'a line behind': `${uuidv7()}\n`,
	'in braces': `{${uuidv7()}}`,
	'without hyphens': uuidv7().replaceAll('-', ''),
	SQL: `${MARKER}' or 1=1 --`,
	NUL: `${uuidv7()}\0`,
	'a lone surrogate': `${MARKER}\ud800`,
	huge: MARKER.repeat(10_000),
});

export const notInts = {
	text: MARKER,
	'a number as text': '5',
	empty: '',
	'a fraction': 1.5,
	'beyond 32 bits': 2_147_483_648,
	'below 32 bits': -2_147_483_649,
	'beyond doubles': 1e300,
};

export const notDecimals = {
	empty: '',
	text: MARKER,
	'a number': 12,
	'a fraction': 1.5,
	exponent: '1e3',
	'a big exponent': '1E400',
	plus: '+1',
	infinite: 'Infinity',
	'not a number': 'NaN',
	'no digit before': '.5',
	'no digit behind': '1.',
	comma: '1,5',
	spaces: ' 1',
	'a line behind': '1\n',
	hexadecimal: '0x10',
	'two signs': '--1',
	'other digits': '१२',
	NUL: '1\0',
	huge: '9'.repeat(100_000),
};

export const notTimes = {
	empty: '',
	text: MARKER,
	'a number': 5,
	'a big number': 1e20,
	'year 0': '0000-01-01T00:00:00.000Z',
	'year 10000': '10000-01-01T00:00:00.000Z',
	'year 10000, signed': '+010000-01-01T00:00:00.000Z',
	'year -1': '-000001-01-01T00:00:00.000Z',
	'year 0 in UTC': '0001-01-01T00:00:00.000+23:59',
	'year 10000 in UTC': '9999-12-31T23:59:59.999-23:59',
	'no time': '2026-01-01',
	'no zone': '2026-01-01T00:00:00.000',
	'no such day': '2026-02-30T00:00:00.000Z',
	'no such month': '2026-13-01T00:00:00.000Z',
	'no such hour': '2026-01-01T25:00:00.000Z',
	'a leap second': '2026-06-30T23:59:60.000Z',
	'a word of the database': 'infinity',
	now: 'now',
	'a line behind': '2026-01-01T00:00:00.000Z\n',
	SQL: "2026-01-01T00:00:00.000Z' or 1=1 --",
	huge: MARKER.repeat(10_000),
};

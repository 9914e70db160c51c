import type { ValueType } from '../../envelope/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { PythonDateTime, PythonValue } from './python-value.ts';

/** Digits of a Decimal without an exponent. A large exponent would otherwise produce any number of digits. */
const MAX_DIGITS = 1_000;

/** Converts a Python value to a GraphQL value; undefined if the field's type can't hold it. */
type Converter = (value: PythonValue) => unknown;

const jsonOf = (text: string): unknown => {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
};

const textOf: Converter = (value) => {
	if (value.is === 'str' || value.is === 'date') return value.value;
	return value.is === 'bytes' ? utf8Of(value.value) : undefined;
};

const jsonTextOf: Converter = (value) => (value.is === 'str' ? jsonOf(value.value) : undefined);

const CONVERTERS: Readonly<Record<Exclude<ValueType, `[${string}]`>, Converter>> = {
	String: textOf,
	ID: textOf,
	Enum: textOf,
	Boolean: (value) => (value.is === 'bool' ? value.value : undefined),
	Int: (value) =>
		value.is === 'int' && BigInt.asIntN(32, value.value) === value.value ? Number(value.value) : undefined,
	Float(value) {
		if (value.is === 'int') return Number(value.value);
		return value.is === 'float' && Number.isFinite(value.value) ? value.value : undefined;
	},
	Decimal(value) {
		if (value.is === 'int') return String(value.value);
		return value.is === 'Decimal' ? plainDecimal(value.value) : undefined;
	},
	DateTime: (value) => (value.is === 'datetime' ? instantOf(value) : undefined),
	JSON: jsonTextOf,
};

/** @throws FirmsealError CIPHERTEXT_INVALID if the type can't hold the value. The sentence doesn't contain the value. */
export function toGraphqlValue(type: ValueType, value: PythonValue): unknown {
	const convert = (CONVERTERS as Readonly<Record<string, Converter>>)[type] ?? jsonTextOf;
	const converted = convert(value);
	if (converted !== undefined) return converted;
	throw new FirmsealError(
		'CIPHERTEXT_INVALID',
		`The stored value is a Python ${value.is}, which a field of type ${type} cannot hold: change the type of the field, or store another value.`,
	);
}

/** The Python value for `value`, which has the form of a GraphQL result. */
export function toPythonValue(type: ValueType, value: unknown) {
	if (type === 'Boolean') return { is: 'bool', value: value as boolean } as const;
	if (type === 'Int') return { is: 'int', value: BigInt(value as number) } as const;
	if (type === 'Float') return { is: 'float', value: value as number } as const;
	if (type === 'Decimal') return { is: 'Decimal', value: value as string } as const;
	if (type === 'DateTime') return dateTimeOf(value as string);
	const isText = type === 'String' || type === 'ID' || type === 'Enum';
	return { is: 'str', value: isText ? (value as string) : JSON.stringify(value) } as const;
}

function utf8Of(bytes: Uint8Array): string | undefined {
	try {
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch {
		return undefined;
	}
}

/** Writes a Decimal without an exponent; undefined if it is not a number, or has too many digits. */
function plainDecimal(text: string): string | undefined {
	const found = /^(-?)(\d+)(?:\.(\d+))?(?:E([+-]?\d+))?$/.exec(text);
	if (!found) return undefined;
	const [, sign = '', whole = '', part = '', exponent = '0'] = found;
	const digits = whole + part;
	const point = whole.length + Number(exponent);
	if (Math.abs(point) + digits.length > MAX_DIGITS) return undefined;
	const before =
		digits
			.slice(0, Math.max(0, point))
			.padEnd(point, '0')
			.replace(/^0+(?=\d)/, '') || '0';
	const after = point < 0 ? '0'.repeat(-point) + digits : digits.slice(point);
	return `${sign}${before}${after === '' ? '' : `.${after}`}`;
}

/** Precise to the millisecond. A datetime without a zone counts as UTC, as in PostgreSQL. */
function instantOf({ value, microseconds, offset }: PythonDateTime): string | undefined {
	const at = new Date(`${value}.000Z`);
	at.setTime(at.getTime() + Math.floor((microseconds - (offset ?? 0)) / 1000));
	return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** `text`: ISO 8601 in UTC, with milliseconds. */
const dateTimeOf = (text: string) =>
	({
		is: 'datetime',
		value: text.slice(0, 'YYYY-MM-DDTHH:mm:ss'.length),
		microseconds: Number(text.slice(-4, -1)) * 1000,
		offset: 0,
	}) as const;

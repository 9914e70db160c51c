import { isDateTime, toDateTime } from './date-time.ts';
import { invalidValueError } from './invalid-value-error.ts';
import { type JsonValue, validateJson, validateNumber, validateText } from './json-value.ts';

export type ScalarType = 'String' | 'ID' | 'Enum' | 'Int' | 'Float' | 'Boolean' | 'DateTime' | 'Decimal' | 'JSON';

/** A type of the schema as the codec names it; `[X]` is a list of X whose items may be null. */
export type ValueType = ScalarType | `[${ScalarType}]`;

/** How values of one type are written and what a reader takes for one. FORMAT.md section 5. */
export interface ValueRule {
	/** Written as UTF-8 text (type byte 0x01) instead of JSON (0x02). */
	readonly text: boolean;
	/** The value to write; throws BAD_USER_INPUT for what the type does not hold. */
	validate(value: unknown): JsonValue;
	/** Whether parsed JSON is a value of the type. */
	isCanonical(value: unknown): boolean;
}

const DECIMAL = /^-?[0-9]+(\.[0-9]+)?$/;

function isInt(value: unknown): value is number {
	return typeof value === 'number' && value === (value | 0);
}

function isDecimal(value: unknown): value is string {
	return typeof value === 'string' && DECIMAL.test(value);
}

const text: ValueRule = { text: true, validate: validateText, isCanonical: (value) => typeof value === 'string' };

const scalars: Record<ScalarType, ValueRule> = {
	String: text,
	ID: text,
	Enum: text,
	Int: {
		text: false,
		validate(value) {
			if (!isInt(value)) throw invalidValueError('An Int must be an integer from -2147483648 to 2147483647.');
			return value;
		},
		isCanonical: isInt,
	},
	Float: { text: false, validate: validateNumber, isCanonical: Number.isFinite },
	Boolean: {
		text: false,
		validate(value) {
			if (typeof value !== 'boolean') throw invalidValueError('A Boolean must be true or false.');
			return value;
		},
		isCanonical: (value) => typeof value === 'boolean',
	},
	DateTime: { text: false, validate: toDateTime, isCanonical: isDateTime },
	Decimal: {
		text: false,
		validate(value) {
			if (!isDecimal(value))
				throw invalidValueError('A Decimal must be a string of digits such as "-12.50", without exponent.');
			return value;
		},
		isCanonical: isDecimal,
	},
	JSON: {
		text: false,
		validate(value) {
			if (value === null) throw invalidValueError('A null is not sealed: store SQL NULL.');
			return validateJson(value);
		},
		isCanonical: (value) => value !== null,
	},
};

function listOf(item: ValueRule): ValueRule {
	return {
		text: false,
		validate(value) {
			if (!Array.isArray(value)) throw invalidValueError('A list must be given as an array.');
			return Array.from(value, (each: unknown) => (each === null ? null : item.validate(each)));
		},
		isCanonical: (value) => Array.isArray(value) && value.every((each) => each === null || item.isCanonical(each)),
	};
}

const rules = new Map<string, ValueRule>(
	Object.entries(scalars).flatMap(([type, rule]) => [
		[type, rule],
		[`[${type}]`, listOf(rule)],
	]),
);

/** Throws RangeError for a type that no schema of version 1 may mark. */
export function valueRuleOf(type: ValueType): ValueRule {
	const rule = rules.get(type);
	if (rule === undefined) throw new RangeError('This type has no sealed form.');
	return rule;
}

import { type PythonDateTime, type PythonValue, RefusedPickleError } from './python-value.ts';

/** A value, or an intermediate item while a pickle is read. */
export type PickleItem =
	| PythonValue
	| { readonly is: 'tuple'; readonly items: readonly PickleItem[] }
	| { readonly is: 'global'; readonly name: string }
	| { readonly is: 'timedelta'; readonly microseconds: number }
	| { readonly is: 'tzinfo'; readonly offset: number };

type Call = (args: readonly PickleItem[]) => PickleItem | null;

const DAY = 86_400_000_000;

/** A Decimal in Python's notation. */
const DECIMAL = /^-?(?:\d{1,1000}(?:\.\d{1,1000})?(?:E[+-]?\d{1,6})?|Infinity|s?NaN\d{0,100})$/;

const UTC: PickleItem = { is: 'tzinfo', offset: 0 };

const unpickleOf: Call = ([of, name, ...rest]) =>
	of?.is === 'global' && of.name === ZONE && name?.is === 'str' && name.value === '_unpickle' && rest.length === 0
		? { is: 'global', name: `${ZONE}._unpickle` }
		: null;

const ZONE = 'zoneinfo ZoneInfo';

/** The names that a pickle may call. A function returns null for arguments that are not of the expected form. */
const CALLS: Readonly<Record<string, Call>> = {
	'decimal Decimal': ([text, ...rest]) =>
		text?.is === 'str' && rest.length === 0 && DECIMAL.test(text.value) ? { is: 'Decimal', value: text.value } : null,
	'datetime date': ([bytes, ...rest]) =>
		bytes?.is === 'bytes' && rest.length === 0 && bytes.value.length === 4 ? dateOf(bytes.value) : null,
	'datetime datetime': ([bytes, zone, ...rest]) => {
		if (bytes?.is !== 'bytes' || bytes.value.length !== 10 || rest.length > 0) return null;
		if (zone === undefined) return dateTimeOf(bytes.value, null);
		return zone.is === 'tzinfo' ? dateTimeOf(bytes.value, zone.offset) : null;
	},
	'datetime timedelta': ([days, seconds, microseconds, ...rest]) => {
		if (days?.is !== 'int' || seconds?.is !== 'int' || microseconds?.is !== 'int' || rest.length > 0) return null;
		const all = (days.value * 86_400n + seconds.value) * 1_000_000n + microseconds.value;
		// A timedelta occurs only as the offset of a zone.
		return all > -BigInt(DAY) && all < BigInt(DAY) ? { is: 'timedelta', microseconds: Number(all) } : null;
	},
	'datetime timezone': ([offset, name, ...rest]) =>
		offset?.is === 'timedelta' && (name === undefined || name.is === 'str') && rest.length === 0
			? { is: 'tzinfo', offset: offset.microseconds }
			: null,
	/** UTC in pytz, which Django used until version 4. */
	'pytz _UTC': (args) => (args.length === 0 ? UTC : null),
	/** Python pickles a method of a class as a call of getattr. Only this one method is known, and nothing is looked up. */
	'builtins getattr': (args) => unpickleOf(args),
	'__builtin__ getattr': (args) => unpickleOf(args),
	'zoneinfo ZoneInfo': () => null,
	/** Only UTC. The offsets of other zones would need the time zone database. */
	'zoneinfo ZoneInfo._unpickle': ([key, fromCache, ...rest]) =>
		key?.is === 'str' && key.value === 'UTC' && fromCache !== undefined && rest.length === 0 ? UTC : null,
	/** Protocol 2 has no opcode for bytes and pickles them as this call. */
	'_codecs encode': ([text, encoding, ...rest]) =>
		text?.is === 'str' && encoding?.is === 'str' && encoding.value === 'latin1' && rest.length === 0
			? latin1Of(text.value)
			: null,
	'__builtin__ bytes': (args) => (args.length === 0 ? { is: 'bytes', value: new Uint8Array() } : null),
};

/** @throws RefusedPickleError for a name that is not in CALLS. */
export function globalOf(module: string, name: string): PickleItem {
	const called = `${module} ${name}`;
	if (!Object.hasOwn(CALLS, called)) throw new RefusedPickleError('it names something that is not a value');
	return { is: 'global', name: called };
}

/** @throws RefusedPickleError unless the callee accepts the arguments. */
export function call(callee: PickleItem, args: PickleItem): PickleItem {
	if (callee.is !== 'global' || args.is !== 'tuple')
		throw new RefusedPickleError('it calls something that is not a value');
	const made = CALLS[callee.name]?.(args.items);
	if (!made) throw new RefusedPickleError('a value in it has an unexpected form');
	return made;
}

const latin1Of = (text: string): PickleItem | null => {
	const isLatin1 = Array.from(text).every((each) => (each.codePointAt(0) ?? 256) < 256);
	return isLatin1 ? { is: 'bytes', value: Buffer.from(text, 'latin1') } : null;
};

const padded = (number: number, length = 2) => String(number).padStart(length, '0');

function dayOf(high = 0, low = 0, month = 0, day = 0): string | null {
	const year = high * 256 + low;
	const text = `${padded(year, 4)}-${padded(month)}-${padded(day)}`;
	const at = new Date(`${text}T00:00:00.000Z`);
	const isThere = year >= 1 && year <= 9999 && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
	return isThere ? text : null;
}

function dateOf([high, low, month, day]: Uint8Array): PythonValue | null {
	const value = dayOf(high, low, month, day);
	return value === null ? null : { is: 'date', value };
}

function dateTimeOf(bytes: Uint8Array, offset: number | null): PythonDateTime | null {
	const [high, low, month = 0, dayOfMonth, hour = 0, minute = 0, second = 0, ...rest] = bytes;
	const [first = 0, middle = 0, last = 0] = rest;
	// The highest bit of the month is `fold`, which distinguishes equal local times at the end of summer time. The offset says the same.
	const day = dayOf(high, low, month % 128, dayOfMonth);
	const microseconds = (first * 256 + middle) * 256 + last;
	if (day === null || hour > 23 || minute > 59 || second > 59 || microseconds > 999_999) return null;
	return { is: 'datetime', value: `${day}T${padded(hour)}:${padded(minute)}:${padded(second)}`, microseconds, offset };
}

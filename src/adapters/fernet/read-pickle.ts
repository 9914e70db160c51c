import { call, globalOf, type PickleItem } from './pickle-globals.ts';
import { type PythonValue, RefusedPickleError } from './python-value.ts';

/** A datetime with a zone takes about 30. */
const MAX_OPCODES = 100;
const MAX_DEPTH = 20;

/**
 * Parses the one value in a pickle of protocol 2 to 5 without executing anything. Refuses opcodes that are not in STEPS, names that are not in
 * pickle-globals.ts, more opcodes than a value needs, and trailing bytes.
 * @throws RefusedPickleError
 */
export function readPickle(bytes: Uint8Array): PythonValue {
	const input = new PickleInput(bytes);
	if (input.byte() !== 0x80) throw new RefusedPickleError('it is not a pickle of protocol 2 to 5');
	const protocol = input.byte();
	if (protocol < 2 || protocol > 5) throw new RefusedPickleError('it is not a pickle of protocol 2 to 5');
	const stack: PickleItem[] = [];
	const memo = new Map<number, PickleItem>();
	const machine = { input, stack, memo, left: bytes.length };
	for (let count = 0; count < MAX_OPCODES; count++) {
		const opcode = input.byte();
		if (opcode === STOP) return resultOf(machine);
		const step = STEPS.get(opcode);
		if (!step) throw new RefusedPickleError('it has an opcode that no value needs');
		step(machine);
		if (stack.length > MAX_DEPTH) throw new RefusedPickleError('it is nested too deeply for a value');
	}
	throw new RefusedPickleError('it is too long for a value');
}

interface Machine {
	readonly input: PickleInput;
	readonly stack: PickleItem[];
	readonly memo: Map<number, PickleItem>;
	/** Bytes that may still be passed to calls, because the memo lets one string be passed to any number of calls. */
	left: number;
}

const STOP = 0x2e;

function resultOf({ input, stack }: Machine): PythonValue {
	const [value, ...rest] = stack;
	if (!value || rest.length > 0 || !input.isAtEnd) throw new RefusedPickleError('it holds more or less than one value');
	if (value.is === 'tuple' || value.is === 'global' || value.is === 'timedelta' || value.is === 'tzinfo')
		throw new RefusedPickleError('its content is not a value');
	return value;
}

/** Reads forward. Throws RefusedPickleError at the end of the bytes. */
class PickleInput {
	readonly #bytes: Uint8Array;
	readonly #view: DataView;
	#at = 0;

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes;
		this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	}

	get isAtEnd(): boolean {
		return this.#at === this.#bytes.length;
	}

	take(length: number): Uint8Array {
		if (length > this.#bytes.length - this.#at) throw new RefusedPickleError('it is truncated');
		const taken = this.#bytes.subarray(this.#at, this.#at + length);
		this.#at += length;
		return taken;
	}

	byte(): number {
		return this.take(1)[0] ?? 0;
	}

	/** An unsigned little-endian integer. */
	size(length: 1 | 2 | 4 | 8): number {
		const at = this.#at;
		this.take(length);
		if (length === 8) return Number(this.#view.getBigUint64(at, true));
		if (length === 4) return this.#view.getUint32(at, true);
		return length === 2 ? this.#view.getUint16(at, true) : this.#view.getUint8(at);
	}

	int32(): number {
		const at = this.#at;
		this.take(4);
		return this.#view.getInt32(at, true);
	}

	double(): number {
		const at = this.#at;
		this.take(8);
		return this.#view.getFloat64(at);
	}

	/** The rest of the line. Names are shorter than 100 bytes. */
	line(): string {
		const end = this.#bytes.subarray(this.#at, this.#at + 100).indexOf(0x0a);
		if (end < 0) throw new RefusedPickleError('it is truncated');
		const text = Buffer.from(this.take(end)).toString('latin1');
		this.take(1);
		return text;
	}
}

function textOf(bytes: Uint8Array): PickleItem {
	try {
		return { is: 'str', value: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
	} catch {
		throw new RefusedPickleError('a text in it is not valid UTF-8');
	}
}

const bytesOf = (bytes: Uint8Array): PickleItem => ({ is: 'bytes', value: bytes.slice() });
const intOf = (value: number | bigint): PickleItem => ({ is: 'int', value: BigInt(value) });

/** Little-endian two's complement. */
function longOf(bytes: Uint8Array): PickleItem {
	if (bytes.length === 0) return intOf(0);
	return intOf(BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`)));
}

function pop({ stack }: Machine): PickleItem {
	const part = stack.pop();
	if (!part) throw new RefusedPickleError('a value in it is missing');
	return part;
}

/** The result of a call is no longer than its arguments. */
function lengthOf(args: PickleItem): number {
	const items = args.is === 'tuple' ? args.items : [];
	return items.reduce((sum, item) => sum + (item.is === 'str' || item.is === 'bytes' ? item.value.length : 0), 0);
}

type Step = (machine: Machine) => void;

const pushing =
	(read: (input: PickleInput) => PickleItem): Step =>
	({ input, stack }) =>
		void stack.push(read(input));

const keeping =
	(numberOf: (machine: Machine) => number): Step =>
	(machine) => {
		const part = machine.stack.at(-1);
		if (!part) throw new RefusedPickleError('a value in it is missing');
		machine.memo.set(numberOf(machine), part);
	};

const fetching =
	(length: 1 | 4): Step =>
	({ input, stack, memo }) => {
		const part = memo.get(input.size(length));
		if (!part) throw new RefusedPickleError('a value in it is missing');
		stack.push(part);
	};

const tuple =
	(length: number): Step =>
	(machine) => {
		const items = Array.from({ length }, () => pop(machine)).reverse();
		machine.stack.push({ is: 'tuple', items });
	};

/** The opcodes that values need. The comments have their names in Python's pickletools. */
const STEPS: ReadonlyMap<number, Step> = new Map<number, Step>([
	// FRAME is a hint for reading from a stream.
	[0x95, ({ input }) => void input.size(8)],
	// NONE, NEWTRUE, NEWFALSE
	[0x4e, pushing(() => ({ is: 'None' }))],
	[0x88, pushing(() => ({ is: 'bool', value: true }))],
	[0x89, pushing(() => ({ is: 'bool', value: false }))],
	// BININT, BININT1, BININT2, LONG1
	[0x4a, pushing((input) => intOf(input.int32()))],
	[0x4b, pushing((input) => intOf(input.size(1)))],
	[0x4d, pushing((input) => intOf(input.size(2)))],
	[0x8a, pushing((input) => longOf(input.take(input.size(1))))],
	// BINFLOAT
	[0x47, pushing((input) => ({ is: 'float', value: input.double() }))],
	// BINUNICODE, SHORT_BINUNICODE, BINUNICODE8
	[0x58, pushing((input) => textOf(input.take(input.size(4))))],
	[0x8c, pushing((input) => textOf(input.take(input.size(1))))],
	[0x8d, pushing((input) => textOf(input.take(input.size(8))))],
	// BINBYTES, SHORT_BINBYTES, BINBYTES8
	[0x42, pushing((input) => bytesOf(input.take(input.size(4))))],
	[0x43, pushing((input) => bytesOf(input.take(input.size(1))))],
	[0x8e, pushing((input) => bytesOf(input.take(input.size(8))))],
	// BINPUT, LONG_BINPUT, MEMOIZE, BINGET, LONG_BINGET
	[0x71, keeping(({ input }) => input.size(1))],
	[0x72, keeping(({ input }) => input.size(4))],
	[0x94, keeping(({ memo }) => memo.size)],
	[0x68, fetching(1)],
	[0x6a, fetching(4)],
	// EMPTY_TUPLE, TUPLE1, TUPLE2, TUPLE3
	[0x29, tuple(0)],
	[0x85, tuple(1)],
	[0x86, tuple(2)],
	[0x87, tuple(3)],
	// GLOBAL, STACK_GLOBAL, REDUCE
	[0x63, pushing((input) => globalOf(input.line(), input.line()))],
	[
		0x93,
		(machine) => {
			const [name, module] = [pop(machine), pop(machine)];
			if (name.is !== 'str' || module.is !== 'str')
				throw new RefusedPickleError('it names something that is not a value');
			machine.stack.push(globalOf(module.value, name.value));
		},
	],
	[
		0x52,
		(machine) => {
			const [args, callee] = [pop(machine), pop(machine)];
			machine.left -= lengthOf(args);
			if (machine.left < 0) throw new RefusedPickleError('its calls produce more than it holds');
			machine.stack.push(call(callee, args));
		},
	],
]);

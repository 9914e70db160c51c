import type { PythonDateTime, PythonValue } from './python-value.ts';

/** Pickles a value with protocol 3, which every Python 3 can read. */
export function writePickle(value: Written): Buffer {
	return Buffer.concat([PROTOCOL, piece(value), STOP]);
}

type Written = Extract<PythonValue, { readonly is: 'bool' | 'int' | 'float' | 'str' | 'Decimal' | 'datetime' }>;

const PROTOCOL = Buffer.of(0x80, 3);
const STOP = Buffer.from('.');

function piece(value: Written): Buffer {
	switch (value.is) {
		case 'bool':
			return Buffer.of(value.value ? 0x88 : 0x89);
		case 'int': {
			const bytes = Buffer.alloc(5);
			bytes.write('J', 'latin1');
			bytes.writeInt32LE(Number(value.value), 1);
			return bytes;
		}
		case 'float': {
			const bytes = Buffer.alloc(9);
			bytes.write('G', 'latin1');
			bytes.writeDoubleBE(value.value, 1);
			return bytes;
		}
		case 'str':
			return text(value.value);
		case 'Decimal':
			return Buffer.concat([Buffer.from('cdecimal\nDecimal\n'), text(value.value), Buffer.from('\x85R', 'latin1')]);
		case 'datetime':
			return dateTime(value);
	}
}

function text(value: string): Buffer {
	const bytes = Buffer.from(value);
	const head = Buffer.alloc(5);
	head.write('X', 'latin1');
	head.writeUInt32LE(bytes.length, 1);
	return Buffer.concat([head, bytes]);
}

/** Always in UTC. */
function dateTime({ value, microseconds }: PythonDateTime): Buffer {
	const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = value.split(/[-T:]/).map(Number);
	const bytes = Buffer.alloc(12);
	bytes.write('C\x0a', 'latin1');
	bytes.writeUInt16BE(year, 2);
	bytes.set([month, day, hour, minute, second], 4);
	bytes.writeUIntBE(microseconds, 9, 3);
	return Buffer.concat([
		Buffer.from('cdatetime\ndatetime\n'),
		bytes,
		Buffer.from('cdatetime\ntimezone\ncdatetime\ntimedelta\nK\x00K\x00K\x00\x87R\x85R\x86R', 'latin1'),
	]);
}

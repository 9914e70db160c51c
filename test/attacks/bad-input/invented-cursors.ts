import { v7 as uuidv7 } from 'uuid';
import { MARKER } from './malformed-values.ts';

/** Encodes a cursor. Its parts are list and order, the row's value, and the row's id. */
export const encode = (parts: unknown): string => Buffer.from(JSON.stringify(parts)).toString('base64url');

/** Cursors that no list returns. Each must be refused. */
export function madeUp(cursor: string): Readonly<Record<string, string>> {
	const [name, value, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as readonly [
		string,
		string,
		string,
	];
	const parts: readonly unknown[] = [
		null,
		7,
		{},
		[],
		[name, value],
		[name, value, id, id],
		[null, value, id],
		['__proto__', value, id],
		[name, null, id],
		[name, 7, id],
		[name, { toString: MARKER }, id],
		[name, [value], id],
		[name, `${value}\0`, id],
		[name, MARKER.repeat(30), id],
		[name, value, null],
		[name, value, MARKER],
		[name, value, `${id}' or 1=1 --`],
		[name, value, `${id}\0`],
	];
	return {
		...Object.fromEntries(parts.map((each, index) => [`parts, ${index}`, encode(each)])),
		...Object.fromEntries(
			[1, cursor.length >> 1, cursor.length - 4, cursor.length - 1].map((length) => [
				`cut to ${length}`,
				cursor.slice(0, length),
			]),
		),
		twice: cursor + cursor,
		'upper case': cursor.toUpperCase(),
		'in base64 twice': Buffer.from(cursor).toString('base64url'),
		'not encoded': JSON.stringify([name, value, id]),
		'of 1 MB': encode([name, MARKER.repeat(85_000), id]),
	};
}

/** Cursors that a list may refuse or accept. If it accepts one, it returns only the caller's rows. */
export function altered(cursor: string): readonly string[] {
	const [name, , id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as readonly [string, string, string];
	const values = [
		'',
		'infinity',
		'now',
		'-1',
		'1e3',
		"'; select",
		'\ud800',
		'0000-01-01T00:00:00.000Z',
		'2026-02-30T00:00:00.000Z',
		'2026-01-01T24:00:00.000Z',
		'0001-01-01T00:00:00.000Z',
		'9999-12-31T23:59:59.999Z',
		'9'.repeat(19),
	];
	const bytes = ['A', 'z', '0', '_', '+', '=', '%', ' ', '\n', '\0', 'é', '\ud800'];
	const positions = [0, cursor.length >> 1, cursor.length - 2];
	return [
		...values.map((value) => encode([name, value, id])),
		encode([name, '2026-01-01T00:00:00.000Z', uuidv7()]),
		...bytes.flatMap((byte, index) => {
			const at = positions[index % positions.length] ?? 0;
			return cursor.slice(0, at) + byte + cursor.slice(at + 1);
		}),
	];
}

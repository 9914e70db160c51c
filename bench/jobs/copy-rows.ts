/** PostgreSQL's binary form of COPY: what it begins and ends with, and a row of it. */
export const COPY_START = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
export const COPY_END = Buffer.from([0xff, 0xff]);

export function copyRow(values: readonly Uint8Array[]): Buffer {
	const row = Buffer.alloc(values.reduce((sum, { length }) => sum + 4 + length, 2));
	let at = row.writeInt16BE(values.length);
	for (const value of values) {
		at = row.writeInt32BE(value.length, at);
		row.set(value, at);
		at += value.length;
	}
	return row;
}

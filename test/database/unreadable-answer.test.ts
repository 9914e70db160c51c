import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openConnection, openPool } from '../../src/database/connection.ts';

/** A server that lets everyone sign in, and answers each query with a row that claims to have more values than bytes. */
let server: Server;
let url: string;
const message = (type: string, body: readonly number[]) => {
	const head = Buffer.alloc(5);
	head.write(type, 'latin1');
	head.writeInt32BE(4 + body.length, 1);
	return Buffer.concat([head, Buffer.from(body)]);
};
const SIGNED_IN = Buffer.concat([message('R', [0, 0, 0, 0]), message('Z', [73])]);
const UNREADABLE = message('D', [127, 255]);

beforeAll(async () => {
	server = createServer((socket) => {
		socket.on('error', () => {});
		socket.once('data', () => {
			socket.write(SIGNED_IN);
			socket.on('data', () => socket.write(UNREADABLE));
		});
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	url = `postgres://someone@127.0.0.1:${(server.address() as AddressInfo).port}/any`;
});
afterAll(() => {
	server?.close();
});

it('a response that the driver cannot read ends its connection, not the process, and another is opened', async () => {
	const pool = openPool(url, 1);
	for (const time of ['first', 'second'])
		await expect(pool.query('select 1'), time).rejects.toThrow(/out of range|outside buffer bounds/);
	await pool.end();
	const connection = await openConnection(url);
	await expect(connection.query('select 1')).rejects.toThrow(/out of range|outside buffer bounds/);
});

import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openConnection, openPool } from '../../src/database/connection.ts';
import { listen } from '../support/listen.ts';

/** AuthenticationSASL and AuthenticationSASLContinue, for which the driver needs a password. */
const asked = (code: number, text: string) => {
	const head = Buffer.alloc(9);
	head.write('R');
	head.writeInt32BE(8 + text.length, 1);
	head.writeInt32BE(code, 5);
	return Buffer.concat([head, Buffer.from(text)]);
};
const QUESTIONS = [asked(10, 'SCRAM-SHA-256\0\0'), asked(11, 'r=x,s=eA==,i=4096')];

describe('a sign-in without the password that the server requests', () => {
	const server = createServer();
	let url: string;
	beforeAll(async () => {
		server.on('connection', (socket) => {
			const questions = [...QUESTIONS];
			socket.on('error', () => {}).on('data', () => socket.write(questions.shift() ?? ''));
		});
		url = `postgres://app_firm@127.0.0.1:${await listen(server)}/firmseal`;
	});
	afterAll(() => server.close());

	it.each([
		{ of: 'one connection', open: () => openConnection(url) },
		{ of: 'a pool', open: () => openPool(url, 1).connect() },
	])('closes the connections of $of, so that a command does not wait for them', async ({ open }) => {
		const connected = once(server, 'connection') as Promise<[Socket]>;
		const refused = expect(open()).rejects.toThrow('password must be a string');
		const [socket] = await connected;
		await once(socket, 'end');
		await refused;
	});
});

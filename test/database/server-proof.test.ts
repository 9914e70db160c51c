import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { explain } from '../../src/cli/print/explain.ts';
import { readConfig } from '../../src/config/config.ts';
import { openConnection, openPool } from '../../src/database/connection.ts';
import { databaseFailureOf, withoutParameters } from '../../src/database/database-error.ts';
import { makeCertificate } from '../api/http/certificate.ts';
import { listen } from '../support/listen.ts';
import { embedded } from '../support/own-servers.ts';

const PASSWORD = 'only-for-tests';

/** PostgreSQL's answer to a sign-in: an Authentication… message by its code. */
function authentication(code: number, rest: string | Buffer = ''): Buffer {
	const head = Buffer.alloc(9, 'R');
	head.writeInt32BE(8 + rest.length, 1);
	head.writeInt32BE(code, 5);
	return Buffer.concat([head, Buffer.from(rest)]);
}

const OK = authentication(0);
const READY = Buffer.from('Z\0\0\0\x05I');
const SIGNED_IN = Buffer.concat([OK, READY]);
const CLEARTEXT = authentication(3);
const MD5 = authentication(5, Buffer.from([1, 2, 3, 4]));
const SASL = authentication(10, 'SCRAM-SHA-256\0\0');
/** A salt and an iteration count for the client's nonce. */
const counting = (count: string) => (said: string) =>
	authentication(11, `r=${said.match(/r=(\S+)$/)?.[1]}x,s=eA==,i=${count}`);
const first = counting('4096');
const final = (signature: string) => Buffer.concat([authentication(12, signature), SIGNED_IN]);

/** The answers of another program at the port of the database: to the client's first message, to the second, and so on. */
type Answer = Buffer | ((said: string) => Buffer);

interface Stranger {
	readonly url: string;
	/** All messages of the client in each connection, after both sides have ended it. */
	heard(): Promise<string>;
}

const open: Server[] = [];
afterEach(() => open.splice(0).map((server) => server.close()));

interface Kind {
	readonly tls?: { readonly key: Buffer; readonly cert: Buffer };
	/** The password of the URL. */
	readonly password?: string;
}

async function standIn(answers: readonly Answer[], { tls, password = PASSWORD }: Kind = {}): Promise<Stranger> {
	// The program never ends a connection by itself.
	const server = createServer({ allowHalfOpen: true });
	open.push(server);
	let said = '';
	const gone = once(server, 'connection').then(([socket]) => once(socket, 'close'));
	const talk = (socket: Socket | TLSSocket) => {
		const left = [...answers];
		socket.on('data', (data) => {
			said += data.toString('latin1');
			const answer = left.shift() ?? '';
			socket.write(typeof answer === 'function' ? answer(data.toString('latin1')) : answer);
		});
		socket.on('error', () => {}).on('end', () => socket.destroy());
	};
	server.on('connection', (socket: Socket) => {
		if (!tls) return talk(socket);
		socket
			.on('error', () => {})
			.once('data', () => {
				socket.write('S');
				talk(new TLSSocket(socket, { isServer: true, ...tls }));
			});
	});
	const url = `postgres://app_firm:${password}@127.0.0.1:${await listen(server)}/firmseal`;
	return { url, heard: () => gone.then(() => said) };
}

const WAYS = [
	{ of: 'one connection', sign: (url: string) => openConnection(url).then((client) => client.end()) },
	{
		of: 'a pool',
		sign: async (url: string) => {
			const pool = openPool(url, 1);
			try {
				await pool.query('select 1');
			} finally {
				await pool.end();
			}
		},
	},
];
const signIn = (way: (typeof WAYS)[number], url: string) =>
	withoutParameters(() => way.sign(url), url).then(
		() => null,
		(error: unknown) => error,
	);

/** The kinds of messages that came after the first, which names user and database. */
const kindsOf = (heard: string) => [...heard.matchAll(/([pQPX])\0\0[\s\S]{2}/g)].map(([, kind]) => kind);

describe.each(WAYS)('$of to a server whose certificate is not verified', (way) => {
	it.each<{ does: string; answers: Answer[]; sent: string[] }>([
		{ does: 'requests the password in plain text', answers: [CLEARTEXT, SIGNED_IN], sent: [] },
		{ does: 'requests an MD5 hash of it', answers: [MD5, SIGNED_IN], sent: [] },
		{ does: 'requests nothing', answers: [SIGNED_IN], sent: [] },
		{ does: 'reports only that it is ready', answers: [READY], sent: [] },
		{ does: 'breaks off the exchange', answers: [SASL, SIGNED_IN], sent: ['p'] },
		{ does: 'requests the password in plain text midway', answers: [SASL, CLEARTEXT, SIGNED_IN], sent: ['p'] },
		{ does: 'sends no final message', answers: [SASL, first, SIGNED_IN], sent: ['p', 'p'] },
		{ does: 'sends a wrong signature', answers: [SASL, first, final(`v=${'A'.repeat(43)}=`)], sent: ['p', 'p'] },
		{ does: 'sends its signature too early', answers: [SASL, final('v=undefined')], sent: ['p'] },
		{
			does: 'requests a second proof',
			answers: [SASL, (said) => Buffer.concat([first(said), first(said)])],
			sent: ['p'],
		},
		{
			does: 'sends more than a sign-in needs',
			answers: [authentication(10, `SCRAM-SHA-256\0${'X\0'.repeat(40_000)}\0`)],
			sent: [],
		},
		{ does: 'does not support SCRAM', answers: [authentication(10, 'PLAIN\0\0'), SIGNED_IN], sent: [] },
	])('ends, and sends neither password nor statement, if the server $does', async ({ answers, sent }) => {
		const stranger = await standIn(answers);
		const refusal = await signIn(way, stranger.url);
		const heard = await stranger.heard();
		expect(kindsOf(heard).filter((kind) => kind !== 'X')).toEqual(sent);
		expect(heard).not.toMatch(new RegExp(`${PASSWORD}|md5`));
		expect(databaseFailureOf(refusal)?.code).toBe('ERR_UNPROVEN');
	});

	it.each([
		['1', 'ERR_SCRAM_ITERATIONS'],
		['4095', 'ERR_SCRAM_ITERATIONS'],
		['100001', 'ERR_SCRAM_ITERATIONS'],
		['4294967296', 'ERR_SCRAM_ITERATIONS'],
		['9'.repeat(400), 'ERR_SCRAM_ITERATIONS'],
		['4096,i=1', 'ERR_UNPROVEN'],
		['1,i=4096', 'ERR_UNPROVEN'],
		['4096,x=1', 'ERR_UNPROVEN'],
		['0x1000', 'ERR_UNPROVEN'],
		['-4096', 'ERR_UNPROVEN'],
		['', 'ERR_UNPROVEN'],
	])(
		'ends, and sends no proof from which the password could be guessed, if the server counts i=%s',
		async (count, code) => {
			const stranger = await standIn([SASL, counting(count), SIGNED_IN]);
			const refusal = await signIn(way, stranger.url);
			expect(kindsOf(await stranger.heard()).filter((kind) => kind !== 'X')).toEqual(['p']);
			expect(databaseFailureOf(refusal)?.code).toBe(code);
		},
	);
});

describe('a sign-in', () => {
	const { certFile, keyFile } = makeCertificate();
	const tls = () => ({ key: readFileSync(keyFile), cert: readFileSync(certFile) });
	const [one] = WAYS as [(typeof WAYS)[number]];

	it('is refused as without TLS if sslmode verifies no certificate', async () => {
		for (const answers of [[CLEARTEXT, SIGNED_IN], [SIGNED_IN]]) {
			const stranger = await standIn(answers, { tls: tls() });
			const refusal = await signIn(one, `${stranger.url}?sslmode=no-verify`);
			expect(databaseFailureOf(refusal)?.code).toBe('ERR_UNPROVEN');
			expect(kindsOf(await stranger.heard())).toEqual([]);
		}
	});

	it('uses the method that the server requests if its certificate is verified', async () => {
		const server = await standIn([CLEARTEXT, SIGNED_IN], { tls: tls() });
		expect(await signIn(one, `${server.url}?sslmode=verify-full&sslrootcert=${certFile}`)).toBeNull();
		expect(await server.heard()).toContain(PASSWORD);
	});

	it('accepts few iterations from a server whose certificate is verified, and never so many that they take long', async () => {
		const verified = `?sslmode=verify-full&sslrootcert=${certFile}`;
		for (const [count, sent, code] of [
			['1', ['p', 'p'], 'ERR_UNPROVEN'],
			['100001', ['p'], 'ERR_SCRAM_ITERATIONS'],
		] as const) {
			const server = await standIn([SASL, counting(count), final(`v=${'A'.repeat(43)}=`)], { tls: tls() });
			expect(databaseFailureOf(await signIn(one, server.url + verified))?.code).toBe(code);
			expect(kindsOf(await server.heard()).filter((kind) => kind !== 'X')).toEqual(sent);
		}
	});

	it('without a password expects no proof, and reveals none', async () => {
		const trusting = await standIn([SIGNED_IN], { password: '' });
		expect(await signIn(one, trusting.url)).toBeNull();
		const asking = await standIn([CLEARTEXT, SIGNED_IN], { password: '' });
		expect(databaseFailureOf(await signIn(one, asking.url))?.code).toBe('ERR_UNPROVEN');
	});

	it.each(WAYS)('to the real server succeeds, by $of, and is refused with another password', async (way) => {
		expect(await signIn(way, embedded.url)).toBeNull();
		const other = Object.assign(new URL(embedded.url), { password: 'guessed' }).href;
		expect(databaseFailureOf(await signIn(way, other))?.code).toBe('28P01');
	});

	it('if refused, reports the host and what to set', async () => {
		const { url } = await standIn([CLEARTEXT]);
		const error = await signIn(one, url);
		const { host } = new URL(url);
		const toldOf = (settings: Record<string, string>) =>
			explain(error, { name: 'doctor', config: readConfig({ FIRMSEAL_DATA_DIR: '/data', ...settings }) });
		expect(toldOf({ DATABASE_URL: url })).toBe(
			`${host} does not prove that it knows the password of user app_firm (ERR_UNPROVEN): check that it is your PostgreSQL, and make it ask for SCRAM (scram-sha-256 in pg_hba.conf, auth_type in PgBouncer), or set sslmode=verify-full in DATABASE_URL.`,
		);
		const counted = await standIn([SASL, counting('1')]);
		const { host: at } = new URL(counted.url);
		const weak = await signIn(one, counted.url);
		const settings = { FIRMSEAL_DATA_DIR: '/data', DATABASE_URL: counted.url };
		expect(explain(weak, { name: 'doctor', config: readConfig(settings) })).toBe(
			`${at} asks user app_firm for a SCRAM proof with fewer than 4096 or more than 100000 iterations (ERR_SCRAM_ITERATIONS): check that it is your PostgreSQL, and set the password of app_firm there again while scram_iterations is in this range.`,
		);
		expect(toldOf({})).toBe(
			`Another program listens at ${host} instead of the embedded PostgreSQL (ERR_UNPROVEN): stop that program, then start this one again.`,
		);
	});
});

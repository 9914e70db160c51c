import { once } from 'node:events';
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openServingDatabase } from '../../src/cli/start/open-serving-database.ts';
import { readConfig } from '../../src/config/config.ts';
import { listen } from '../support/listen.ts';
import {
	type Env,
	endAll,
	firmseal,
	isAlive,
	launch,
	newDirectory,
	PROJECT,
	postmasterOf,
	type RunningApi,
	START,
	startApi,
	tokensFileOf,
	tokensOf,
	until,
} from './program.ts';
import { NODE_PATH } from './readme-blocks.ts';
import { programAt, watchedPath } from './watched-path.ts';

const COUNTS = '{ notes { totalCount } threads { totalCount } auditEntries { totalCount } }';

/** Proxies that curl must not use for this machine; nothing answers there. */
const PROXIES = { http_proxy: 'http://127.0.0.1:2', all_proxy: 'http://127.0.0.1:2' };

/** Expects that the commands of an ended start's token file send nothing to a program that now listens on its port. */
async function expectNothingSent(sourced: string): Promise<void> {
	let heard = 0;
	const stranger = createServer((socket) => {
		heard += 1;
		socket.destroy();
	});
	const url = `URL=http://127.0.0.1:${await listen(stranger)}`;
	for (const line of ['ask "$OWNER" "{ viewer { email } }"', 'get "$OWNER" /documents', 'stored']) {
		const script = [sourced, url, line].join('\n');
		const { code, stdout, stderr } = await launch({ PATH: NODE_PATH }, 'bash', ['--norc', '-c', script]).ended;
		expect([code, stdout]).toEqual([1, '']);
		expect(stderr).toMatch(
			/^The npm start that wrote these tokens has ended: run it again, then source \S+ again\.\n$/,
		);
	}
	stranger.close();
	expect(heard).toBe(0);
}

describe('npm start', () => {
	let env: Env;
	let api: RunningApi;
	let directory: string;

	beforeAll(async () => {
		directory = newDirectory();
		env = { FIRMSEAL_DATA_DIR: directory, FIRMSEAL_PORT: '0' };
		api = await startApi(env);
	});
	afterAll(endAll);

	const refused = (more: Env = {}) => launch({ ...env, ...more }, process.execPath, [START]).ended;

	it('prints one screen and logs no warning or error', () => {
		const { stdout, stderr } = api.output;
		expect(stderr).toBe(`Starting: database, schema, demo${'.'.repeat(20)}, servers\n`);
		const lines = `${stderr}${stdout}`.trimEnd().split('\n');
		expect(lines.length).toBeLessThanOrEqual(24);
		// Paths may be longer.
		for (const line of lines) expect(line.replace(directory, '.firmseal').length).toBeLessThanOrEqual(80);
		expect(stdout).toMatch(/^GraphiQL: http:\/\/127\.0\.0\.1:\d+\/graphiql#[0-9a-f]{32}$/m);
		for (const part of [`Log: ${directory}/log\n`, 'Ctrl-C stops everything', 'APPROVER'])
			expect(stdout).toContain(part);
		expect(stdout).not.toMatch(/eyJ|postgres:/);
		const log = readFileSync(join(directory, 'log'), 'utf8')
			.trimEnd()
			.split('\n')
			.map((line) => JSON.parse(line));
		expect(log.map(({ msg }) => msg)).toEqual(
			expect.arrayContaining(['listening', 'broker started', 'worker started']),
		);
		expect(log.filter(({ level }) => level >= 40)).toEqual([]);
		for (const file of [tokensFileOf(api), join(directory, 'log')]) expect(statSync(file).mode & 0o777).toBe(0o600);
	});

	it('writes valid tokens for every person of the demo', async () => {
		const tokens = tokensOf(api);
		expect(Object.keys(tokens)).toEqual([
			...['owner', 'member', 'client'].map((who) => `${who}@northgate.example`),
			...['owner', 'member', 'client'].map((who) => `${who}@harbour.example`),
			...['operator', 'approver', 'reviewer', 'auditor'].map((who) => `${who}@platform.example`),
		]);
		for (const [email, token] of Object.entries(tokens)) {
			const { data } = await api.ask(token, '{ viewer { email } }');
			expect(data.viewer.email).toBe(email);
		}
	});

	it('gives the page at the printed address a token for each person, and keeps the page’s secret out of its log', async () => {
		const { origin, pathname, hash } = new URL(/^GraphiQL: (\S+)$/m.exec(api.output.stdout)?.[1] ?? '');
		const secret = hash.slice(1);
		const tokenOf = (email: string, start: string, path = '/graphiql/token') =>
			fetch(origin + path, {
				method: 'POST',
				headers: {
					origin,
					'sec-fetch-site': 'same-origin',
					'content-type': 'application/json',
					'x-firmseal-start': start,
				},
				body: JSON.stringify({ email }),
			});
		const html = await (await fetch(origin + pathname)).text();
		const people = [...html.matchAll(/<option>([^<]+)/g)].map(([, email = '']) => email);
		expect(people).toEqual(Object.keys(tokensOf(api)));
		for (const email of people) {
			const { token } = (await (await tokenOf(email, secret)).json()) as { token: string };
			expect((await api.ask(token, '{ viewer { email } }')).data.viewer.email).toBe(email);
		}
		for (const refused of [
			await tokenOf('owner@northgate.example', `${secret}0`),
			await tokenOf('owner@northgate.example', '', `/graphiql/token?start=${secret}`),
			await tokenOf('nobody@northgate.example', secret),
			await tokenOf('owner@northgate.example', secret, `/graphiql/${secret}`),
		])
			expect([refused.status, (await refused.text()).includes(secret)]).toEqual([404, false]);
		const log = readFileSync(join(directory, 'log'), 'utf8');
		expect(log).toContain('"route":"/graphiql/token"');
		expect(log).not.toContain(secret);
	});

	it('prints example commands that show what it says when they run unchanged', async () => {
		const [, ...lines] = (/^Try, .*:\n((?: {2}.*\n)+)/m.exec(api.output.stdout)?.[1] ?? '').trimEnd().split('\n');
		expect(lines).toHaveLength(6);
		const answers: string[] = [];
		const { path, calls } = watchedPath('curl', 'sed', 'tr');
		// --norc, because bash reads ~/.bashrc if its standard input is a socket.
		const bash = (script: string) =>
			launch({ PATH: path, ...PROXIES }, programAt('bash'), ['--norc', '-c', script]).ended;
		for (const line of lines) {
			const { code, stdout, stderr } = await bash(`. ${tokensFileOf(api)}\n${line}`);
			expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
			answers.push(stdout);
		}
		const [read, withheld, stored, record, portal, file] = answers as [string, string, string, string, string, string];
		const [note] = JSON.parse(read).data.notes.nodes;
		expect(note.title.length * note.body.length).toBeGreaterThan(0);
		expect(JSON.parse(withheld)).toEqual({
			data: { notes: { nodes: [{ title: null }] } },
			extensions: { sealed: [{ coordinate: 'Note.title', reason: 'NO_LEASE', count: 1 }] },
		});
		const title = /title: '([0-9a-f]+)'/.exec(stored)?.[1] ?? '';
		expect(title).toMatch(/^f501/);
		expect(Buffer.from(title, 'hex').includes(note.title)).toBe(false);
		const entries = JSON.parse(record).data.auditEntries.nodes;
		expect(entries).toEqual(
			expect.arrayContaining([
				{ action: 'content.open', decision: 'ALLOWED', reason: null },
				{ action: 'content.deny', decision: 'DENIED', reason: 'NO_LEASE' },
			]),
		);
		const { errors, extensions, data } = JSON.parse(portal);
		expect({ errors, extensions }).toEqual({});
		const descriptions = data.documents.nodes.map(({ description }: { description: string }) => description);
		expect(descriptions).toEqual(expect.arrayContaining([expect.stringContaining('Lease')]));
		expect(file).toMatch(/^Dear Ms Abbott,\n[\s\S]+\nNorthgate Legal\n$/);
		// An address where nothing answers.
		const away = `. ${tokensFileOf(api)}\nURL=http://127.0.0.1:2\n${lines[1]}`;
		const { code, stdout, stderr } = await bash(away);
		expect([code, stdout, stderr]).toEqual([7, '', expect.stringMatching(/^curl: \(7\) .*127\.0\.0\.1/)]);
		// Every user of the machine can read the arguments of a program.
		expect(calls().match(/^curl /gm)).toHaveLength(6);
		expect(readFileSync(tokensFileOf(api), 'utf8')).toMatch(
			/ DATABASE_URL='postgres:[^']+' '\S+' -e '(?![^\n]*postgres:)/,
		);
		expect(calls()).not.toMatch(/eyJ|postgres:|auditEntries/);
	});

	it('defines commands that report a missing token instead of sending a request without one', async () => {
		const script = `. ${tokensFileOf(api)}\nask "$OWNR" '{ viewer { id } }'\nget "$OWNR" /documents\nas lease list`;
		const { code, stdout, stderr } = await launch({ PATH: NODE_PATH }, 'bash', ['--norc', '-c', script]).ended;
		const sentence = `There is no token: source ${tokensFileOf(api)} again, and name one of its people, as "$OWNER".\n`;
		expect([code, stdout, stderr]).toEqual([1, '', sentence.repeat(3)]);
	});

	it('sends a query as it is, with its comments, and the line breaks, tabs and quotes in its texts', async () => {
		const title = 'a "quoted" \\\\ text\n\tin two\tlines';
		const query = `mutation { # a comment\n\tcreateNote(input: { body: """${title}""" }) { note { id body } } }`;
		const file = join(newDirectory(), 'query');
		writeFileSync(file, query);
		const script = `. ${tokensFileOf(api)}\nask "$OWNER" "$(cat '${file}')"`;
		const { stdout } = await launch({ PATH: NODE_PATH }, 'sh', ['-c', script]).ended;
		// In a block string a backslash is itself, and the indentation that all lines but the first share is left out.
		const { note } = JSON.parse(stdout).data.createNote;
		expect(note.body).toBe('a "quoted" \\\\ text\nin two\tlines');
		const owner = tokensOf(api)['owner@northgate.example'] ?? '';
		expect(
			(await api.ask(owner, `mutation { deleteNote(input: { id: "${note.id}", expectedRevision: 1 }) { id } }`)).errors,
		).toEqual([]);
	});

	it('prevents a path from sending its tokens to another host', async () => {
		let heard = 0;
		const stranger = createServer((socket) => {
			heard += 1;
			socket.destroy();
		});
		const port = await listen(stranger);
		for (const path of ['@', '@HOST', ':x@HOST/', '.HOST', '\\@HOST', '']) {
			const script = `. ${tokensFileOf(api)}\nget "$OWNER" '${path.replace('HOST', `127.0.0.1:${port}`)}'`;
			const ended = await launch({ PATH: NODE_PATH }, 'bash', ['--norc', '-c', script]).ended;
			const { code, stdout, stderr } = ended;
			expect([code, stdout, stderr]).toEqual([1, '', 'A path begins with a slash: nothing was asked.\n']);
		}
		// These are sent to the API, which has no such paths.
		for (const path of ['//HOST/', '/\\@HOST/', '/@HOST/']) {
			const script = `. ${tokensFileOf(api)}\nget "$OWNER" '${path.replace('HOST', `127.0.0.1:${port}`)}'`;
			const { code, stdout } = await launch({ PATH: NODE_PATH }, 'bash', ['--norc', '-c', script]).ended;
			expect([code, JSON.parse(stdout).code]).toEqual([0, 'NOT_FOUND']);
		}
		stranger.close();
		expect(heard).toBe(0);
	});

	it.runIf(process.platform === 'linux')(
		'sends its tokens nowhere once another program has its process id',
		async () => {
			const sourced = readFileSync(tokensFileOf(api), 'utf8');
			const pid = /kill -0 (\d+)/.exec(sourced)?.[1] ?? '';
			expect(pid).toMatch(/^\d+$/);
			await expectNothingSent(
				sourced.replaceAll(new RegExp(`(?<=kill -0 |/proc/)${pid}\\b`, 'g'), String(process.pid)),
			);
		},
	);

	it('refuses a second start on the same data directory, and the first start continues', async () => {
		const second = await refused({ FIRMSEAL_PORT: '0' });
		expect(second).toMatchObject({ code: 1, stdout: '' });
		expect(second.stderr).toBe(
			'Starting: database\nfirmseal: Firmseal already runs on this data directory: stop it first, or set FIRMSEAL_DATA_DIR.\n',
		);
		expect((await api.ask(tokensOf(api)['owner@northgate.example'] ?? '', COUNTS)).data.notes.totalCount).toBe(25);
	});

	it('refuses a second start on the same database from another data directory, and names the setting', async () => {
		const [, url = ''] = /DATABASE_URL='(postgres:[^']+)'/.exec(readFileSync(tokensFileOf(api), 'utf8')) ?? [];
		const config = readConfig({ FIRMSEAL_DATA_DIR: newDirectory(), DATABASE_URL: url });
		await expect(openServingDatabase(config, { alone: true })).rejects.toThrow(
			`Firmseal already runs on the database firmseal at ${new URL(url).host}: stop it first, or set DATABASE_URL to another database.`,
		);
	});

	it('ends with a sentence if its database login may not hold the start lock', async () => {
		const [, url = ''] = /DATABASE_URL='(postgres:[^']+)'/.exec(readFileSync(tokensFileOf(api), 'utf8')) ?? [];
		const limited = url.replace(/(?<=\/\/)[^:]+/, 'firmseal_firm_login');
		const { code, stderr } = await refused({
			FIRMSEAL_DATA_DIR: newDirectory(),
			FIRMSEAL_PORT: '0',
			DATABASE_URL: limited,
		});
		expect([code, stderr]).toEqual([1, expect.stringMatching(/^Starting: database\nfirmseal: .*42501/)]);
	});

	it('restarts its PostgreSQL if that is killed, says so, and answers 503 meanwhile', async () => {
		const owner = tokensOf(api)['owner@northgate.example'] ?? '';
		const [{ id: firm }] = [(await api.ask(owner, '{ viewer { firm { id } } }')).data.viewer.firm];
		const published = async () => {
			const { data } = await api.ask(owner, `{ auditCheckpoint(firmId: "${firm}") { size } }`);
			return data?.auditCheckpoint?.size ?? 0;
		};
		await until(async () => (await published()) > 0);
		const before = await published();
		process.kill(postmasterOf(directory) ?? 0, 'SIGKILL');
		const answers: Awaited<ReturnType<typeof api.ask>>[] = [];
		await until(async () => {
			answers.push(await api.ask(owner, COUNTS));
			return answers.some(({ status }) => status === 503) && answers.at(-1)?.status === 200;
		});
		for (const { status, headers, errors } of answers.filter((answer) => answer.status !== 200)) {
			expect([status, errors[0]?.extensions.code]).toEqual([503, 'AUDIT_UNAVAILABLE']);
			expect(headers.get('retry-after')).toMatch(/^\d+$/);
		}
		// The worker, which publishes the log, continues too.
		await until(async () => (await published()) > before);
		expect(api.output.stderr.split('\n').slice(1)).toEqual([
			'The embedded PostgreSQL ended unexpectedly and is being restarted.',
			'The embedded PostgreSQL is running again.',
			'',
		]);
		// The start lock still holds.
		expect(await refused({ FIRMSEAL_PORT: '0' })).toMatchObject({
			code: 1,
			stderr: expect.stringContaining('runs on this'),
		});
	});

	it('continues with the same data at its next start, and loads the demo once', async () => {
		const owner = tokensOf(api)['owner@northgate.example'] ?? '';
		const made = await api.ask(owner, 'mutation { createNote(input: { title: "kept" }) { note { id } } }');
		const before = (await api.ask(owner, COUNTS)).data;
		expect(before.notes.totalCount).toBe(26);
		// Another firm gets an account with the address of a person of the demo.
		const twin = ['--slug', 'twin', '--name', 'Twin', '--owner', 'operator@platform.example'];
		expect(await firmseal(env, 'firm', 'create', ...twin)).toMatchObject({ code: 0 });
		const postmaster = postmasterOf(directory) ?? 0;
		const sourced = readFileSync(tokensFileOf(api), 'utf8');
		api.kill('SIGTERM');
		expect(await api.ended).toMatchObject({ code: 0 });
		expect(isAlive(postmaster)).toBe(false);
		expect(existsSync(tokensFileOf(api))).toBe(false);
		await expectNothingSent(sourced);
		// A start that is killed leaves its file of tokens.
		writeFileSync(tokensFileOf(api), sourced, { mode: 0o600 });
		await expectNothingSent(sourced);

		api = await startApi(env);
		await expectNothingSent(sourced);
		const after = (await api.ask(tokensOf(api)['owner@northgate.example'] ?? '', COUNTS)).data;
		expect(after.notes.totalCount).toBe(26);
		expect(after.threads.totalCount).toBe(before.threads.totalCount);
		expect(after.auditEntries.totalCount).toBeGreaterThanOrEqual(before.auditEntries.totalCount);
		const { data } = await api.ask(owner, `{ note(id: "${made.data.createNote.note.id}") { title } }`);
		expect(data.note.title).toBe('kept');
		const operator = tokensOf(api)['operator@platform.example'] ?? '';
		expect((await api.ask(operator, '{ viewer { operatorRoles } }')).data.viewer.operatorRoles).toEqual(['OPERATOR']);
	});

	it('reports a port that is in use, like serve, before it creates anything', async () => {
		const other = createServer().listen(0, '127.0.0.1');
		await once(other, 'listening');
		const { port } = other.address() as { port: number };
		const data = newDirectory();
		const taken = { FIRMSEAL_DATA_DIR: data, FIRMSEAL_PORT: String(port) };
		for (const outcome of await Promise.all([refused(taken), firmseal(taken, 'serve')]))
			expect(outcome).toMatchObject({
				code: 1,
				stdout: '',
				stderr: `firmseal: Port ${port} on 127.0.0.1 is in use: stop the other program or set FIRMSEAL_PORT.\n`,
			});
		other.close();
		expect(readdirSync(data)).toEqual([]);
	});

	it('names the nearest setting for an unknown one, before it creates anything', async () => {
		const { code, stdout, stderr } = await refused({ FIRMSEAL_PROT: '4000' });
		expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
		expect(stderr).toBe('firmseal: FIRMSEAL_PROT is not a setting of this version: did you mean FIRMSEAL_PORT?\n');
	});

	it('refuses options, which belong to commands', async () => {
		const { code, stdout, stderr } = await launch({}, process.execPath, [START, '--prot', '4001']).ended;
		const sentence = 'firmseal: npm start takes no options: set FIRMSEAL_PORT and other settings in the environment.\n';
		expect([code, stdout, stderr]).toEqual([2, '', sentence]);
	});

	it('asks for npm ci if Node is too old or packages are missing', async () => {
		const bare = newDirectory();
		for (const name of ['package.json', 'src']) cpSync(join(PROJECT, name), join(bare, name), { recursive: true });
		const old = 'data:text/javascript,Object.defineProperty(process.versions, "node", { value: "20.19.2" })';
		for (const args of [['--import', old, START], [join(bare, 'src/cli/npm-start.js')]]) {
			const { code, stdout, stderr } = await launch({}, process.execPath, args).ended;
			expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
			expect(stderr).toBe(
				'firmseal: Node 24 or a package is missing: run npm ci, which brings both, then npm start.\n',
			);
		}
	});
});

import { once } from 'node:events';
import { cpSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
	tokensOf,
} from './program.ts';

const COUNTS = '{ notes { totalCount } threads { totalCount } auditEntries { totalCount } }';

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

	it('prints tokens that the API takes', async () => {
		const tokens = tokensOf(api);
		expect(Object.keys(tokens)).toEqual([
			'member@northgate.example',
			'owner@northgate.example',
			'client@northgate.example',
			'member@harbour.example',
			'operator@platform.example',
			'auditor@platform.example',
		]);
		for (const [email, token] of Object.entries(tokens)) {
			const { data } = await api.ask(token, '{ viewer { email } }');
			expect(data.viewer.email).toBe(email);
		}
	});

	it('prints six lines that show what they claim when they are run as they stand', async () => {
		const lines = api.output.stdout.split('\n').filter((line) => /^(curl|node) /.test(line));
		expect(lines).toHaveLength(6);
		const answers: string[] = [];
		const path = `${dirname(process.execPath)}:${process.env.PATH}`;
		for (const line of lines) {
			const { code, stdout, stderr } = await launch({ PATH: path }, 'bash', ['-c', line]).ended;
			expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
			answers.push(stdout);
		}
		const [read, withheld, stored, record, portal, file] = answers as [string, string, string, string, string, string];
		const [note] = JSON.parse(read).data.notes.nodes;
		expect(note.title.length * note.body.length).toBeGreaterThan(0);
		expect(JSON.parse(withheld)).toEqual({
			data: { notes: { nodes: [{ id: note.id, createdAt: expect.any(String), title: null, body: null }] } },
			extensions: {
				sealed: [
					{ coordinate: 'Note.title', reason: 'NO_LEASE', count: 1 },
					{ coordinate: 'Note.body', reason: 'NO_LEASE', count: 1 },
				],
			},
		});
		expect(stored).toContain(note.id);
		const title = /title: '([0-9a-f]+)'/.exec(stored)?.[1] ?? '';
		expect(title).toMatch(/^f501/);
		expect(Buffer.from(title, 'hex').includes(note.title)).toBe(false);
		const entries = JSON.parse(record).data.auditEntries.nodes;
		expect(entries).toEqual(
			expect.arrayContaining([
				expect.objectContaining({
					action: 'content.open',
					actorRoles: ['MEMBER'],
					coordinates: ['Note.title', 'Note.body'],
					recordIds: [note.id],
				}),
				expect.objectContaining({ action: 'content.deny', actorRoles: ['OPERATOR'], reason: 'NO_LEASE' }),
			]),
		);
		const { errors, extensions, data } = JSON.parse(portal);
		expect({ errors, extensions }).toEqual({});
		const descriptions = data.documents.nodes.map(({ description }: { description: string }) => description);
		expect(descriptions).toEqual(expect.arrayContaining([expect.stringContaining('Lease')]));
		expect(file).toMatch(/^Dear Ms Abbott,\n[\s\S]+\nNorthgate Legal\n$/);
		expect(data.invoices.nodes[0]).toMatchObject({ status: 'ISSUED', memo: expect.any(String) });
		const [message] = data.threads.nodes[0].messages.nodes;
		expect(message.author.role).toMatch(/^(MEMBER|CLIENT)$/);
		expect(message.subject.length * message.body.length).toBeGreaterThan(0);
	});

	it('is refused a second time on the same data, and the first goes on', async () => {
		const second = await refused({ FIRMSEAL_PORT: '0' });
		expect(second).toMatchObject({ code: 1, stdout: '' });
		expect(second.stderr).toBe(
			'firmseal: Firmseal runs on this data directory already: stop it first, or set FIRMSEAL_DATA_DIR.\n',
		);
		expect((await api.ask(tokensOf(api)['owner@northgate.example'] ?? '', COUNTS)).data.notes.totalCount).toBe(25);
	});

	it('goes on with the same data when it is started again, and loads the demo once', async () => {
		const owner = tokensOf(api)['owner@northgate.example'] ?? '';
		const made = await api.ask(owner, 'mutation { createNote(input: { title: "kept" }) { note { id } } }');
		const before = (await api.ask(owner, COUNTS)).data;
		expect(before.notes.totalCount).toBe(26);
		const postmaster = postmasterOf(directory) ?? 0;
		api.kill('SIGTERM');
		expect(await api.ended).toMatchObject({ code: 0 });
		expect(isAlive(postmaster)).toBe(false);

		api = await startApi(env);
		const after = (await api.ask(tokensOf(api)['owner@northgate.example'] ?? '', COUNTS)).data;
		expect(after.notes.totalCount).toBe(26);
		expect(after.threads.totalCount).toBe(before.threads.totalCount);
		expect(after.auditEntries.totalCount).toBeGreaterThanOrEqual(before.auditEntries.totalCount);
		const { data } = await api.ask(owner, `{ note(id: "${made.data.createNote.note.id}") { title } }`);
		expect(data.note.title).toBe('kept');
	});

	it('like serve says which port is taken, before anything is made', async () => {
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

	it('names the nearest setting to an unknown one, before it makes anything', async () => {
		const { code, stdout, stderr } = await refused({ FIRMSEAL_PROT: '4000' });
		expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
		expect(stderr).toBe('firmseal: FIRMSEAL_PROT is not a setting of this version: did you mean FIRMSEAL_PORT?\n');
	});

	it('asks for npm ci where there is an old Node, or no package', async () => {
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

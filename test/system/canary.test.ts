import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SUPERUSER, startEmbeddedServer } from '../../src/database/index.ts';
import { contentOf, filesAt, makeDocument } from '../support/files.ts';
import { makeInstallation, type Person, type TestFirm, type TestInstallation } from '../support/installation.ts';
import { endAll, MAIN, newDirectory, type RunningApi, startApi } from './program.ts';
import { encodingsOf, filesBelow, findIn, findInFiles } from './search-files.ts';

const CREATE = 'mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id } } }';
const UPDATE = 'mutation ($input: UpdateNoteInput!) { updateNote(input: $input) { note { id } } }';
const DELETE = 'mutation ($input: DeleteNoteInput!) { deleteNote(input: $input) { id } }';

const random = () => randomBytes(12).toString('hex');
/** Every content that this test writes has this marker, and nothing else has it. */
const CONTENT = `Kanarienvogel ${random()}`;
/** A marker in metadata: the firm's short name. */
const METADATA = `canary-${random()}`;

describe('a marker written as content', () => {
	let installation: TestInstallation;
	let stop: () => Promise<void>;
	let api: RunningApi;
	let firm: TestFirm;
	let operator: Person;
	let directory: string;
	/** Every error, every refusal and the metrics. None of them may repeat the content. */
	const outputs: string[] = [];
	let activity: string[] = [];

	beforeAll(async () => {
		directory = newDirectory();
		const embedded = await startEmbeddedServer({ directory: join(directory, 'own') });
		stop = embedded.stop;
		const url = Object.assign(new URL(embedded.urlOf(SUPERUSER)), { pathname: '/postgres' }).href;
		installation = await makeInstallation({ name: 'own', url, files: join(directory, 'own/cluster') });
		firm = await installation.addFirm(METADATA);
		operator = await installation.addOperator('OPERATOR');
		// An administrator who logs every statement with its parameters: the strongest reader of the server's log.
		const [database] = await installation.admin`select current_database() as name`;
		await installation.admin.unsafe(`
			alter database ${database?.name} set log_statement = 'all';
			alter database ${database?.name} set log_parameter_max_length = -1;
			alter database ${database?.name} set log_parameter_max_length_on_error = -1;
			alter database ${database?.name} set log_min_error_statement = 'error';
			alter database ${database?.name} set log_error_verbosity = 'verbose';
		`);
		api = await startApi(installation.env, [MAIN, 'serve']);
		await write();
		await writeFiles();
		await provokeErrors();
		await provokeErrorsOfFiles();
		const rows = await installation.admin`select query from pg_stat_activity`;
		activity = rows.map(({ query }) => String(query));
		outputs.push(await (await fetch(`${api.url}/metrics`)).text());
		await installation.admin`checkpoint`;
	});
	afterAll(async () => {
		await installation?.close().catch(() => {});
		await stop?.().catch(() => {});
		await endAll();
	});

	async function write() {
		const bodies = [CONTENT, `${CONTENT} ${'x'.repeat(300)}`, CONTENT.repeat(2000)];
		for (const body of bodies) {
			const { data } = await api.ask(firm.member, CREATE, { input: { title: `${CONTENT} title`, body } });
			const { id } = data.createNote.note;
			await api.ask(firm.owner, UPDATE, { input: { id, expectedRevision: 1, title: `${CONTENT} again` } });
			const read = await api.ask(firm.member, `{ note(id: "${id}") { title body } }`);
			expect(read.data.note).toEqual({ title: `${CONTENT} again`, body });
		}
		const { data } = await api.ask(firm.member, CREATE, { input: { title: CONTENT } });
		await api.ask(firm.member, DELETE, { input: { id: data.createNote.note.id, expectedRevision: 1 } });
	}

	/** Writes files of one chunk and of several chunks. The marker repeats, so that it occurs at every offset within a chunk and across two chunks. */
	async function writeFiles() {
		const files = filesAt(api.url);
		for (const body of [CONTENT, `${CONTENT} `.repeat(5_000)]) {
			const input = { name: `${METADATA}.txt`, mimeType: 'text/plain', description: `${CONTENT} description` };
			const id = await makeDocument(api.ask, firm.member, input);
			for (let number = 1; number <= 2; number++)
				expect((await files.put(firm.member, id, body, { 'content-type': 'text/plain' })).status).toBe(201);
			const query = `mutation { createDownload(input: { documentId: "${id}" }) { path } }`;
			const { data } = await api.ask(firm.member, query);
			const read = [
				await files.get(firm.owner, contentOf(id)),
				await files.get(firm.member, contentOf(id, 1)),
				await files.get(null, data.createDownload.path),
			];
			for (const { bytes } of read) expect(bytes.toString()).toBe(body);
			const range = { range: `bytes=0-${CONTENT.length - 1}` };
			expect((await files.get(firm.member, contentOf(id), range)).bytes.toString()).toBe(CONTENT);
			expect((await api.ask(firm.member, `{ document(id: "${id}") { description } }`)).data.document).toEqual({
				description: `${CONTENT} description`,
			});
		}
	}

	async function provokeErrorsOfFiles() {
		const files = filesAt(api.url);
		const id = await makeDocument(api.ask, firm.member);
		const inPath = encodeURIComponent(CONTENT);
		const refused = [
			await files.put(null, id, CONTENT),
			await files.put(CONTENT, id, CONTENT),
			await files.put(operator, id, CONTENT),
			await files.put(firm.client, id, CONTENT),
			await files.put(firm.member, inPath, CONTENT),
			await files.put(firm.member, uuidv7(), CONTENT),
			await files.put(firm.member, id, CONTENT, { 'content-encoding': CONTENT }),
			await files.get(firm.member, contentOf(id), { range: CONTENT, 'if-match': CONTENT }),
			await files.get(null, `/downloads/${inPath}`),
			await files.get(firm.member, `/documents/${id}/versions/${inPath}/content`),
		];
		for (const { status, headers, bytes } of refused) {
			expect(status).toBeGreaterThanOrEqual(400);
			outputs.push(bytes.toString(), ...headers.values());
		}
	}

	async function provokeErrors() {
		const id = uuidv7();
		await api.ask(firm.member, CREATE, { input: { id, title: CONTENT } });
		const refused = [
			[firm.member, CREATE, { input: { id, title: `${CONTENT} other` } }],
			[firm.member, CREATE, { input: { title: CONTENT.repeat(40) } }],
			[firm.member, CREATE, { input: { title: `${CONTENT}\0` } }],
			[firm.member, CREATE, { input: { title: `${CONTENT}\ud800` } }],
			[firm.member, CREATE, { input: { id: CONTENT, title: CONTENT } }],
			[firm.member, CREATE, { input: { title: [CONTENT, CONTENT] } }],
			[firm.member, CREATE, { input: { title: CONTENT, body: { text: CONTENT } } }],
			[firm.member, UPDATE, { input: { id, expectedRevision: 9, body: CONTENT } }],
			[firm.member, UPDATE, { input: { id, expectedRevision: CONTENT, body: CONTENT } }],
			[firm.client, CREATE, { input: { title: CONTENT } }],
			[operator, CREATE, { input: { title: CONTENT } }],
			[null, CREATE, { input: { title: CONTENT } }],
			[CONTENT, CREATE, { input: { title: CONTENT } }],
			[firm.member, `mutation { createNote(input: { title: "${CONTENT}", none: "${CONTENT}" }) { note { id } } }`],
			[firm.member, `mutation { createNote(input: { title: "${CONTENT}" ) }`],
			[firm.member, `mutation { createNote(input: { id: "${CONTENT}", title: 5 }) { note { id } } }`],
			[firm.member, `{ note(id: "${CONTENT}") { id } }`],
		] as const;
		for (const [token, query, variables] of refused) {
			const { text, errors } = await api.ask(token, query, variables);
			expect(errors.length, query).toBeGreaterThan(0);
			outputs.push(text);
		}
		const raw = await fetch(`${api.url}/graphql?query=${encodeURIComponent(CONTENT)}`, {
			headers: { authorization: `Bearer ${firm.member}`, 'x-request-id': CONTENT },
		});
		outputs.push(await raw.text(), ...raw.headers.values());
		const broken = await fetch(`${api.url}/graphql/${encodeURIComponent(CONTENT)}`, {
			method: 'POST',
			body: `{"query": "${CONTENT}`,
			headers: { 'content-type': 'application/json' },
		});
		outputs.push(await broken.text());
	}

	it('is found by this search in each encoding', () => {
		for (const [name, needle] of encodingsOf(CONTENT))
			expect(findIn(Buffer.concat([Buffer.from('before '), needle, Buffer.from(' after')]), CONTENT)).toContain(name);
		for (const shift of ['', 'a', 'ab']) {
			expect(findIn(Buffer.from(Buffer.from(`${shift}${CONTENT}${shift}`).toString('base64')), CONTENT)).toHaveLength(
				2,
			);
		}
	});

	it('is in no file of the database or the data directory, though a marker in metadata is', () => {
		const places = [directory, installation.directory];
		expect(places.flatMap(filesBelow).some((path) => path.includes('/pg_wal/0'))).toBe(true);
		// Four files. Two of them have several chunks.
		const objects = filesBelow(join(installation.directory, 'objects')).map((path) => statSync(path).size);
		expect(objects.filter((size) => size > CONTENT.length)).toHaveLength(4);
		expect(objects.filter((size) => size > 2 * 65_536)).toHaveLength(2);
		expect(findInFiles(places, CONTENT)).toEqual([]);
		const metadata = findInFiles(places, METADATA);
		expect(metadata.filter((place) => place.includes('/base/')).length).toBeGreaterThan(0);
		expect(metadata.filter((place) => place.includes('/pg_wal/')).length).toBeGreaterThan(0);
	}, 180_000);

	it('is not in the log of PostgreSQL, though that log has every statement with its parameters', async () => {
		const log = readFileSync(join(directory, 'own/log'));
		expect(log.toString()).toMatch(/insert into "notes"/i);
		expect(log.toString()).toMatch(/parameters: .*f501/i);
		expect(findIn(log, CONTENT)).toEqual([]);
	});

	it('is in no output line of the API, no metric and no returned error', () => {
		const { stdout, stderr } = api.output;
		expect(stderr).toContain('"msg":"request"');
		for (const text of [stdout, stderr, ...outputs, ...activity])
			expect(findIn(Buffer.from(text), CONTENT), text.slice(0, 300)).toEqual([]);
	});

	it('is in no audit entry', async () => {
		const rows = await installation.admin`select leaf from audit_entries`;
		expect(rows.length).toBeGreaterThan(10);
		for (const { leaf } of rows) expect(findIn(Buffer.from(leaf), CONTENT)).toEqual([]);
	});

	it('is absent like the root key, the signing key and the tokens', () => {
		const rootKey = readFileSync(join(installation.directory, 'root.key'), 'utf8').trim();
		const signingKey = JSON.parse(readFileSync(join(installation.directory, 'issuer/issuer-key.json'), 'utf8')).d;
		// Every token of the issuer begins with this header.
		const header = `${firm.member}`.split('.')[0] ?? '';
		const { stdout, stderr } = api.output;
		const everything = [stdout, stderr, ...outputs, ...activity].join('\n');
		for (const secret of [rootKey, signingKey, header, 'only-for-tests'])
			expect(everything.includes(secret)).toBe(false);
		const raw = Buffer.from(rootKey, 'hex').toString('base64').slice(0, -1);
		expect(everything.includes(raw)).toBe(false);
		for (const secret of [rootKey, header, raw])
			expect(findInFiles([directory], secret).filter((place) => / (UTF-8|UTF-16LE)$/.test(place))).toEqual([]);
	}, 180_000);
});

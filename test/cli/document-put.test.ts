import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeScene, type Person, type Scene } from '../attacks/scene.ts';
import { contentOf, type FileClient, filesAt, makeDocument, shareDocument, someBytes } from '../support/files.ts';
import { until } from '../system/program.ts';
import {
	askDocument,
	enterNewDirectory,
	fileOf,
	type RunOptions,
	runDocument,
	startDocument,
} from './document-program.ts';
import { type FileProxy, startProxy } from './file-proxy.ts';

let scene: Scene;
let files: FileClient;
let proxy: FileProxy;
beforeAll(async () => {
	scene = await makeScene();
	files = filesAt(scene.api.url);
	proxy = await startProxy(scene.api.url);
});
enterNewDirectory();
beforeEach(() => {
	proxy.heads.length = 0;
	proxy.fates.length = 0;
});
afterAll(async () => {
	await proxy?.close();
	await scene?.installation.close();
});

const as = (token = scene.north.member, more: Partial<RunOptions> = {}, url = proxy.url): RunOptions => ({
	env: { FIRMSEAL_URL: url, FIRMSEAL_TOKEN: `${token}` },
	...more,
});
const seen = async (id: string) => {
	const fields = 'name mimeType byteSize status client { id } versions { id number byteSize changeSummary }';
	return (await scene.api.ask(scene.north.owner, `{ document(id: "${id}") { ${fields} } }`)).data.document;
};
const bytesOf = async (id: string) => (await files.get(scene.north.owner, contentOf(id))).bytes;
/** Waits until an upload to the document has begun. */
const begun = (id: string) =>
	until(async () => (await scene.admin`select 1 from stored_objects where document_id = ${id}`).length > 0);
const countDocuments = async () => {
	const [row] = await scene.admin`select count(*)::int as n from documents`;
	return row?.n as number;
};

describe('firmseal document put', () => {
	it('creates a document from a file, with the file’s name and the media type of that name', async () => {
		const bytes = someBytes(700_000);
		const file = fileOf('Deed of gift.PDF', bytes);
		const { code, ok, command, result, stderr } = await askDocument(as(), 'put', file);
		expect([code, ok, command]).toEqual([0, true, 'document put']);
		expect(result).toEqual({
			documentId: expect.any(String),
			versionId: expect.any(String),
			number: 1,
			byteSize: bytes.length,
		});
		expect(await seen(result.documentId)).toMatchObject({
			name: 'Deed of gift.PDF',
			mimeType: 'application/pdf',
			byteSize: bytes.length,
			status: 'AVAILABLE',
			client: null,
		});
		expect((await bytesOf(result.documentId)).equals(bytes)).toBe(true);
		const lines = stderr.trimEnd().split('\n');
		expect(lines[0]).toBe(`Created the document ${result.documentId}; uploading its file.`);
		expect(lines.at(-1)).toBe('Deed of gift.PDF: 683.6 KiB of 683.6 KiB');
	});

	it('accepts a given name, type and client, and an empty file', async () => {
		const file = fileOf('empty', '');
		const args = ['--name', 'Röntgen – links.png', '--type', 'image/png', '--client', scene.north.clientId];
		const { result } = await askDocument(as(), 'put', file, ...args);
		expect(await seen(result.documentId)).toMatchObject({
			name: 'Röntgen – links.png',
			mimeType: 'image/png',
			byteSize: 0,
			client: { id: scene.north.clientId },
		});
		expect(await bytesOf(result.documentId)).toHaveLength(0);
	});

	it('creates the next version of a document, with a summary of the change', async () => {
		const { result } = await askDocument(as(), 'put', fileOf('will.txt', 'to my niece'));
		const id = result.documentId;
		const { code, stdout } = await runDocument(as(), 'put', fileOf('w2.txt', 'to my nephew'), '--document', id);
		expect([code, stdout]).toEqual([0, `Stored 12 bytes as version 2 of the document ${id}.\n`]);
		const summary = 'The house goes to the cat.';
		await runDocument(as(), 'put', fileOf('w3.txt', 'to my cat'), '--document', id, '--summary', summary);
		const { name, versions } = await seen(id);
		expect(name).toBe('will.txt');
		expect(versions.map(({ byteSize, changeSummary }: Record<string, unknown>) => [byteSize, changeSummary])).toEqual([
			[11, null],
			[12, null],
			[9, summary],
		]);
		expect((await bytesOf(id)).toString()).toBe('to my cat');
	});

	it('lets a portal client send the next version of a shared document, but not create a document', async () => {
		const id = await makeDocument(scene.api.ask, scene.north.member);
		const file = fileOf('signed.pdf', 'signed');
		const client = as(scene.north.client);
		expect((await askDocument(client, 'put', file, '--document', id)).error.code).toBe('NOT_FOUND');
		await shareDocument(scene.api.ask, scene.north.owner, scene.north.clientId, id);
		expect((await askDocument(client, 'put', file, '--document', id)).ok).toBe(true);
		const before = await countDocuments();
		const refused = await askDocument(client, 'put', file);
		expect([refused.code, refused.error.code]).toEqual([1, 'FORBIDDEN']);
		expect(await countDocuments()).toBe(before);
	});

	it('sends any amount of data from standard input or a named pipe', async () => {
		const input = someBytes(3_000_001);
		const { result } = await askDocument(as(undefined, { input }), 'put', '-', '--name', 'scan.tiff');
		expect(result.byteSize).toBe(input.length);
		expect((await bytesOf(result.documentId)).equals(input)).toBe(true);
		expect(await seen(result.documentId)).toMatchObject({ name: 'scan.tiff', mimeType: 'image/tiff' });

		fileOf('scan', input);
		execFileSync('mkfifo', ['pipe.csv']);
		const running = startDocument(as(), 'put', 'pipe.csv');
		// Another process writes to the pipe: this process runs the server and must not block.
		const writer = spawn('sh', ['-c', 'exec cat scan > pipe.csv']);
		expect((await running.ended).code).toBe(0);
		writer.kill();
		const [row] = await scene.admin`select byte_size from documents where name = 'pipe.csv'`;
		expect(Number(row?.byte_size)).toBe(input.length);
	});

	it('says with --dry-run what it would do, and does nothing', async () => {
		const id = await makeDocument(scene.api.ask, scene.north.member, { name: 'deed.pdf' });
		const before = await countDocuments();
		const file = fileOf('deed.docx', 'x'.repeat(2048));
		const made = await askDocument(as(), 'put', file, '--dry-run');
		expect(made.result).toEqual({
			dryRun: true,
			name: 'deed.docx',
			mimeType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
			byteSize: 2048,
		});
		const { code, stdout } = await runDocument(as(), 'put', file, '--document', id, '--summary', 'x', '--dry-run');
		expect([code, stdout]).toEqual([0, `Would upload 2.0 KiB as the next version of the document ${id}.\n`]);
		const absent = await askDocument(as(), 'put', file, '--document', uuidv7(), '--dry-run');
		expect([absent.code, absent.error.code]).toEqual([1, 'NOT_FOUND']);
		expect(await countDocuments()).toBe(before);
		expect((await seen(id)).versions).toEqual([]);
		expect(proxy.heads).toEqual([]);
	});

	it.each([
		{ args: [], expected: "missing required argument 'file'" },
		{ args: ['a', '--summary', 'x'], expected: 'goes with --document' },
		{ args: ['-'], expected: 'standard input has no name' },
		{ args: ['a', '--document', uuidv7(), '--name', 'x'], expected: 'leave them out with --document' },
		{ args: ['a', '--document', '../graphql'], expected: 'UUIDv7' },
		{ args: ['a', '--type', 'Text/Plain; x'], expected: 'media type' },
		{ args: ['a', 'b'], expected: 'too many arguments' },
	])('exits with 2 for the arguments $args', async ({ args, expected }) => {
		const { code, error } = await askDocument(as(), 'put', ...args);
		expect([code, error.code]).toEqual([2, 'BAD_USER_INPUT']);
		expect(error.message).toContain(expected);
	});
});

describe('a file that cannot be sent', () => {
	it('is reported in one sentence, and no document is created', async () => {
		mkdirSync('folder');
		fileOf('secret.txt', 'x');
		chmodSync('secret.txt', 0);
		const before = await countDocuments();
		const expected: Record<string, RegExp> = {
			'no such.txt': /no such file/,
			folder: /directory/,
			'folder/x/y': /no such file/,
		};
		if (process.getuid?.() !== 0) expected['secret.txt'] = /no permission/;
		for (const [file, sentence] of Object.entries(expected)) {
			const { code, stdout, stderr } = await runDocument(as(), 'put', file);
			expect([file, code, stdout.length]).toEqual([file, 1, 0]);
			expect(stderr).toMatch(/^firmseal: [^\n]+\n$/);
			expect(stderr).toMatch(sentence);
		}
		expect(await countDocuments()).toBe(before);
	});

	it.each([
		['longer', (path: string) => appendFileSync(path, 'more')],
		['shorter', (path: string) => truncateSync(path, 1_000_000)],
		['the same size', (path: string) => writeFileSync(path, someBytes(30_000_000))],
	])('is not stored if it changes while it is read: %s', async (_, change) => {
		const file = fileOf('moving.bin', someBytes(30_000_000));
		const id = await makeDocument(scene.api.ask, scene.north.member);
		proxy.fates.push({
			request: {
				holdAfter: 1_000_000,
				onReached: () => {
					change(file);
					proxy.resume();
				},
			},
		});
		const { code, error } = await askDocument(as(), 'put', file, '--document', id);
		expect([code, error.code]).toEqual([1, 'CONFLICT']);
		expect(error.message).toContain('changed while it was read');
		expect(await seen(id)).toMatchObject({ status: 'PENDING', versions: [] });
	});

	it('is refused as soon as the API refuses it, before the whole file is sent', async () => {
		const huge = fileOf('huge.bin', '');
		truncateSync(huge, 513 * 1024 ** 3);
		const large = fileOf('large.bin', someBytes(50_000_000));
		const id = await makeDocument(scene.api.ask, scene.north.member);
		const at = (token?: Person) => as(token, {}, scene.api.url);
		const outcomes = [
			await askDocument(at(), 'put', huge),
			await askDocument(at(), 'put', large, '--document', uuidv7()),
			await askDocument(at(scene.harbour.member), 'put', large, '--document', id),
			await askDocument(at(scene.operator), 'put', large, '--document', id),
			await askDocument(at('nonsense'), 'put', large, '--document', id),
			await askDocument(at(), 'put', fileOf('small.txt', 'small'), '--document', uuidv7()),
		];
		expect(outcomes.map(({ code, error }) => [code, error.code])).toEqual([
			[1, 'PAYLOAD_TOO_LARGE'],
			[1, 'NOT_FOUND'],
			[1, 'NOT_FOUND'],
			[1, 'FORBIDDEN'],
			[1, 'UNAUTHENTICATED'],
			[1, 'NOT_FOUND'],
		]);
		// A refused upload shows no progress.
		expect(outcomes.slice(1).map(({ stderr }) => stderr)).toEqual(Array(5).fill(''));
		expect(outcomes[0]?.error.message).toMatch(/512 GiB.* Continue with --document [0-9a-f-]{36}\.$/);
	});

	it('is refused while another upload to the document is under way', async () => {
		const id = await makeDocument(scene.api.ask, scene.north.member);
		const held = proxy.hold('request', 1_000_000);
		const first = startDocument(as(), 'put', fileOf('first.bin', someBytes(20_000_000)), '--document', id);
		await begun(id);
		const other = fileOf('second.bin', someBytes(20_000_000));
		const second = await askDocument(as(undefined, {}, scene.api.url), 'put', other, '--document', id);
		expect([second.code, second.error.code]).toEqual([1, 'CONFLICT']);
		await held;
		proxy.resume();
		expect((await first.ended).code).toBe(0);
	});
});

describe('an interrupted upload', () => {
	it('stores nothing, and the error says how to continue', async () => {
		const bytes = someBytes(20_000_000);
		const file = fileOf('cut.bin', bytes);
		proxy.fates.push({ request: { cutAfter: 5_000_000 } });
		const { code, error } = await askDocument(as(), 'put', file);
		expect([code, error.code]).toEqual([1, 'SETUP']);
		const id =
			/^The connection was cut: nothing of the file is stored.* Continue with --document ([0-9a-f-]{36})\.$/.exec(
				error.message,
			)?.[1];
		expect(await seen(id ?? '')).toMatchObject({ name: 'cut.bin', status: 'PENDING', versions: [] });
		await until(async () => (await askDocument(as(), 'put', file, '--document', id ?? '')).ok);
		expect((await bytesOf(id ?? '')).equals(bytes)).toBe(true);
		expect((await seen(id ?? '')).versions).toHaveLength(1);
	});

	it('continues without the summary if that is already stored', async () => {
		const id = await makeDocument(scene.api.ask, scene.north.member);
		const file = fileOf('again.bin', someBytes(2_000_000));
		proxy.fates.push({ request: { cutAfter: 500_000 } });
		const { error } = await askDocument(as(), 'put', file, '--document', id, '--summary', 'Signed.');
		expect(error.message).toMatch(/continue without --summary\.$/);
		await until(async () => (await askDocument(as(), 'put', file, '--document', id)).ok);
		expect((await seen(id)).versions).toMatchObject([{ number: 1, byteSize: 2_000_000, changeSummary: 'Signed.' }]);
	});

	it('that sent the whole file may have stored it, and the error says so', async () => {
		const id = await makeDocument(scene.api.ask, scene.north.member);
		proxy.fates.push({ answer: { cutAfter: 1 } });
		const { code, error } = await askDocument(as(), 'put', fileOf('sent.txt', 'all'), '--document', id);
		expect(code).toBe(1);
		expect(error.message).toMatch(/may be stored: look at the document’s versions/);
	});

	it('ends at once at Ctrl-C, and stores nothing', async () => {
		const id = await makeDocument(scene.api.ask, scene.north.member);
		const held = proxy.hold('request', 1_000_000);
		const running = startDocument(as(), 'put', fileOf('long.bin', someBytes(30_000_000)), '--document', id);
		await held;
		running.kill('SIGINT');
		const { code, stderr } = await running.ended;
		expect(code).toBe(1);
		expect(stderr).toMatch(/^firmseal: Interrupted: nothing of the file is stored, so send it again\.$/m);
		expect(await seen(id)).toMatchObject({ status: 'PENDING', versions: [] });
		proxy.resume();
	});

	it('reports a server that is unreachable or has no TLS', async () => {
		const id = uuidv7();
		const file = fileOf('x.txt', 'x');
		const unreachable = await askDocument(as(undefined, {}, 'http://127.0.0.1:1'), 'put', file, '--document', id);
		expect(unreachable).toMatchObject({
			code: 1,
			error: { code: 'SETUP', message: expect.stringContaining('reached') },
		});
		const remote = await askDocument(as(undefined, {}, 'http://firmseal.example'), 'put', file, '--document', id);
		expect(remote).toMatchObject({ code: 1, error: { code: 'SETUP', message: expect.stringContaining('https') } });
	});
});

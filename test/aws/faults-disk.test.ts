import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentOf, type FileClient, filesAt, makeDocument, someBytes } from '../support/files.ts';
import { makeInstallation, type TestApi, type TestFirm, type TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { mount, unmount, whyNoDisk } from '../support/small-disk.ts';

const MIB = 2 ** 20;

const reason = whyNoDisk();

describe.skipIf(reason !== null)(`a full disk of objects${reason ? ` (skipped: ${reason})` : ''}`, () => {
	let installation: TestInstallation;
	let firm: TestFirm;
	let api: TestApi;
	let files: FileClient;
	let disk: string;

	beforeAll(async () => {
		installation = await makeInstallation(embedded);
		disk = join(installation.directory, 'objects');
		mkdirSync(disk, { recursive: true, mode: 0o700 });
		mount(disk, 8 * MIB);
		firm = await installation.addFirm('north');
		api = await installation.serve();
		files = filesAt(api.url);
	});
	afterAll(async () => {
		await api?.stop();
		if (disk) unmount(disk);
		await installation?.close();
	});

	const newDocument = () => makeDocument(api.ask, firm.member);
	const onDisk = () => readdirSync(disk, { recursive: true }).filter((name) => name !== 'ballast');

	/** Uploads without an announced length, with a client that reads while it sends. */
	const pour = (document: string, bytes: Buffer) =>
		new Promise<{ status: number; text: string }>((resolve, reject) => {
			const headers = { authorization: `Bearer ${firm.member}`, 'transfer-encoding': 'chunked' };
			const asking = request(api.url + contentOf(document), { method: 'PUT', agent: false, headers });
			asking.once('response', (answer) => {
				let text = '';
				answer.setEncoding('utf8').on('data', (part) => {
					text += part;
				});
				answer.once('close', () => resolve({ status: answer.statusCode ?? 0, text }));
			});
			asking.once('error', reject);
			asking.end(bytes);
		});

	it('refuses a file that does not fit, with or without an announced length, and keeps no part of it', async () => {
		const kept = await newDocument();
		const bytes = someBytes(2 * MIB);
		expect((await files.put(firm.member, kept, bytes)).status).toBe(201);
		const before = onDisk();
		const document = await newDocument();
		const announced = await files.put(firm.member, document, someBytes(9 * MIB));
		expect([announced.status, announced.json.code]).toEqual([507, 'INTERNAL']);
		const poured = await pour(document, someBytes(9 * MIB));
		expect([poured.status, JSON.parse(poured.text).code]).toEqual([507, 'INTERNAL']);
		expect(onDisk()).toEqual(before);
		const { data } = await api.ask(firm.member, `{ document(id: "${document}") { status byteSize } }`);
		expect(data.document).toEqual({ status: 'PENDING', byteSize: null });
		expect((await files.get(firm.member, contentOf(document))).status).toBe(404);
		// A file that fits is still accepted, and existing files can be read.
		expect((await files.put(firm.member, document, someBytes(MIB))).status).toBe(201);
		expect((await files.get(firm.member, contentOf(kept))).bytes.equals(bytes)).toBe(true);
		const failures = api.lines.filter((line) => line.includes('the object store failed'));
		expect(failures.map((line) => JSON.parse(line).check)).toEqual(['FULL', 'FULL']);
	});

	it('refuses a file if another program has filled it to the last byte, and accepts the file once there is space', async () => {
		const document = await newDocument();
		const ballast = join(disk, 'ballast');
		try {
			for (let size = 8 * MIB; size >= 512; size /= 2)
				try {
					writeFileSync(ballast, Buffer.alloc(size), { flag: 'a' });
				} catch {}
			for (const body of ['x', someBytes(100_000)])
				expect((await files.put(firm.member, document, body)).status).toBe(507);
			expect((await api.ask(firm.member, '{ documents(first: 1) { totalCount } }')).errors).toEqual([]);
		} finally {
			rmSync(ballast, { force: true });
		}
		const bytes = someBytes(100_000);
		expect((await files.put(firm.member, document, bytes)).status).toBe(201);
		expect((await files.get(firm.member, contentOf(document))).bytes.equals(bytes)).toBe(true);
	});
});

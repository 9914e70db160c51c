import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKeyring, openObjects } from '../../../src/compose.ts';
import { uploadFile } from '../../../src/documents/index.ts';
import { claimsOf, makeScene, type Scene } from '../../attacks/scene.ts';
import { actAs } from '../../support/act-as.ts';
import { contentOf, type FileClient, filesAt, makeDocument, shareDocument, someBytes } from '../../support/files.ts';

let scene: Scene;
let files: FileClient;
beforeAll(async () => {
	scene = await makeScene();
	files = filesAt(scene.api.url);
});
afterAll(() => scene?.installation.close());

const newDocument = (input: object = {}) => makeDocument(scene.api.ask, scene.north.member, input);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const objects = () => {
	const root = join(scene.installation.directory, 'objects');
	return readdirSync(root, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name));
};
const rowsOf = (document: string) =>
	scene.admin`select tag, state, size, sha256, version_id from stored_objects where document_id = ${document} order by created_at`;
const FIELDS =
	'byteSize status revision sha256 bucket objectKey versions { id number byteSize sha256 objectKey changeSummary author { id } }';
const seen = async (document: string) =>
	(await scene.api.ask(scene.north.member, `{ document(id: "${document}") { ${FIELDS} } }`)).data.document;

/** What is left when an upload did not come about: nothing that anybody sees. */
async function expectNothing(document: string): Promise<void> {
	expect(await seen(document)).toMatchObject({ byteSize: null, status: 'PENDING', sha256: null, objectKey: null });
	expect((await files.get(scene.north.member, contentOf(document))).status).toBe(404);
	for (const { state } of await rowsOf(document)) expect(state).toBe('DELETING');
}

describe('an upload', () => {
	it.each([0, 1, 16_383, 16_384, 16_385, 3 * 16_384, 5_000_001])(
		'of %i bytes is there, and comes back',
		async (size) => {
			const document = await newDocument();
			const bytes = someBytes(size);
			const put = await files.put(scene.north.member, document, bytes);
			expect([put.status, put.json]).toEqual([
				201,
				{ documentId: document, versionId: expect.any(String), number: 1, byteSize: size },
			]);
			expect(put.headers.get('location')).toBe(contentOf(document, 1));
			const got = await files.get(scene.north.member, contentOf(document));
			expect(got.status).toBe(200);
			expect(got.bytes.equals(bytes)).toBe(true);
			expect(got.headers.get('etag')).toBe(`"${put.json.versionId}"`);
			expect(put.headers.get('etag')).toBe(got.headers.get('etag'));
			expect(await seen(document)).toMatchObject({
				byteSize: size,
				status: 'AVAILABLE',
				sha256: sha256(bytes),
				versions: [{ id: put.json.versionId, number: 1, byteSize: size, sha256: sha256(bytes) }],
			});
		},
	);

	it('is stored encrypted, under a name that only the firm can read, with the hash of what is stored', async () => {
		const document = await newDocument();
		const bytes = Buffer.from('privileged and confidential '.repeat(4000));
		await files.put(scene.north.member, document, bytes);
		const { objectKey } = await seen(document);
		const [row] = await rowsOf(document);
		expect(objectKey).toMatch(new RegExp(`^${row?.tag}/[0-9a-f]{32}$`));
		const stored = readFileSync(join(scene.installation.directory, 'objects', objectKey));
		expect(stored.includes('privileged')).toBe(false);
		expect(stored.subarray(0, 6).toString('latin1')).toBe('FSDOC\u0001');
		expect(row).toMatchObject({ state: 'STORED', size: String(stored.length) });
		expect(Buffer.from(row?.sha256).toString('hex')).toBe(sha256(stored));
		const [columns] = await scene.admin`select bucket, object_key, sha256 from documents where id = ${document}`;
		for (const sealed of Object.values(columns ?? {})) expect(Buffer.from(sealed as Uint8Array)[0]).toBe(0xf5);
	});

	it('without a declared length is taken as well', async () => {
		const document = await newDocument();
		const bytes = someBytes(200_000);
		const stream = new ReadableStream({
			start(controller) {
				for (let at = 0; at < bytes.length; at += 7_001) controller.enqueue(bytes.subarray(at, at + 7_001));
				controller.close();
			},
		});
		expect((await files.put(scene.north.member, document, stream)).status).toBe(201);
		expect((await files.get(scene.north.member, contentOf(document))).bytes.equals(bytes)).toBe(true);
	});

	it('makes the next version; the ones before stay', async () => {
		const document = await newDocument();
		const [first, second] = [someBytes(100), someBytes(200)];
		await files.put(scene.north.member, document, first);
		const before = await seen(document);
		const put = await files.put(scene.north.owner, document, second);
		expect(put.json.number).toBe(2);
		expect((await files.get(scene.north.member, contentOf(document))).bytes.equals(second)).toBe(true);
		expect((await files.get(scene.north.member, contentOf(document, 1))).bytes.equals(first)).toBe(true);
		const after = await seen(document);
		expect(after.revision).toBe(before.revision + 1);
		expect(after.versions.map(({ author }: { author: { id: string } }) => author.id)).toEqual([
			claimsOf(scene.north.member).sub,
			claimsOf(scene.north.owner).sub,
		]);
	});

	it('fills the caller’s own version that has no file, and nobody else’s; an older version never becomes the latest', async () => {
		const document = await newDocument();
		const version = async (token: string, summary: string) => {
			const { data } = await scene.api.ask(
				token,
				`mutation { createDocumentVersion(input: { documentId: "${document}", changeSummary: "${summary}" }) { uploadPath documentVersion { id number } } }`,
			);
			expect(data.createDocumentVersion.uploadPath).toBe(contentOf(document));
			return data.createDocumentVersion.documentVersion;
		};
		const ofMember = await version(scene.north.member, 'by the member');
		const later = await files.put(scene.north.owner, document, 'second');
		expect(later.json).toMatchObject({ number: 2 });
		const filled = await files.put(scene.north.member, document, 'first');
		expect(filled.json).toMatchObject({ number: 1, versionId: ofMember.id });
		expect((await files.get(scene.north.member, contentOf(document))).bytes.toString()).toBe('second');
		expect((await files.get(scene.north.member, contentOf(document, 1))).bytes.toString()).toBe('first');
		expect((await seen(document)).versions[0].changeSummary).toBe('by the member');
	});

	it('is on record with the version, before anybody sees it', async () => {
		const document = await newDocument();
		const put = await files.put(scene.north.member, document, 'x');
		expect((await scene.entriesOf(put)).map(({ action, records }) => [action, records])).toEqual([
			['content.create', [put.json.versionId, document]],
		]);
	});
});

describe('who may', () => {
	it('a portal client uploads to what is shared with it, and to nothing else', async () => {
		const document = await newDocument();
		const refused = await files.put(scene.north.client, document, 'x');
		expect([refused.status, refused.json.code]).toEqual([404, 'NOT_FOUND']);
		await shareDocument(scene.api.ask, scene.north.member, scene.north.clientId, document);
		expect((await files.put(scene.north.client, document, 'signed')).status).toBe(201);
		expect((await files.get(scene.north.client, contentOf(document))).bytes.toString()).toBe('signed');
		expect((await files.get(scene.north.member, contentOf(document))).bytes.toString()).toBe('signed');
		expect(await seen(document)).toMatchObject({ sha256: sha256(Buffer.from('signed')) });
	});

	it.each(['operator', 'approver', 'auditor'] as const)('no %s does, and that is on record', async (who) => {
		const document = await newDocument();
		const refused = await files.put(scene[who], document, 'x');
		expect([refused.status, refused.json.code]).toEqual([403, 'FORBIDDEN']);
		expect((await scene.entriesOf(refused)).map(({ action, reason }) => [action, reason])).toEqual([
			['request.deny', 'FORBIDDEN'],
		]);
		await expectNothing(document);
	});

	it('nobody without a token, nobody of another firm', async () => {
		const document = await newDocument();
		expect((await files.put(null, document, 'x')).status).toBe(401);
		expect((await files.put(scene.harbour.owner, document, 'x')).status).toBe(404);
		await expectNothing(document);
		expect(await rowsOf(document)).toHaveLength(0);
	});
});

describe('bad input', () => {
	it.each([
		['a form', { 'content-type': 'multipart/form-data; boundary=x' }],
		['a form of fields', { 'content-type': 'application/x-www-form-urlencoded' }],
		['a compressed body', { 'content-encoding': 'gzip' }],
		['a part', { 'content-range': 'bytes 0-0/10' }],
	])('%s is refused', async (_, headers) => {
		const document = await newDocument();
		const refused = await files.put(scene.north.member, document, 'x', headers);
		expect([refused.status, refused.json.code]).toEqual([400, 'BAD_USER_INPUT']);
		await expectNothing(document);
	});

	it.each(['text/html', 'image/svg+xml', '', 'application/json', 'text/plain; charset=latin1', 'nonsense'])(
		'whatever the type is said to be, the bytes are the file: %j',
		async (type) => {
			const document = await newDocument({ mimeType: 'text/plain' });
			const put = await files.put(scene.north.member, document, Buffer.from('{"a": <script>'), {
				'content-type': type,
			});
			expect(put.status).toBe(201);
			const got = await files.get(scene.north.member, contentOf(document));
			expect(got.bytes.toString()).toBe('{"a": <script>');
			expect(got.headers.get('content-type')).toBe('text/plain');
		},
	);

	it.each(['text/html', 'image/svg+xml', 'application/xhtml+xml', 'text/javascript', 'application/x-unknown'])(
		'a document that claims to be %s is never shown as that',
		async (mimeType) => {
			const document = await newDocument({ mimeType });
			await files.put(scene.north.member, document, '<script>alert(1)</script>');
			const { headers } = await files.get(scene.north.member, contentOf(document));
			expect(headers.get('content-type')).toBe('application/octet-stream');
			expect(headers.get('content-disposition')).toMatch(/^attachment/);
			expect(headers.get('x-content-type-options')).toBe('nosniff');
			expect(headers.get('content-security-policy')).toContain('sandbox');
			expect(headers.get('cache-control')).toBe('no-store');
		},
	);

	it.each([
		['../../etc/passwd', '__.._etc_passwd'],
		['a\\b.txt', 'a_b.txt'],
		['C:\\x', 'C:_x'],
		['.htaccess', '_htaccess'],
		['"quoted".pdf', '\\"quoted\\".pdf'],
	])('the name %j goes nowhere', async (name, expected) => {
		const document = await newDocument({ name });
		await files.put(scene.north.member, document, 'x');
		const { headers } = await files.get(scene.north.member, contentOf(document));
		const disposition = headers.get('content-disposition') ?? '';
		expect(disposition).toContain(expected);
		expect(disposition).not.toMatch(/[/\\](?!")/);
	});

	it('an id that is none, or that nobody has', async () => {
		const bad = await files.put(scene.north.member, 'x', 'x');
		expect([bad.status, bad.json.code]).toEqual([400, 'BAD_USER_INPUT']);
		const upper = await files.put(scene.north.member, (await newDocument()).toUpperCase(), 'x');
		expect(upper.status).toBe(400);
		const absent = await files.put(scene.north.member, '01980000-0000-7000-8000-0000000000ff', 'x');
		expect([absent.status, absent.json.code]).toEqual([404, 'NOT_FOUND']);
	});

	it('a file of 5 TB is refused by its length, before any of it', async () => {
		const document = await newDocument();
		const { text } = await talk(document, `Content-Length: ${5 * 1000 ** 4}`, ['x']);
		expect(text).toMatch(/^HTTP\/1\.1 413 /);
		expect(text).toContain('"code":"PAYLOAD_TOO_LARGE"');
		expect(text).toMatch(/connection: close/i);
		expect(await rowsOf(document)).toHaveLength(0);
	});

	it('a file of more than 512 GiB whose length nobody has said is refused as soon as it has come to that', async () => {
		const document = await newDocument();
		const { config, database } = scene.installation;
		const store = await openObjects(config);
		const user = claimsOf(scene.north.member).sub;
		const [{ person } = { person: '' }] = await scene.admin`select person_id as person from users where id = ${user}`;
		const member = {
			kind: 'firm',
			user,
			person,
			firm: scene.north.id,
			role: 'MEMBER',
			client: null,
			proven: true,
		} as const;
		let asked = 0;
		async function* bytes() {
			// 512 GiB take too long: a byte, and a piece that says it is as long.
			for (const length of [1, 512 * 1024 ** 3, 1]) {
				asked += 1;
				yield Object.defineProperty(new Uint8Array(1), 'length', { value: length });
			}
		}
		const { signal } = new AbortController();
		const body = () => ({ bytes: bytes(), size: null, signal, holds: () => true, mayStill: async () => true });
		await expect(
			actAs(config, database, member, (desk, acting) => uploadFile(desk, store, acting, document, body)),
		).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE', message: expect.stringContaining('512 GiB') });
		expect(asked).toBe(2);
		await expectNothing(document);
	});

	it('a disabled key: nothing is stored, and the answer says when to come again', async () => {
		const keyring = await openKeyring(scene.installation.config, 'worker');
		const { id } = scene.harbour;
		const document = await makeDocument(scene.api.ask, scene.harbour.member);
		await keyring.disableKey(id);
		const before = objects().length;
		const closed = await files.put(scene.harbour.member, document, someBytes(100_000));
		await keyring.enableKey(id);
		expect([closed.status, closed.json.code]).toEqual([503, 'KEY_UNAVAILABLE']);
		expect(closed.headers.get('retry-after')).not.toBeNull();
		expect(objects().length).toBe(before);
	});
});

/** Sends a request over a bare socket: head, then the parts; answers what came until the server closed or `wait` is over. */
async function talk(document: string, length: string, parts: readonly string[], wait = 3_000) {
	const { hostname, port } = new URL(scene.api.url);
	const socket = connect(Number(port), hostname);
	let text = '';
	const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
	socket.on('data', (bytes) => {
		text += bytes;
	});
	socket.on('error', () => {});
	socket.write(
		`PUT ${contentOf(document)} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${scene.north.member}\r\n${length}\r\n\r\n`,
	);
	for (const part of parts) socket.write(part);
	await Promise.race([closed, delay(wait)]);
	return { socket, text };
}

describe('a sender that waits to be told to send (Expect: 100-continue)', () => {
	const waiting = async (token: string) => {
		const document = await newDocument();
		const { hostname, port } = new URL(scene.api.url);
		const socket = connect(Number(port), hostname);
		let text = '';
		socket.on('data', (bytes) => {
			text += bytes;
		});
		socket.on('error', () => {});
		socket.write(
			`PUT ${contentOf(document)} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n`,
		);
		await expect.poll(() => text).toMatch(/^HTTP\/1\.1 \d{3}/);
		return { document, socket, read: () => text };
	};

	it('is told so', async () => {
		const { document, socket, read } = await waiting(scene.north.member);
		expect(read()).toMatch(/^HTTP\/1\.1 100 /);
		socket.write('abcde');
		await expect.poll(read).toContain('HTTP/1.1 201');
		socket.destroy();
		expect((await files.get(scene.north.member, contentOf(document))).bytes.toString()).toBe('abcde');
	});

	it('is refused before it has sent anything', async () => {
		for (const [token, status] of [
			['nonsense', 401],
			[scene.operator, 403],
			[scene.harbour.member, 404],
		] as const) {
			const { document, socket, read } = await waiting(token);
			expect(read()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
			socket.destroy();
			await expectNothing(document);
		}
	});
});

describe('what is cut or collides', () => {
	it('an upload whose sender goes leaves nothing to be seen', async () => {
		const document = await newDocument();
		const { socket } = await talk(document, 'Content-Length: 1000000', ['x'.repeat(300_000)], 500);
		expect((await rowsOf(document)).map(({ state }) => state)).toEqual(['UPLOADING']);
		socket.resetAndDestroy();
		await expect.poll(async () => (await rowsOf(document)).map(({ state }) => state)).toEqual(['DELETING']);
		await expectNothing(document);
		const [{ tag } = { tag: '' }] = await rowsOf(document);
		await expect.poll(() => objects().filter((path) => path.includes(tag))).toEqual([]);
	});

	it('of two uploads to one document at once, one is told to come again, and the other is whole', async () => {
		const document = await newDocument();
		const { socket } = await talk(document, 'Content-Length: 10', ['01234'], 400);
		const second = await files.put(scene.north.owner, document, 'other');
		expect([second.status, second.json.code]).toEqual([409, 'CONFLICT']);
		socket.write('56789');
		await expect.poll(async () => (await seen(document)).status).toBe('AVAILABLE');
		socket.destroy();
		expect((await files.get(scene.north.member, contentOf(document))).bytes.toString()).toBe('0123456789');
		expect((await files.put(scene.north.owner, document, 'other')).json.number).toBe(2);
	});

	it('many at once to one document: each is whole or refused, and no number is given twice', async () => {
		const document = await newDocument();
		const bodies = Array.from({ length: 12 }, (_, index) => someBytes(50_000 + index));
		const answers = await Promise.all(bodies.map((body) => files.put(scene.north.member, document, body)));
		const made = answers.flatMap(({ status, json }, index) => (status === 201 ? [{ json, index }] : []));
		// More than six at once of one account are told to come again.
		expect(answers.every(({ status }) => status === 201 || status === 409 || status === 429)).toBe(true);
		expect(made.length).toBeGreaterThan(0);
		expect(new Set(made.map(({ json }) => json.number)).size).toBe(made.length);
		for (const { json, index } of made)
			expect(
				(await files.get(scene.north.member, contentOf(document, json.number))).bytes.equals(bodies[index] as Buffer),
			).toBe(true);
	});

	it('one that has gone silent for two minutes is taken over, and can’t become a file any more', async () => {
		const document = await newDocument();
		const { socket } = await talk(document, 'Content-Length: 10', ['01234'], 400);
		await scene.admin`update stored_objects set touched_at = now() - interval '3 minutes' where document_id = ${document}`;
		expect((await files.put(scene.north.owner, document, 'taken over')).status).toBe(201);
		let text = '';
		socket.on('data', (bytes) => {
			text += bytes;
		});
		socket.write('56789');
		await expect.poll(() => text).toContain('"code":"CONFLICT"');
		socket.destroy();
		expect((await seen(document)).versions).toHaveLength(1);
		expect((await files.get(scene.north.member, contentOf(document))).bytes.toString()).toBe('taken over');
	});

	it('one that comes to its end after it was given up and cleared away is cleared away again', async () => {
		const document = await newDocument();
		const { socket } = await talk(document, 'Content-Length: 10', ['01234'], 400);
		const [{ tag } = { tag: '' }] =
			await scene.admin`delete from stored_objects where document_id = ${document} returning tag`;
		socket.write('56789');
		await expect
			.poll(async () => (await rowsOf(document)).map((row) => [row.tag, row.state]))
			.toEqual([[tag, 'DELETING']]);
		socket.destroy();
		await expectNothing(document);
	});

	it('a document that is removed while its file comes has none', async () => {
		const document = await newDocument();
		const { revision } = await seen(document);
		const { socket } = await talk(document, 'Content-Length: 10', ['01234'], 400);
		await scene.api.ask(
			scene.north.member,
			`mutation { deleteDocument(input: { id: "${document}", expectedRevision: ${revision} }) { id } }`,
		);
		let text = '';
		socket.on('data', (bytes) => {
			text += bytes;
		});
		socket.write('56789');
		await expect.poll(() => text).toContain('HTTP/1.1 404');
		socket.destroy();
		expect((await rowsOf(document)).map(({ state }) => state)).toEqual(['DELETING']);
	});

	it('a document that is removed takes its files with it', async () => {
		const document = await newDocument();
		await files.put(scene.north.member, document, 'one');
		await files.put(scene.north.member, document, 'two');
		const { revision } = await seen(document);
		await scene.api.ask(
			scene.north.member,
			`mutation { deleteDocument(input: { id: "${document}", expectedRevision: ${revision} }) { id } }`,
		);
		expect((await files.get(scene.north.member, contentOf(document))).status).toBe(404);
		expect((await files.get(scene.north.member, contentOf(document, 1))).status).toBe(404);
		expect((await rowsOf(document)).map(({ state }) => state)).toEqual(['DELETING', 'DELETING']);
	});

	it('what can’t be recorded is not there', async () => {
		const document = await newDocument();
		await scene.admin`alter table audit_entries rename to audit_entries_away`;
		const closed = await files.put(scene.north.member, document, 'x');
		await scene.admin`alter table audit_entries_away rename to audit_entries`;
		expect([closed.status, closed.json.code]).toEqual([503, 'AUDIT_UNAVAILABLE']);
		await expectNothing(document);
	});
});

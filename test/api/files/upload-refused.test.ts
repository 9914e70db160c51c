import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uploadFile } from '../../../src/documents/index.ts';
import { openKeyring, openObjects } from '../../../src/wiring/index.ts';
import { claimsOf, makeScene, type Scene } from '../../attacks/scene.ts';
import { actAs } from '../../support/act-as.ts';
import { contentOf, someBytes } from '../../support/files.ts';
import { filesOf } from './stage.ts';

let scene: Scene;
beforeAll(async () => {
	scene = await makeScene();
});
afterAll(() => scene?.installation.close());
const { files, newDocument, rowsOf, expectNothing, objects, open } = filesOf(() => scene);

describe('an invalid or hostile upload', () => {
	it.each([
		['multipart form data', { 'content-type': 'multipart/form-data; boundary=x' }],
		['a URL-encoded form', { 'content-type': 'application/x-www-form-urlencoded' }],
		['a compressed body', { 'content-encoding': 'gzip' }],
		['a partial body', { 'content-range': 'bytes 0-0/10' }],
	])('is refused as %s', async (_, headers) => {
		const document = await newDocument();
		const refused = await files.put(scene.north.member, document, 'x', headers);
		expect([refused.status, refused.json.code]).toEqual([400, 'BAD_USER_INPUT']);
		await expectNothing(document);
	});

	it.each(['text/html', 'image/svg+xml', '', 'application/json', 'text/plain; charset=latin1', 'nonsense'])(
		'is stored byte for byte, whatever its content type says: %j',
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
		'of a document that claims to be %s is never served with that type',
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
	])('with the name %j cannot escape its folder', async (name, expected) => {
		const document = await newDocument({ name });
		await files.put(scene.north.member, document, 'x');
		const { headers } = await files.get(scene.north.member, contentOf(document));
		const disposition = headers.get('content-disposition') ?? '';
		expect(disposition).toContain(expected);
		expect(disposition).not.toMatch(/[/\\](?!")/);
	});

	it.each([
		['DELETE', '/documents/x/content', 'GET, HEAD, PUT'],
		['POST', '/documents/x/content', 'GET, HEAD, PUT'],
		['PUT', '/documents/x/versions/1/content', 'GET, HEAD'],
		['POST', '/downloads/x', 'GET'],
	])('by %s to %s is refused, with the methods that the path takes', async (method, path, allowed) => {
		const refused = await fetch(scene.api.url + path, { method, ...(method !== 'DELETE' && { body: 'x' }) });
		expect([refused.status, refused.headers.get('allow')]).toEqual([405, allowed]);
		expect(refused.headers.get('content-type')).toMatch(/^application\/problem\+json/);
		expect(await refused.json()).toMatchObject({
			status: 405,
			code: 'BAD_USER_INPUT',
			detail: `This path takes only the methods ${allowed}.`,
		});
	});

	it('to an invalid or unknown document id is refused', async () => {
		const bad = await files.put(scene.north.member, 'x', 'x');
		expect([bad.status, bad.json.code]).toEqual([400, 'BAD_USER_INPUT']);
		const upper = await files.put(scene.north.member, (await newDocument()).toUpperCase(), 'x');
		expect(upper.status).toBe(400);
		const absent = await files.put(scene.north.member, '01980000-0000-7000-8000-0000000000ff', 'x');
		expect([absent.status, absent.json.code]).toEqual([404, 'NOT_FOUND']);
	});

	it('of 5 TB is refused by its length, before any byte is read', async () => {
		const document = await newDocument();
		const upload = open(document, [`Content-Length: ${5 * 1000 ** 4}`]);
		upload.socket.write('x');
		await upload.closed;
		const text = upload.text();
		expect(text).toMatch(/^HTTP\/1\.1 413 /);
		expect(text).toContain('"code":"PAYLOAD_TOO_LARGE"');
		expect(text).toMatch(/connection: close/i);
		expect(await rowsOf(document)).toHaveLength(0);
	});

	it('of undeclared length is refused once it exceeds 512 GiB', async () => {
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
			// Sending 512 GiB takes too long, so the test sends one byte, as a chunk that claims to be as long.
			for (const length of [1, 512 * 1024 ** 3, 1]) {
				asked += 1;
				yield Object.defineProperty(new Uint8Array(1), 'length', { value: length });
			}
		}
		const { signal } = new AbortController();
		const body = () => ({
			bytes: bytes(),
			size: null,
			signal,
			isExpectedVersion: () => true,
			isStillAllowed: async () => true,
		});
		await expect(
			actAs(config, database, member, (services, acting) => uploadFile(services, store, acting, document, body)),
		).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE', message: expect.stringContaining('512 GiB') });
		expect(asked).toBe(2);
		await expectNothing(document);
	});

	it('under a disabled key stores nothing, and the response says when to try again', async () => {
		const keyring = await openKeyring(scene.installation.config, 'worker');
		const { id } = scene.harbour;
		const document = await newDocument({}, scene.harbour);
		await keyring.disableKey(id);
		const before = objects().length;
		const closed = await files.put(scene.harbour.member, document, someBytes(100_000));
		await keyring.enableKey(id);
		expect([closed.status, closed.json.code]).toEqual([503, 'KEY_UNAVAILABLE']);
		expect(closed.headers.get('retry-after')).not.toBeNull();
		expect(objects().length).toBe(before);
	});
});

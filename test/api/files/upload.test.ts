import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimsOf, makeScene, type Person, type Scene } from '../../attacks/scene.ts';
import { contentOf, shareDocument, someBytes } from '../../support/files.ts';
import { filesOf } from './stage.ts';

let scene: Scene;
beforeAll(async () => {
	scene = await makeScene();
});
afterAll(() => scene?.installation.close());
const { files, newDocument, rowsOf, seen, expectNothing } = filesOf(() => scene);

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('an upload', () => {
	it.each([0, 1, 16_383, 16_384, 16_385, 3 * 16_384, 5_000_001])(
		'of %i bytes is stored, and downloads unchanged',
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

	it('is stored encrypted, under an object name that only the firm can read, with the hash of the stored bytes', async () => {
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

	it('without a declared length is accepted too', async () => {
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

	it('makes the next version and keeps the previous ones', async () => {
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

	it('fills the caller’s own empty version, never another author’s; an older version never becomes the latest', async () => {
		const document = await newDocument();
		const version = async (token: Person, summary: string) => {
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

	it('is logged with its version before anyone can see it', async () => {
		const document = await newDocument();
		const put = await files.put(scene.north.member, document, 'x');
		expect((await scene.entriesOf(put)).map(({ action, records }) => [action, records])).toEqual([
			['content.create', [put.json.versionId, document]],
		]);
	});
});

describe('the right to upload', () => {
	it('lets a portal client upload to documents shared with that client, and to no others', async () => {
		const document = await newDocument();
		const refused = await files.put(scene.north.client, document, 'x');
		expect([refused.status, refused.json.code]).toEqual([404, 'NOT_FOUND']);
		await shareDocument(scene.api.ask, scene.north.member, scene.north.clientId, document);
		expect((await files.put(scene.north.client, document, 'signed')).status).toBe(201);
		expect((await files.get(scene.north.client, contentOf(document))).bytes.toString()).toBe('signed');
		expect((await files.get(scene.north.member, contentOf(document))).bytes.toString()).toBe('signed');
		expect(await seen(document)).toMatchObject({ sha256: sha256(Buffer.from('signed')) });
	});

	it.each(['operator', 'approver', 'auditor'] as const)(
		'is refused to an %s, and the refusal is logged',
		async (who) => {
			const document = await newDocument();
			const refused = await files.put(scene[who], document, 'x');
			expect([refused.status, refused.json.code]).toEqual([403, 'FORBIDDEN']);
			expect((await scene.entriesOf(refused)).map(({ action, reason }) => [action, reason])).toEqual([
				['request.deny', 'FORBIDDEN'],
			]);
			await expectNothing(document);
		},
	);

	it('is refused without a token, and to anyone of another firm', async () => {
		const document = await newDocument();
		expect((await files.put(null, document, 'x')).status).toBe(401);
		expect((await files.put(scene.harbour.owner, document, 'x')).status).toBe(404);
		await expectNothing(document);
		expect(await rowsOf(document)).toHaveLength(0);
	});
});

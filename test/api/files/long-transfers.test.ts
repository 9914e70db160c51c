import { once } from 'node:events';
import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { connect as connectHttp2, constants } from 'node:http2';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Entry } from '../../../src/audit/index.ts';
import { makeScene, type Scene } from '../../attacks/scene.ts';
import { contentOf, filesAt, shareDocument, someBytes } from '../../support/files.ts';
import { steppedClock } from '../../support/stepped-clock.ts';
import { until } from '../../system/program.ts';
import { makeCertificate } from '../http/certificate.ts';
import { filesOf, speak } from './stage.ts';

const { certFile, keyFile } = makeCertificate();
let scene: Scene;
beforeAll(async () => {
	scene = await makeScene();
});
afterAll(() => scene?.installation.close());
const { files, newDocument, statesOf, begin } = filesOf(() => scene);

async function newMember(name: string, seconds = 3600) {
	const email = `${name}@north.example`;
	const { id } = await scene.installation.addMember(scene.north.owner, { email });
	return { id, token: await scene.installation.token(email, seconds) };
}

describe('a long upload', () => {
	it('is not stored if its sender was removed meanwhile', async () => {
		const document = await newDocument();
		await files.put(scene.north.member, document, 'the true contract');
		const leaver = await newMember('leaver');
		const upload = await begin(document, leaver.token);
		await scene.api.ask(
			scene.north.owner,
			`mutation { removeMember(input: { userId: "${leaver.id}" }) { user { id } } }`,
		);
		const { status, text } = await upload.end();
		expect([status, /"code":"(\w+)"/.exec(text)?.[1]]).toEqual([403, 'FORBIDDEN']);
		expect((await files.get(scene.north.member, contentOf(document))).bytes.toString()).toBe('the true contract');
		expect(await statesOf(document)).toEqual(['STORED', 'DELETING']);
	});

	it('is not stored if its firm was suspended meanwhile', async () => {
		const document = await newDocument({}, scene.harbour);
		const upload = await begin(document, scene.harbour.member);
		await scene.admin`update firms set status = 'SUSPENDED' where id = ${scene.harbour.id}`;
		try {
			expect((await upload.end()).status).toBe(403);
			expect(await statesOf(document)).toEqual(['DELETING']);
		} finally {
			await scene.admin`update firms set status = 'ACTIVE' where id = ${scene.harbour.id}`;
		}
	});

	it('is stored even if the token has expired: the token is checked when the upload begins', async () => {
		const document = await newDocument();
		const { token } = await newMember('patient', 2);
		const upload = await begin(document, token);
		await until(async () => (await files.get(token, contentOf(document))).status === 401);
		expect((await upload.end()).status).toBe(201);
	});

	it('of a client blocks no one of the firm', async () => {
		const document = await newDocument();
		await shareDocument(scene.api.ask, scene.north.member, scene.north.clientId, document);
		const upload = await begin(document, scene.north.client);
		expect((await files.put(scene.north.client, document, 'another')).status).toBe(409);
		expect((await files.put(scene.north.member, document, 'of the firm')).status).toBe(201);
		expect((await upload.end()).status).toBe(409);
		expect((await files.get(scene.north.member, contentOf(document))).bytes.toString()).toBe('of the firm');
	});

	it('of a client whose share is revoked leaves room for the next upload', async () => {
		const document = await newDocument();
		await shareDocument(scene.api.ask, scene.north.member, scene.north.clientId, document);
		const upload = await begin(document, scene.north.client);
		await scene.admin`delete from shares where document_id = ${document}`;
		expect((await upload.end()).status).toBe(404);
		expect(await statesOf(document)).toEqual(['DELETING']);
	});

	it('that its sender aborts is not reported as a failure of the store', async () => {
		const document = await newDocument();
		const lines = scene.api.lines.length;
		const { socket } = await begin(document);
		socket.destroy();
		await until(async () => (await statesOf(document))[0] === 'DELETING');
		// Once it answers, the server is done with the sender.
		expect((await files.get(scene.north.member, contentOf(document))).status).toBe(404);
		expect(scene.api.lines.slice(lines).join('')).not.toContain('the object store failed');
	});
});

describe('a long download', () => {
	const sentOf = async (document: string) =>
		(await scene.entries()).filter(({ action, records }) => action === 'content.send' && records[0] === document);

	it('is cut off if its reader accepts nothing for a minute', async () => {
		const clock = steppedClock();
		const { url } = await scene.installation.serve({}, { clock });
		const document = await newDocument();
		// More than the buffers of both ends hold.
		await files.put(scene.north.member, document, someBytes(20_000_000));
		const { socket, closed } = speak(url, `GET ${contentOf(document)}`, scene.north.member);
		await once(socket, 'readable');
		await until(async () => {
			await clock.advance(60_000);
			return (await sentOf(document)).length > 0;
		});
		expect(await sentOf(document)).toMatchObject([{ decision: 'FAILED', reason: 'CUT' }]);
		socket.resume();
		await closed;
		expect(socket.bytesRead).toBeLessThan(20_000_000);
	});

	it('is cut off if its reader accepts less than 2 KiB a second; over HTTP/2 the connection stays', async () => {
		const clock = steppedClock();
		const tls = { FIRMSEAL_TLS_CERT: certFile, FIRMSEAL_TLS_KEY: keyFile };
		const { url } = await scene.installation.serve(tls, { clock });
		const document = await newDocument();
		await files.put(scene.north.member, document, someBytes(3_000_000));
		const session = connectHttp2(url, { ca: readFileSync(certFile) });
		onTestFinished(() => session.destroy());
		const authorization = `Bearer ${scene.north.member}`;
		const stream = session.request({ ':path': contentOf(document), authorization }).on('error', () => {});
		const take = async (bytes: number) => {
			while (!stream.destroyed && stream.read(bytes) === null)
				await Promise.race([once(stream, 'readable'), once(stream, 'close')]);
		};
		await take(1);
		for (let second = 0; second < 300; second += 10) {
			await clock.advance(10_000);
			await take(40_000);
		}
		expect([stream.destroyed, await sentOf(document)]).toEqual([false, []]);
		for (let second = 0; second < 180 && !stream.destroyed; second += 10) {
			await clock.advance(10_000);
			await take(15_000);
		}
		await until(async () => (await sentOf(document)).length > 0);
		expect(await sentOf(document)).toMatchObject([{ decision: 'FAILED', reason: 'CUT' }]);
		stream.resume();
		await until(() => stream.destroyed);
		expect([stream.rstCode, session.destroyed]).toEqual([constants.NGHTTP2_INTERNAL_ERROR, false]);
	});

	it('ends if the share is revoked', async () => {
		const clock = steppedClock();
		const { url } = await scene.installation.serve({}, { clock });
		const document = await newDocument();
		await files.put(scene.north.member, document, someBytes(60_000_000));
		await shareDocument(scene.api.ask, scene.north.member, scene.north.clientId, document);
		const { socket, closed } = speak(url, `GET ${contentOf(document)}`, scene.north.client);
		let bytes = 0;
		socket.once('data', () => socket.pause());
		socket.on('data', (part) => {
			bytes += part.length;
		});
		await until(() => bytes > 0);
		await scene.admin`delete from shares where document_id = ${document}`;
		await clock.advance(5_000);
		const isCut = ({ action, decision, records }: Entry) =>
			action === 'content.send' && decision === 'FAILED' && records[0] === document;
		await until(async () => (await scene.entries()).some(isCut));
		socket.resume();
		await closed;
		expect(bytes).toBeLessThan(60_000_000);
	});

	it('ends alone over HTTP/2: other transfers on the connection continue', async () => {
		const { harbour, installation, north } = scene;
		const clock = steppedClock();
		const tls = { FIRMSEAL_TLS_CERT: certFile, FIRMSEAL_TLS_KEY: keyFile };
		const { lines, url } = await installation.serve(tls, { clock });
		const document = await newDocument();
		const other = await newDocument({}, harbour);
		await files.put(north.member, document, someBytes(300_000));
		await shareDocument(scene.api.ask, north.member, north.clientId, document);
		const session = connectHttp2(url, { ca: readFileSync(certFile) });
		onTestFinished(() => session.destroy());
		const begin = (method: string, path: string, token: string) => {
			const headers = { ':method': method, ':path': path, authorization: `Bearer ${token}` };
			return session.request(headers, { endStream: method === 'GET' }).on('error', () => {});
		};
		const upload = begin('PUT', contentOf(other), harbour.member as string);
		upload.write('of another ');
		await until(async () => (await statesOf(other)).includes('UPLOADING'));
		const taken = begin('PUT', contentOf(await newDocument({}, harbour)), harbour.member as string);
		taken.write('x');
		const download = begin('GET', contentOf(document), north.client as string);
		await once(download, 'readable');
		await scene.admin`delete from shares where document_id = ${document}`;
		await clock.advance(5_000);
		await until(async () => (await sentOf(document)).length > 0);
		expect(await sentOf(document)).toMatchObject([{ decision: 'FAILED', reason: 'CUT' }]);
		download.resume();
		taken.close(constants.NGHTTP2_CANCEL);
		await until(() => download.destroyed);
		expect(download.rstCode).toBe(constants.NGHTTP2_INTERNAL_ERROR);
		upload.end('firm');
		const [headers] = await once(upload, 'response');
		expect(headers[':status']).toBe(201);
		expect((await files.get(harbour.member, contentOf(other))).bytes.toString()).toBe('of another firm');
		const statuses = () => lines.join('').match(/"method":"\w+","route":"\/documents\/:id\/content","status":\d+/g);
		await until(() => statuses()?.length === 3);
		expect(statuses()?.map((line) => /"method":"(\w+)".*"status":(\d+)/.exec(line)?.slice(1))).toEqual(
			expect.arrayContaining([
				['GET', '499'],
				['PUT', '499'],
				['PUT', '201'],
			]),
		);
	});
});

describe('transfers of a firm’s clients', () => {
	it('leave half of the firm’s transfer slots to its own people', async () => {
		const { north, installation, api } = scene;
		const documents = await Promise.all(Array.from({ length: 8 }, () => newDocument()));
		for (const document of documents) await shareDocument(api.ask, north.member, north.clientId, document);
		const email = 'second.client@client.example';
		await installation.addMember(north.owner, { email, role: 'CLIENT', clientId: north.clientId });
		const other = await installation.token(email, 3600);
		const held = [];
		for (const [at, document] of documents.slice(0, 6).entries())
			held.push(await begin(document, at < 3 ? north.client : other));
		const refused = await files.put(north.client, documents[6] as string, 'one more');
		expect([refused.status, refused.json.detail]).toEqual([
			429,
			expect.stringMatching(/^The limit is 6 transfers of the firm’s clients /),
		]);
		expect((await files.put(north.owner, documents[7] as string, 'of the firm')).status).toBe(201);
		for (const upload of held) expect((await upload.end()).status).toBe(201);
	});
});

describe('an object in the store', () => {
	it('cannot be replaced by another upload of the same version and length', async () => {
		const document = await newDocument();
		const root = join(scene.installation.directory, 'objects');
		await scene.api.ask(
			scene.north.member,
			`mutation { createDocumentVersion(input: { documentId: "${document}" }) { documentVersion { id } } }`,
		);
		await scene.admin`alter table audit_entries rename to audit_entries_away`;
		const first = await files.put(scene.north.member, document, 'pay 1,000,000 to account 111');
		await scene.admin`alter table audit_entries_away rename to audit_entries`;
		const [row] = await scene.admin`select tag from stored_objects where document_id = ${document}`;
		const kept = join(root, row?.tag, readdirSync(join(root, row?.tag))[0] as string);
		const second = await files.put(scene.north.member, document, 'pay 0,000,001 to account 222');
		expect([first.status, second.status]).toEqual([503, 201]);
		const { data } = await scene.api.ask(scene.north.member, `{ document(id: "${document}") { objectKey } }`);
		copyFileSync(kept, join(root, data.document.objectKey));
		const got = await files.get(scene.north.member, contentOf(document));
		expect([got.status, got.json.code]).toEqual([422, 'CIPHERTEXT_INVALID']);
		expect((await scene.entriesOf(got)).map(({ action, reason }) => [action, reason])).toContainEqual([
			'content.fail',
			'CIPHERTEXT_INVALID',
		]);
	});
});

describe('requests to the file routes without a token', () => {
	it('do not block requests with a token from the same address', async () => {
		const { url, stop } = await scene.installation.serve({ FIRMSEAL_RATE_PER_MINUTE: '20' });
		try {
			const at = filesAt(url);
			const document = await newDocument();
			const guess = `/downloads/${'A'.repeat(64)}`;
			const guesses = await Promise.all(Array.from({ length: 40 }, () => at.get(null, guess)));
			expect(guesses.filter(({ status }) => status === 429)).toHaveLength(20);
			const without = await Promise.all(Array.from({ length: 40 }, () => at.get(null, contentOf(document))));
			expect(new Set(without.map(({ status }) => status))).toEqual(new Set([401]));
			expect((await at.put(scene.north.member, document, 'x')).status).toBe(201);
			const [wrong] = (
				await Promise.all(Array.from({ length: 21 }, () => at.get('no token', contentOf(document))))
			).slice(-1);
			expect(wrong?.status).toBe(429);
		} finally {
			await stop();
		}
	});
});

describe('an upload that is refused before its end', () => {
	it('leaves no stream half open', async () => {
		const { url, stop } = await scene.installation.serve({
			FIRMSEAL_TLS_CERT: certFile,
			FIRMSEAL_TLS_KEY: keyFile,
		});
		const session = connectHttp2(url, { rejectUnauthorized: false });
		try {
			const document = await newDocument();
			const stream = session.request({
				':method': 'PUT',
				':path': contentOf(document),
				authorization: `Bearer ${scene.north.member}`,
				'content-encoding': 'gzip',
			});
			stream.on('error', () => {}).resume();
			stream.write('some');
			const closed = new Promise<number | undefined>(
				(resolve) => void stream.once('close', () => resolve(stream.rstCode)),
			);
			const status = await new Promise((resolve) => stream.once('response', (headers) => resolve(headers[':status'])));
			expect([status, await closed]).toEqual([400, constants.NGHTTP2_NO_ERROR]);
		} finally {
			session.destroy();
			await stop();
		}
	});
});

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeScene, type Scene } from '../../attacks/scene.ts';
import { untilBlocked } from '../../support/blocked.ts';
import { contentOf, filesAt, makeDocument, someBytes } from '../../support/files.ts';
import type { TestApi } from '../../support/installation.ts';
import { leaveOpen } from '../../support/open-transaction.ts';
import { makeCertificate } from '../http/certificate.ts';

const { certFile, keyFile } = makeCertificate();
let scene: Scene;
let tls: TestApi;
const sessions: ClientHttp2Session[] = [];

beforeAll(async () => {
	scene = await makeScene();
	tls = await scene.installation.serve({ FIRMSEAL_TLS_CERT: certFile, FIRMSEAL_TLS_KEY: keyFile });
});
afterAll(async () => {
	for (const session of sessions) session.destroy();
	await scene?.installation.close();
});

const newDocument = () => makeDocument(scene.api.ask, scene.north.member);
const plain = () => filesAt(scene.api.url);

function ask(
	method: string,
	path: string,
	settings: object = {},
): { stream: ClientHttp2Stream; closed: Promise<void> } {
	const session = connect(tls.url, { ca: readFileSync(certFile), ...settings });
	session.on('error', () => {});
	sessions.push(session);
	const authorization = `Bearer ${scene.north.member}`;
	const stream = session.request({ ':method': method, ':path': path, authorization }, { endStream: method === 'GET' });
	stream.on('error', () => {});
	return { stream, closed: new Promise((resolve) => stream.once('close', () => resolve())) };
}
const sentOf = async (document: string) =>
	(await scene.entries()).filter(({ action, records }) => action === 'content.send' && records[0] === document);

it.each<[string, (stream: ClientHttp2Stream) => void]>([
	['halfway', (stream) => stream.destroy()],
	['halfway, with an error', (stream) => stream.destroy(new Error('gone'))],
	['with its connection', (stream) => stream.session?.destroy()],
	['after its end, before the response', (stream) => stream.close(8)],
])('an upload without a length that is reset %s leaves no file', async (_, reset) => {
	const document = await newDocument();
	const stored = () => readdirSync(join(scene.installation.directory, 'objects'), { recursive: true }).length;
	const before = stored();
	const { stream, closed } = ask('PUT', contentOf(document));
	stream.write(Buffer.alloc(50_000, 'x'));
	const states = async () =>
		(await scene.admin`select state from stored_objects where document_id = ${document}`).map(({ state }) => state);
	await expect.poll(states).toEqual(['UPLOADING']);
	await expect.poll(stored).toBeGreaterThan(before);
	reset(stream);
	await closed;
	await expect.poll(states).toEqual(['DELETING']);
	expect((await plain().get(scene.north.member, contentOf(document))).status).toBe(404);
});

it('a complete upload is stored, and downloads unchanged', async () => {
	const document = await newDocument();
	const bytes = someBytes(300_000);
	const up = ask('PUT', contentOf(document));
	up.stream.end(bytes);
	up.stream.resume();
	await up.closed;
	const down = ask('GET', contentOf(document));
	const parts: Buffer[] = [];
	down.stream.on('data', (part: Buffer) => parts.push(part));
	await down.closed;
	expect(Buffer.concat(parts).equals(bytes)).toBe(true);
	await expect.poll(() => sentOf(document)).toMatchObject([{ decision: 'ALLOWED', bytes: bytes.length }]);
});

it('a download that turns out to be damaged ends with a stream error', async () => {
	const document = await newDocument();
	await plain().put(scene.north.member, document, someBytes(3_000_000));
	const { data } = await scene.api.ask(scene.north.member, `{ document(id: "${document}") { objectKey } }`);
	const path = join(scene.installation.directory, 'objects', data.document.objectKey);
	const stored = readFileSync(path);
	stored[2_000_000] = (stored[2_000_000] ?? 0) ^ 1;
	writeFileSync(path, stored);
	const { stream, closed } = ask('GET', contentOf(document));
	stream.resume();
	await closed;
	expect(stream.rstCode).toBe(2);
	await expect.poll(() => sentOf(document)).toMatchObject([{ decision: 'FAILED', reason: 'CIPHERTEXT_INVALID' }]);
});

it('the log never records fewer bytes than a reader got before it hung up', async () => {
	const document = await newDocument();
	const size = 262_144;
	await plain().put(scene.north.member, document, someBytes(size));
	const { stream, closed } = ask('GET', contentOf(document), { settings: { initialWindowSize: size - 1 } });
	await expect.poll(() => stream.readableLength).toBe(size - 1);
	const got = stream.readableLength;
	stream.close(8);
	await closed;
	await expect.poll(async () => (await sentOf(document)).length).toBe(1);
	expect((await sentOf(document))[0]?.bytes).toBeGreaterThanOrEqual(got);
});

it('a download that is cancelled during the lookup opens nothing and logs no error', async () => {
	const document = await newDocument();
	await plain().put(scene.north.member, document, someBytes(1_000));
	const [{ login } = { login: '' }] = await scene.admin<{ login: string }[]>`select session_user as login`;
	const release = await leaveOpen(scene.admin, (sql) => sql`lock table documents in access exclusive mode`);
	const before = tls.lines.length;
	const log = () => tls.lines.slice(before).join('');
	const { stream, closed } = ask('GET', contentOf(document));
	await untilBlocked(scene.admin, login);
	stream.close(8);
	await closed;
	await expect.poll(log).toContain('"status":499');
	await release();
	// This one comes later, and takes as many steps to look up.
	const next = ask('GET', contentOf(document));
	next.stream.resume();
	await next.closed;
	await expect.poll(() => sentOf(document)).toMatchObject([{ decision: 'ALLOWED', bytes: 1_000 }]);
	expect(log()).not.toContain('"level":50');
});

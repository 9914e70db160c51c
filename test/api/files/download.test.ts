import { promises, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { SUPERUSER } from '../../../src/database/index.ts';
import { openKeyring } from '../../../src/wiring/index.ts';
import { claimsOf, makeScene, type Scene } from '../../attacks/scene.ts';
import { untilBlocked } from '../../support/blocked.ts';
import { contentOf, filesAt, shareDocument, someBytes } from '../../support/files.ts';
import { filesOf, speak } from './stage.ts';

const SIZE = 200_000;
let scene: Scene;
let document: string;
const bytes = someBytes(SIZE);
let tag: string;
beforeAll(async () => {
	scene = await makeScene();
	document = await put(bytes);
	tag = (await files.get(scene.north.member, contentOf(document))).headers.get('etag') ?? '';
});
afterAll(() => scene?.installation.close());
const { files, newDocument } = filesOf(() => scene);

async function put(content: Uint8Array): Promise<string> {
	const id = await newDocument();
	expect((await files.put(scene.north.member, id, Buffer.from(content))).status).toBe(201);
	return id;
}
const get = (headers: Record<string, string> = {}, of = document) =>
	files.get(scene.north.member, contentOf(of), headers);

describe('a range request', () => {
	it.each([
		['bytes=0-0', 0, 1],
		['bytes=0-99', 0, 100],
		['bytes=16383-16384', 16_383, 16_385],
		['bytes=50000-', 50_000, SIZE],
		['bytes=-1', SIZE - 1, SIZE],
		['bytes=-500000', 0, SIZE],
		['bytes=199999-300000', SIZE - 1, SIZE],
		['bytes=0-199999', 0, SIZE],
		['BYTES=1-2', 1, 3],
	])('returns exactly the bytes of %s', async (range, start, end) => {
		const answer = await get({ range });
		expect(answer.status).toBe(206);
		expect(answer.headers.get('content-range')).toBe(`bytes ${start}-${end - 1}/${SIZE}`);
		expect(answer.headers.get('content-length')).toBe(String(end - start));
		expect(answer.bytes.equals(bytes.subarray(start, end))).toBe(true);
	});

	it('with several ranges returns parts, and merges overlapping ranges', async () => {
		const answer = await get({ range: 'bytes=0-9,100000-100009,100005-100019,-5' });
		expect(answer.status).toBe(206);
		const boundary = /^multipart\/byteranges; boundary=(\w+)$/.exec(answer.headers.get('content-type') ?? '')?.[1];
		expect(answer.headers.get('content-length')).toBe(String(answer.bytes.length));
		const expected = [
			[0, 10],
			[100_000, 100_020],
			[SIZE - 5, SIZE],
		].map(([start = 0, end = 0]) =>
			Buffer.concat([
				Buffer.from(
					`\r\n--${boundary}\r\nContent-Type: application/pdf\r\nContent-Range: bytes ${start}-${end - 1}/${SIZE}\r\n\r\n`,
				),
				bytes.subarray(start, end),
			]),
		);
		expect(answer.bytes.equals(Buffer.concat([...expected, Buffer.from(`\r\n--${boundary}--\r\n`)]))).toBe(true);
	});

	it.each([
		'bytes=',
		'bytes=x',
		'bytes=5-1',
		'items=0-1',
		'0-1',
		'bytes=-',
		`bytes=${'0-0,'.repeat(40)}1-1`,
		'bytes=0-1;2',
	])('with an invalid range returns the whole file: %s', async (range) => {
		const answer = await get({ range });
		expect(answer.status).toBe(200);
		expect(answer.bytes.equals(bytes)).toBe(true);
	});

	it.each(['bytes=200000-', 'bytes=300000-300001', 'bytes=9007199254740991-', 'bytes=-0'])(
		'beyond the end of the file is refused: %s',
		async (range) => {
			const answer = await get({ range });
			expect(answer.status).toBe(416);
			expect(answer.headers.get('content-range')).toBe(`bytes */${SIZE}`);
			expect(answer.bytes).toHaveLength(0);
		},
	);

	it('of an empty file is refused, and a suffix of it is the empty file', async () => {
		const empty = await put(Buffer.alloc(0));
		expect((await get({ range: 'bytes=0-' }, empty)).status).toBe(416);
		const suffix = await get({ range: 'bytes=-1' }, empty);
		expect([suffix.status, suffix.bytes.length]).toEqual([200, 0]);
	});

	it('continues a download only if the file is still the same (If-Range)', async () => {
		const same = await get({ range: 'bytes=10-', 'if-range': tag });
		expect([same.status, same.bytes.length]).toEqual([206, SIZE - 10]);
		const other = await get({ range: 'bytes=10-', 'if-range': '"01980000-0000-7000-8000-000000000000"' });
		expect([other.status, other.bytes.length]).toEqual([200, SIZE]);
		const weak = await get({ range: 'bytes=10-', 'if-range': `W/${tag}` });
		expect(weak.status).toBe(200);
	});
});

describe('a conditional request', () => {
	it.each([(tag_) => tag_, (t: string) => `"x", ${t}`, (t: string) => `W/${t}`, () => '*'] as ((
		t: string,
	) => string)[])('does not resend a file that the caller already has', async (list) => {
		const answer = await get({ 'if-none-match': list(tag) });
		expect([answer.status, answer.bytes.length]).toEqual([304, 0]);
		expect(answer.headers.get('etag')).toBe(tag);
		expect((await scene.entriesOf(answer)).map(({ action }) => action)).toEqual([]);
	});

	it('with another tag gets the file, or a conflict for If-Match', async () => {
		expect((await get({ 'if-none-match': '"x"' })).status).toBe(200);
		expect((await get({ 'if-match': tag })).status).toBe(200);
		const other = await get({ 'if-match': '"x"' });
		expect([other.status, other.json.code]).toEqual([412, 'CONFLICT']);
	});

	it('is checked for the right to read first, so conditions reveal nothing without it', async () => {
		for (const headers of [
			{ 'if-none-match': tag },
			{ 'if-none-match': '*' },
			{ 'if-match': '"x"' },
			{ range: 'bytes=900000-' },
		]) {
			const operator = await files.get(scene.operator, contentOf(document), headers);
			expect([operator.status, operator.json.code]).toEqual([403, 'LEASE_REQUIRED']);
			const foreign = await files.get(scene.harbour.owner, contentOf(document), headers);
			expect([foreign.status, foreign.json.code]).toEqual([404, 'NOT_FOUND']);
		}
	});

	it('by HEAD gets the headers of GET and no body', async () => {
		const head = await files.head(scene.north.member, contentOf(document));
		const whole = await get();
		expect([head.status, head.bytes.length]).toEqual([200, 0]);
		for (const name of [
			'content-length',
			'etag',
			'content-type',
			'content-disposition',
			'accept-ranges',
			'cache-control',
		])
			expect([name, head.headers.get(name)]).toEqual([name, whole.headers.get(name)]);
		expect((await files.head(scene.operator, contentOf(document))).status).toBe(403);
		expect((await files.head(scene.harbour.owner, contentOf(document))).status).toBe(404);
	});
});

describe('the right to download', () => {
	it('one and the same 404 answers for an absent, a foreign and an unshared document', async () => {
		const answers = [
			await files.get(scene.north.member, contentOf('01980000-0000-7000-8000-0000000000ff')),
			await files.get(scene.harbour.owner, contentOf(document)),
			await files.get(scene.north.client, contentOf(document)),
			await files.get(scene.approver, contentOf(document)),
			await files.get(scene.auditor, contentOf(document)),
			await files.get(scene.north.member, contentOf(document, 7)),
			await files.get(scene.north.client, contentOf(document, 1)),
		];
		const shown = ({ status, json: { requestId: _, ...json } }: (typeof answers)[number]) => ({ status, json });
		for (const answer of answers) expect(shown(answer)).toEqual(shown(answers[0] as (typeof answers)[number]));
	});

	it('a portal client reads a document only while it is shared with that client', async () => {
		const shared = await put(Buffer.from('for the client'));
		await shareDocument(scene.api.ask, scene.north.member, scene.north.clientId, shared);
		expect((await files.get(scene.north.client, contentOf(shared))).bytes.toString()).toBe('for the client');
		expect((await files.get(scene.north.client, contentOf(shared, 1))).bytes.toString()).toBe('for the client');
		await scene.api.ask(
			scene.north.member,
			`mutation { unshareWithClient(input: { clientId: "${scene.north.clientId}", subject: { documentId: "${shared}" } }) { client { id } } }`,
		);
		expect((await files.get(scene.north.client, contentOf(shared))).status).toBe(404);
	});

	it('an operator without a lease gets LEASE_REQUIRED, and the denial is logged', async () => {
		const refused = await files.get(scene.operator, contentOf(document));
		expect([refused.status, refused.json.code]).toEqual([403, 'LEASE_REQUIRED']);
		expect(
			(await scene.entriesOf(refused)).map(({ action, reason, coordinates }) => [action, reason, coordinates]),
		).toEqual([['content.deny', 'NO_LEASE', ['Document.content']]]);
		expect((await files.get(null, contentOf(document))).status).toBe(401);
		expect((await files.get(scene.north.member, '/documents/x/content')).status).toBe(400);
		for (const number of ['0', '-1', '1.5', 'x', '1e3'])
			expect((await files.get(scene.north.member, `/documents/${document}/versions/${number}/content`)).status).toBe(
				400,
			);
	});
});

describe('the audit log', () => {
	it('records what was opened before the first byte is sent, and how many bytes were sent', async () => {
		const whole = await get();
		await expect.poll(async () => (await scene.entriesOf(whole)).length).toBe(2);
		const [opened, sent] = await scene.entriesOf(whole);
		const who = { firm: scene.north.id, plane: 'firm', coordinates: ['Document.content'], records: [document] };
		expect(opened).toMatchObject({ ...who, action: 'content.open', keys: [{ class: 'DOCUMENT', version: 1 }] });
		expect(sent).toMatchObject({ ...who, action: 'content.send', decision: 'ALLOWED', bytes: SIZE, v: 3 });
		expect(opened?.actor.user).toBe(claimsOf(scene.north.member).sub);
		const part = await get({ range: 'bytes=0-99,-100' });
		await expect.poll(async () => (await scene.entriesOf(part)).at(-1)?.bytes).toBe(200);
		const version = await files.get(scene.north.member, contentOf(document, 1));
		await expect
			.poll(async () => (await scene.entriesOf(version)).at(-1))
			.toMatchObject({
				action: 'content.send',
				coordinates: ['DocumentVersion.content'],
				records: [tag.slice(1, -1)],
			});
	});

	it('records how much a disconnected reader had received', async () => {
		const large = await put(someBytes(30_000_000));
		const { socket } = speak(scene.api.url, `GET ${contentOf(large)}`, scene.north.member);
		await new Promise((resolve) => socket.once('data', resolve));
		socket.pause();
		socket.resetAndDestroy();
		const sent = async () =>
			(await scene.entries()).filter(({ action, records }) => action === 'content.send' && records[0] === large);
		await expect.poll(async () => (await sent()).length).toBe(1);
		const [entry] = await sent();
		expect(entry).toMatchObject({ decision: 'FAILED', reason: 'CUT' });
		expect(entry?.bytes).toBeLessThan(30_000_000);
	});

	it('must be writable before anything is sent', async () => {
		await scene.admin`alter table audit_entries rename to audit_entries_away`;
		const closed = await get();
		await scene.admin`alter table audit_entries_away rename to audit_entries`;
		expect([closed.status, closed.json.code]).toEqual([503, 'AUDIT_UNAVAILABLE']);
	});
});

describe('a changed object', () => {
	const objectOf = async (id: string): Promise<string> => {
		const { data } = await scene.api.ask(scene.north.member, `{ document(id: "${id}") { objectKey } }`);
		return join(scene.installation.directory, 'objects', data.document.objectKey);
	};
	const CHUNK = 16_400;
	const flipped = (at: number) => (stored: Buffer) => {
		const copy = Buffer.from(stored);
		copy[at < 0 ? stored.length + at : at] = (copy.at(at) ?? 0) ^ 1;
		return copy;
	};

	it.each<[string, (stored: Buffer) => Buffer]>([
		['a bit of its header', flipped(0)],
		['its key version', flipped(11)],
		['its firm', flipped(12)],
		['its salt', flipped(20)],
		['its commitment', flipped(50)],
		['its last chunk', flipped(-20)],
		['its last tag', flipped(-1)],
		['cut by a byte', (stored) => stored.subarray(0, -1)],
		['cut by its last chunk', (stored) => stored.subarray(0, stored.length - ((stored.length - 72) % CHUNK))],
		['cut to its header', (stored) => stored.subarray(0, 16)],
		['emptied', () => Buffer.alloc(0)],
		['longer by a byte', (stored) => Buffer.concat([stored, Buffer.alloc(1)])],
		['longer by a chunk', (stored) => Buffer.concat([stored, stored.subarray(-CHUNK)])],
	])('is refused before any byte of it is sent: %s', async (_, change) => {
		const id = await put(someBytes(100_000));
		const path = await objectOf(id);
		writeFileSync(path, change(readFileSync(path)));
		for (const ask of [
			() => get({}, id),
			() => get({ range: 'bytes=0-9' }, id),
			() => get({ range: 'bytes=-9' }, id),
		]) {
			const answer = await ask();
			expect([answer.status, answer.json.code]).toEqual([422, 'CIPHERTEXT_INVALID']);
			expect((await scene.entriesOf(answer)).map(({ action, reason }) => [action, reason])).toContainEqual([
				'content.fail',
				'CIPHERTEXT_INVALID',
			]);
		}
		expect((await files.head(scene.north.member, contentOf(id))).status).toBe(422);
		expect(
			scene.api.lines.some(
				(line) => line.includes('stored values could not be opened') && line.includes('CIPHERTEXT_INVALID'),
			),
		).toBe(true);
	});

	/** According to the metrics. */
	const failedOf = async () => {
		const text = await (await fetch(`${scene.api.url}/metrics`)).text();
		return Number(/^firmseal_content_values_total\{outcome="failed",class="DOCUMENT"\} (\d+)$/m.exec(text)?.[1] ?? 0);
	};

	it('if damaged in the middle, is sent up to the damage, then cut off and reported', async () => {
		const content = someBytes(1_000_000);
		const id = await put(content);
		const path = await objectOf(id);
		const bad = 40;
		writeFileSync(path, flipped(72 + bad * CHUNK + 5)(readFileSync(path)));
		const failed = await failedOf();
		const parts: Buffer[] = [];
		const { socket, closed } = speak(scene.api.url, `GET ${contentOf(id)}`, scene.north.member);
		socket.on('data', (part) => parts.push(part));
		await closed;
		const whole = Buffer.concat(parts);
		const body = whole.subarray(whole.indexOf('\r\n\r\n') + 4);
		expect(body.length).toBeLessThanOrEqual(bad * 16_384);
		expect(body.equals(content.subarray(0, body.length))).toBe(true);
		const ofFile = async () =>
			(await scene.entries()).filter(
				({ coordinates, records }) => coordinates[0] === 'Document.content' && records[0] === id,
			);
		await expect.poll(async () => (await ofFile()).length).toBe(3);
		const entries = await ofFile();
		expect(entries).toMatchObject([
			{ action: 'content.open', decision: 'ALLOWED' },
			{ action: 'content.fail', decision: 'FAILED', reason: 'CIPHERTEXT_INVALID', coordinates: ['Document.content'] },
			{ action: 'content.send', decision: 'FAILED', reason: 'CIPHERTEXT_INVALID', bytes: body.length },
		]);
		expect(await failedOf()).toBe(failed + 1);
		const said = scene.api.lines.filter((line) => line.includes('stored values could not be opened'));
		expect(said.filter((line) => line.includes(`"requestId":"${entries[0]?.request}"`))).toHaveLength(1);
		// The undamaged part can still be read.
		const before = await get({ range: `bytes=0-${bad * 16_384 - 1}` }, id);
		expect(before.bytes.equals(content.subarray(0, bad * 16_384))).toBe(true);
	});

	it.each(['another document’s', 'an older version’s'])(
		'if replaced by %s of the same firm, is refused',
		async (which) => {
			const id = await put(someBytes(50_000));
			const older = await objectOf(id);
			const other = which === 'another document’s' ? await objectOf(await put(someBytes(50_000))) : older;
			await files.put(scene.north.member, id, someBytes(50_000));
			const latest = await objectOf(id);
			writeFileSync(latest, readFileSync(other));
			expect((await get({}, id)).status).toBe(422);
		},
	);

	it('if removed together with its document, is not reported as damaged', async () => {
		const id = await put(someBytes(50_000));
		const path = await objectOf(id);
		// Its key is not cached. It waits when it knows which file it is, but not yet where that file is stored.
		const api = await scene.installation.serve();
		await api.ask(scene.north.member, '{ viewer { __typename } }');
		const answer = await scene.admin.begin(async (sql) => {
			await sql`lock table data_keys in access exclusive mode`;
			const asked = filesAt(api.url).get(scene.north.member, contentOf(id));
			await untilBlocked(scene.admin, SUPERUSER);
			rmSync(path);
			await sql`delete from document_versions where document_id = ${id}`;
			await sql`delete from documents where id = ${id}`;
			return { asked };
		});
		expect(await answer.asked).toMatchObject({ status: 404, json: { code: 'NOT_FOUND' } });
		expect(api.lines.join('')).not.toContain('stored values could not be opened');
		expect((await scene.entriesOf(await answer.asked)).map(({ action }) => action)).not.toContain('content.fail');
		await api.stop();
	});

	it('if removed with its document after its length was read, is not reported as damaged', async () => {
		const id = await put(someBytes(50_000));
		const path = await objectOf(id);
		// The first open measures the object and closes it; the second reads it.
		const { open } = promises;
		let opened = 0;
		const opening = vi.spyOn(promises, 'open').mockImplementation(async (...asked) => {
			if (asked[0] === path && ++opened === 2) {
				await scene.admin`delete from document_versions where document_id = ${id}`;
				await scene.admin`delete from documents where id = ${id}`;
				rmSync(path);
			}
			return open(...asked);
		});
		syncBuiltinESMExports();
		onTestFinished(() => {
			opening.mockRestore();
			syncBuiltinESMExports();
		});
		expect(await get({}, id)).toMatchObject({ status: 404, json: { code: 'NOT_FOUND' } });
	});

	it('is refused if its length differs from the row’s', async () => {
		const id = await put(someBytes(50_000));
		await scene.admin`update documents set byte_size = 49999 where id = ${id}`;
		expect((await get({}, id)).status).toBe(422);
	});

	it('is refused if the row holds another document’s object name', async () => {
		const [id, other] = [await put(someBytes(50_000)), await put(someBytes(50_000))];
		await scene.admin`update documents set object_key = (select object_key from documents where id = ${other}) where id = ${id}`;
		expect((await get({}, id)).status).toBe(422);
	});
});

describe('a disabled key', () => {
	it('blocks downloads, and cuts off those in progress', async () => {
		const id = await newDocument({}, scene.harbour);
		await files.put(scene.harbour.member, id, someBytes(60_000_000));
		const keyring = await openKeyring(scene.installation.config, 'worker');
		let [received, isRefused] = [0, false];
		const { socket, closed } = speak(scene.api.url, `GET ${contentOf(id)}`, scene.harbour.member);
		const begun = Promise.withResolvers<void>();
		socket.on('data', (part) => {
			received += part.length;
			// It reads no further until the key is refused.
			if (isRefused || received < 1_000_000) return;
			socket.pause();
			begun.resolve();
		});
		await begun.promise;
		await keyring.disableKey(scene.harbour.id);
		// The key of one class is not cached. The refusal closes the cached ones.
		const refused = await scene.api.ask(
			scene.harbour.member,
			'mutation { createNote(input: { title: "x" }) { note { id } } }',
		);
		expect(refused.errors[0]?.extensions.code).toBe('KEY_UNAVAILABLE');
		expect((await files.get(scene.harbour.member, contentOf(id))).status).toBe(503);
		isRefused = true;
		socket.resume();
		await closed;
		await keyring.enableKey(scene.harbour.id);
		expect(received).toBeLessThan(60_000_000);
	});
});

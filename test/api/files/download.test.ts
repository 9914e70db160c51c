import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimsOf, makeScene, type Scene } from '../../attacks/scene.ts';
import { contentOf, shareDocument, someBytes } from '../../support/files.ts';
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
const { files, putDocument: put } = filesOf(() => scene);
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

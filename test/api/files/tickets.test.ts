import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimsOf, makeScene, type Person, type Scene } from '../../attacks/scene.ts';
import { filesAt, shareDocument } from '../../support/files.ts';
import { filesOf } from './stage.ts';

let scene: Scene;
let document: string;
beforeAll(async () => {
	scene = await makeScene();
	document = await newDocument();
	await files.put(scene.north.member, document, 'first');
	await files.put(scene.north.member, document, 'second');
	await shareDocument(scene.api.ask, scene.north.member, scene.north.clientId, document);
});
afterAll(() => scene?.installation.close());
const { files, newDocument } = filesOf(() => scene);

const CREATE = 'mutation ($input: CreateDownloadInput!) { createDownload(input: $input) { path } }';
const ask = (token: Person, input: object = {}) =>
	scene.api.ask(token, CREATE, { input: { documentId: document, ...input } });
const newTicket = async (token = scene.north.member, input: object = {}): Promise<string> => {
	const { data, text } = await ask(token, input);
	if (!data?.createDownload) throw new Error(text);
	return data.createDownload.path;
};
const expectGone = async (path: string) => {
	const answer = await files.get(null, path);
	expect([answer.status, answer.json.code]).toEqual([404, 'NOT_FOUND']);
};

describe('a download ticket', () => {
	it('returns the file once, without a token, in its maker’s name', async () => {
		const path = await newTicket();
		expect(path).toMatch(/^\/downloads\/[A-Za-z0-9_-]{64}$/);
		const answer = await files.get(null, path);
		expect([answer.status, answer.bytes.toString()]).toEqual([200, 'second']);
		expect(answer.headers.get('content-disposition')).toContain('deed.pdf');
		await expectGone(path);
		await expect
			.poll(async () => (await scene.entriesOf(answer)).map(({ action }) => action))
			.toEqual(['content.open', 'content.send']);
		for (const entry of await scene.entriesOf(answer)) expect(entry.actor.user).toBe(claimsOf(scene.north.member).sub);
	});

	it('is not consumed by a HEAD request, which is not served', async () => {
		const path = await newTicket();
		const looked = await files.head(null, path);
		expect([looked.status, looked.headers.get('etag'), looked.headers.get('content-disposition')]).toEqual([
			405,
			null,
			null,
		]);
		expect(await scene.entriesOf(looked)).toEqual([]);
		const answer = await files.get(null, path);
		expect([answer.status, answer.bytes.toString()]).toEqual([200, 'second']);
		await expectGone(path);
	});

	it('returns the version that it names', async () => {
		expect((await files.get(null, await newTicket(scene.north.member, { number: 1 }))).bytes.toString()).toBe('first');
	});

	it('is logged when it is made', async () => {
		const answer = await ask(scene.north.owner, { number: 1 });
		const [entry] = await scene.entriesOf(answer);
		expect(entry).toMatchObject({
			action: 'download.create',
			coordinates: ['DocumentVersion.content'],
			firm: scene.north.id,
		});
	});

	it('serves only one of a hundred requests at once', async () => {
		const path = await newTicket();
		const answers = await Promise.all(Array.from({ length: 100 }, () => files.get(null, path)));
		// A request may also be refused because too many are running.
		const others = answers.map(({ status }) => status).filter((status) => status !== 404 && status !== 429);
		expect(others).toEqual([200]);
	});

	it('expires after a minute, by the database’s clock', async () => {
		const path = await newTicket();
		const [row] =
			await scene.admin`select extract(epoch from expires_at - now())::float8 as left from download_tickets order by expires_at desc limit 1`;
		expect(row?.left).toBeGreaterThan(50);
		expect(row?.left).toBeLessThanOrEqual(60);
		await scene.admin`update download_tickets set expires_at = clock_timestamp() - interval '1 ms'`;
		await expectGone(path);
	});

	it.each(['x', '', 'A'.repeat(64), 'A'.repeat(63), `${'A'.repeat(63)}!`, '../health/live', 'A'.repeat(5_000)])(
		'is refused if it is malformed or unknown: %s',
		async (text) => {
			const answer = await files.get(null, `/downloads/${encodeURIComponent(text)}`);
			expect([404, 414, 431]).toContain(answer.status);
			expect(answer.bytes.toString()).not.toContain('second');
		},
	);

	it('ends with all sessions of its maker', async () => {
		const path = await newTicket(scene.north.owner);
		await scene.api.ask(scene.north.owner, 'mutation { signOutEverywhere { userId } }');
		const answer = await files.get(null, path);
		expect([answer.status, answer.json.code]).toEqual([401, 'UNAUTHENTICATED']);
		await scene.admin`update users set sessions_ended_at = null`;
		await expectGone(path);
	});

	it('is stored only as a hash', async () => {
		const path = await newTicket();
		const ticket = Buffer.from(path.split('/').at(-1) ?? '', 'base64url');
		const rows = await scene.admin`select * from download_tickets`;
		expect(
			JSON.stringify(
				rows.map((row) => Object.values(row).map((value) => (Buffer.isBuffer(value) ? value.toString('hex') : value))),
			),
		).not.toContain(ticket.toString('hex'));
		const hash = createHash('sha256').update(ticket).digest();
		expect(rows.some((row) => Buffer.from(row.hash).equals(hash))).toBe(true);
	});
});

describe('the right to use tickets', () => {
	it('only a firm’s people can make one, for documents that they see', async () => {
		for (const who of [scene.operator, scene.approver, scene.auditor])
			expect((await ask(who)).errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
		for (const input of [{ documentId: '01980000-0000-7000-8000-0000000000ff' }, { number: 9 }])
			expect((await ask(scene.north.member, input)).errors[0]?.extensions.code).toBe('NOT_FOUND');
		expect((await ask(scene.harbour.owner)).errors[0]?.extensions.code).toBe('NOT_FOUND');
		const empty = await newDocument();
		expect((await ask(scene.north.member, { documentId: empty })).errors[0]?.extensions.code).toBe('NOT_FOUND');
	});

	it('a portal client can use one only while the document is shared', async () => {
		expect((await files.get(null, await newTicket(scene.north.client))).bytes.toString()).toBe('second');
		const late = await newTicket(scene.north.client);
		const share = `input: { clientId: "${scene.north.clientId}", subject: { documentId: "${document}" } }`;
		await scene.api.ask(scene.north.member, `mutation { unshareWithClient(${share}) { client { id } } }`);
		await expectGone(late);
		expect((await ask(scene.north.client)).errors[0]?.extensions.code).toBe('NOT_FOUND');
		await scene.api.ask(scene.north.member, `mutation { shareWithClient(${share}) { client { id } } }`);
	});

	it('a removed member’s tickets are refused, also after they join another firm', async () => {
		const { addMember } = scene.installation;
		const who = { email: 'leaver@north.example', subject: uuidv7() };
		const { id, person } = await addMember(scene.north.owner, who);
		const [path, another] = [await newTicket(person), await newTicket(person)];
		await scene.api.ask(scene.north.owner, `mutation { removeMember(input: { userId: "${id}" }) { user { id } } }`);
		const answer = await files.get(null, path);
		expect([answer.status, answer.json.code]).toEqual([403, 'FORBIDDEN']);
		// The ticket does not become valid again if the person rejoins, in any firm.
		await addMember(scene.harbour.owner, who);
		expect((await files.get(null, another)).status).toBe(404);
	});

	it('the operator plane serves no tickets', async () => {
		const operators = await scene.installation.serve({ FIRMSEAL_PLANE: 'operator' });
		const path = await newTicket();
		expect((await filesAt(operators.url).get(null, path)).status).toBe(404);
		expect((await files.get(null, path)).status).toBe(200);
	});
});

describe('a ticket that was forged or changed by SQL is refused, and the refusal is logged', () => {
	const forge = async (change: (hash: Buffer) => Promise<unknown>) => {
		const path = await newTicket();
		const hash = createHash('sha256')
			.update(Buffer.from(path.split('/').at(-1) ?? '', 'base64url'))
			.digest();
		await change(hash);
		const answer = await files.get(null, path);
		expect([answer.status, answer.json.code]).toEqual([403, 'FORBIDDEN']);
		expect(answer.bytes.toString()).not.toContain('second');
		expect((await scene.entriesOf(answer)).map(({ action }) => action)).toEqual(['rights.refuse']);
	};

	it.each<[string, (hash: Buffer) => Promise<unknown>]>([
		[
			'another user',
			(hash) =>
				scene.admin`update download_tickets set user_id = ${claimsOf(scene.north.owner).sub} where hash = ${hash}`,
		],
		[
			'a later end',
			(hash) =>
				scene.admin`update download_tickets set expires_at = expires_at + interval '1 day' where hash = ${hash}`,
		],
		[
			'another document',
			(hash) => scene.admin`update download_tickets set document_id = gen_random_uuid() where hash = ${hash}`,
		],
		[
			'the latest instead of a version',
			(hash) => scene.admin`update download_tickets set version_id = gen_random_uuid() where hash = ${hash}`,
		],
		[
			'a made-up proof',
			(hash) => scene.admin`update download_tickets set mac = ${Buffer.alloc(36, 1)} where hash = ${hash}`,
		],
	])('%s', (_, change) => forge(change));
});

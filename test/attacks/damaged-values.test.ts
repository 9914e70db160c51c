import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeScene, NOTE, type Scene } from './scene.ts';

let scene: Scene;
beforeAll(async () => {
	scene = await makeScene();
});
afterAll(() => scene?.installation.close());

const read = (id: string) => scene.api.ask(scene.north.member, NOTE, { id });

async function sealedOf(id: string, column: 'title' | 'body'): Promise<Buffer> {
	const [row] = await scene.admin`select ${scene.admin(column)} as value from notes where id = ${id}`;
	return Buffer.from(row?.value);
}

async function store(id: string, column: 'title' | 'body', value: Buffer): Promise<void> {
	await scene.admin`update notes set ${scene.admin(column)} = ${value} where id = ${id}`;
}

function flipped(value: Buffer, at: number): Buffer {
	const changed = Buffer.from(value);
	changed.writeUInt8((value.at(at) ?? 0) ^ 1, at < 0 ? value.length + at : at);
	return changed;
}

/** The value is refused with its path; the rest of the note is served; the log says so. */
async function expectClosed(id: string, body: string | null = 'whole'): Promise<void> {
	const lines = scene.api.lines.length;
	const answer = await read(id);
	expect(answer.status).toBe(200);
	expect(answer.data.note).toMatchObject({ id, title: null, body });
	expect(answer.errors).toEqual([
		{
			message: expect.any(String),
			path: ['note', 'title'],
			locations: expect.any(Array),
			extensions: { code: 'CIPHERTEXT_INVALID' },
		},
	]);
	const entries = await scene.entriesOf(answer);
	expect(entries.filter(({ action }) => action === 'content.fail')).toMatchObject([
		{
			decision: 'FAILED',
			reason: 'CIPHERTEXT_INVALID',
			firm: scene.north.id,
			coordinates: ['Note.title'],
			records: [id],
		},
	]);
	const alerts = scene.api.lines
		.slice(lines)
		.map((line) => JSON.parse(line))
		.filter(({ level }) => level >= 50);
	expect(alerts).toMatchObject([
		{ code: 'CIPHERTEXT_INVALID', firm: scene.north.id, count: 1, requestId: answer.headers.get('x-request-id') },
	]);
}

describe('a value that a database administrator has changed', () => {
	// Bytes 0 and 1 and the firm tag are held by the database itself, superuser or not.
	it.each([
		['the version of its key', 5],
		['its nonce', 10],
		['its first byte of ciphertext', 22],
		['its padding', 60],
		['its tag', -1],
	])('by one bit of %s does not open; the rest is served', async (_, at) => {
		const id = await scene.write({ title: 'damaged-marker', body: 'whole' });
		await store(id, 'title', flipped(await sealedOf(id, 'title'), at));
		await expectClosed(id);
	});

	it('to another row’s value does not open', async () => {
		const [from, to] = [
			await scene.write({ title: 'copied-marker' }),
			await scene.write({ title: 'victim', body: 'whole' }),
		];
		await store(to, 'title', await sealedOf(from, 'title'));
		await expectClosed(to);
	});

	it('from the body to the title of its own row does not open', async () => {
		const id = await scene.write({ title: 'short', body: 'whole' });
		await store(id, 'title', await sealedOf(id, 'body'));
		await expectClosed(id);
	});

	it('to another firm’s value with its own firm tag does not open', async () => {
		const id = await scene.write({ title: 'ours', body: 'whole' });
		const theirs = await sealedOf(await scene.write({ title: 'theirs' }, scene.harbour), 'title');
		theirs.set((await sealedOf(id, 'title')).subarray(6, 10), 6);
		await store(id, 'title', theirs);
		await expectClosed(id);
	});

	it('to a version of the key that never was does not open', async () => {
		const id = await scene.write({ title: 'tomorrow', body: 'whole' });
		const value = await sealedOf(id, 'title');
		value.writeUInt32BE(4_000_000_000, 2);
		await store(id, 'title', value);
		await expectClosed(id);
	});

	it.each([
		['version 0 of the key', (value: Buffer) => value.fill(0, 2, 6)],
		['all zeroes after the header', (value: Buffer) => value.fill(0, 10)],
		['the shortest envelope there is', (value: Buffer) => value.subarray(0, 39)],
	])('to %s does not open', async (_, change) => {
		const id = await scene.write({ title: 'shape', body: 'whole' });
		await store(id, 'title', change(await sealedOf(id, 'title')));
		await expectClosed(id);
	});

	it('back to the row’s own older value DOES open: a named limit, found by the log and not by the envelope', async () => {
		const id = await scene.write({ title: 'older', body: null });
		const old = await sealedOf(id, 'title');
		const update = `mutation { updateNote(input: { id: "${id}", expectedRevision: 1, title: "newer" }) { note { title } } }`;
		expect((await scene.api.ask(scene.north.member, update)).data.updateNote.note.title).toBe('newer');
		await store(id, 'title', old);
		const answer = await read(id);
		expect(answer.errors).toEqual([]);
		expect(answer.data.note).toMatchObject({ title: 'older', revision: 2 });
	});
});

describe('plaintext and foreign values by SQL', () => {
	it.each([
		['text', Buffer.from('plain text that is longer than an envelope has to be')],
		['nothing', Buffer.alloc(0)],
		['another suite', Buffer.concat([Buffer.from([0xf5, 2]), Buffer.alloc(60)])],
		['an envelope without a firm tag', Buffer.concat([Buffer.from([0xf5, 1, 0, 0, 0, 1]), Buffer.alloc(60)])],
	])('%s is refused by the database, the superuser’s too', async (_, value) => {
		const id = await scene.write({ title: 'kept' });
		await expect(store(id, 'title', value)).rejects.toMatchObject({ code: '23514' });
		expect((await read(id)).data.note.title).toBe('kept');
	});

	it('another firm’s value is refused', async () => {
		const [ours, theirs] = [
			await scene.write({ title: 'ours' }),
			await scene.write({ title: 'theirs' }, scene.harbour),
		];
		await expect(store(ours, 'title', await sealedOf(theirs, 'title'))).rejects.toMatchObject({ code: '23514' });
	});
});

describe('more than twenty damaged values', () => {
	it('are null, all of them, with twenty errors; the log names every one', async () => {
		const ids: string[] = [];
		for (let n = 0; n < 30; n++)
			ids.push(await scene.write({ title: `many-marker ${n}`, body: 'whole' }, scene.harbour));
		await scene.admin`update notes set title = set_byte(title, 30, get_byte(title, 30) # 1) where id = any (${ids})`;
		const answer = await scene.api.ask(scene.harbour.member, '{ notes(first: 100) { nodes { id title body } } }');
		const nodes = answer.data.notes.nodes.filter(({ id }: { id: string }) => ids.includes(id));
		expect(nodes).toHaveLength(30);
		for (const node of nodes) expect(node).toMatchObject({ title: null, body: 'whole' });
		expect(answer.errors).toHaveLength(20);
		expect(new Set(answer.errors.map(({ extensions }) => extensions.code))).toEqual(new Set(['CIPHERTEXT_INVALID']));
		expect(new Set(answer.errors.map(({ path }) => path?.join())).size).toBe(20);
		const failed = (await scene.entriesOf(answer)).filter(({ action }) => action === 'content.fail');
		expect(failed.flatMap(({ records }) => records).sort()).toEqual(ids.sort());
	});

	it('and none of it left a value, or a piece of ciphertext, in an answer or a log line', () => {
		expect(scene.api.lines.join('')).not.toMatch(/marker|victim|f501/);
	});
});

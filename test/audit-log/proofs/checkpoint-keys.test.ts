import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyCheckpoint } from '../../../src/audit/verify/index.ts';
import { parseVerifierKey } from '../../../src/audit/verify/log.ts';
import { makeScene, type Scene } from '../../attacks/scene.ts';
import type { TestWorker } from '../../support/installation.ts';
import { watchStatements } from '../../support/watch-statements.ts';
import { NIL } from './log-scene.ts';

let scene: Scene;
beforeAll(async () => {
	scene = await makeScene({ FIRMSEAL_OPERATOR_PROOF: 'off' });
});
afterAll(() => scene?.installation.close());

const ask = (search = '', init: RequestInit = {}, url = scene.api.url) =>
	fetch(`${url}/.well-known/firmseal/checkpoint-key${search}`, init);

describe('before anything is published', () => {
	it('there is no key', async () => {
		const answer = await ask();
		const problem = (await answer.json()) as { code: string; detail: string };
		expect([answer.status, answer.headers.get('content-type'), problem.code]).toEqual([
			404,
			'application/problem+json; charset=utf-8',
			'NOT_FOUND',
		]);
		expect(problem.detail).toContain('published');
		expect(answer.headers.get('cache-control')).toBe('no-store');
	});
});

describe('once the log is published', () => {
	let worker: TestWorker;
	let api: { url: string };
	beforeAll(async () => {
		worker = await scene.installation.startWorker();
		await worker.publishLog();
		// A server without a cache from before.
		api = await scene.installation.serve();
	});

	it('anyone can get the keys as text, which caches may store for a minute', async () => {
		const answer = await ask('', {}, api.url);
		expect(answer.status).toBe(200);
		expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
		expect(answer.headers.get('cache-control')).toBe('public, max-age=60');
		expect(await answer.text()).toMatch(/^localhost\/firmseal\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+\n$/);
		const head = await ask('', { method: 'HEAD' }, api.url);
		expect([head.status, await head.text()]).toEqual([200, '']);
	});

	it('they verify what is signed, for each tree under its own name', async () => {
		for (const [search, firmId] of [
			['', 'null'],
			[`?firm=${scene.north.id}`, `"${scene.north.id}"`],
			[`?firm=${NIL}`, `"${NIL}"`],
		]) {
			const vkey = (await (await ask(search, {}, api.url)).text()).trim();
			const query = `{ auditCheckpoint(firmId: ${firmId}) { note origin } }`;
			const { data } = await scene.api.ask(scene.auditor, query);
			const { origin } = await verifyCheckpoint(data.auditCheckpoint.note, vkey);
			expect(origin).toBe(data.auditCheckpoint.origin);
		}
	});

	it('an unknown firm gets them too, so no one learns which firms exist', async () => {
		const firm = uuidv7();
		const answer = await ask(`?firm=${firm}`, {}, api.url);
		const [id, key] = [(await answer.text()).split('+'), (await (await ask('', {}, api.url)).text()).split('+')];
		expect([answer.status, id[0], id.slice(2)]).toEqual([200, `localhost/firmseal/${firm}`, key.slice(2)]);
		expect(id[1]).not.toBe(key[1]);
	});

	it.each([
		['nothing', '?firm='],
		['a word', '?firm=north'],
		['another version', '?firm=7d444840-9dc0-41d1-b245-5ffdce74fad2'],
		['upper case', `?firm=${'01990000-0000-7000-8000-00000000000a'.toUpperCase()}`],
		['two', `?firm=${NIL}&firm=${NIL}`],
		['a path', '?firm=../../x'],
		['a line', `?firm=${NIL}%0A`],
	])('%s for a firm is refused', async (_, search) => {
		const answer = await ask(search, {}, api.url);
		const problem = (await answer.json()) as { code: string };
		expect([answer.status, problem.code]).toEqual([400, 'BAD_USER_INPUT']);
	});

	it('those of a firm’s key log have its origin, so that a checkpoint of one tree never passes for another', async () => {
		const answer = await ask(`?firm=${scene.north.id}&log=keys`, {}, api.url);
		const vkey = (await answer.text()).trim();
		expect([answer.status, vkey.split('+')[0]]).toEqual([200, `localhost/firmseal/${scene.north.id}/keys`]);
		expect((await parseVerifierKey(vkey)).id).toMatch(/^[0-9a-f]{8}$/);
	});

	it.each([
		['another log', `?firm=${NIL}&log=audit`],
		['the log of no firm', `?firm=${NIL}&log=keys`],
		['the log without a firm', '?log=keys'],
		['two logs', `?firm=${uuidv7()}&log=keys&log=keys`],
	])('%s is refused', async (_, search) => {
		const answer = await ask(search, {}, api.url);
		const problem = (await answer.json()) as { code: string; detail: string };
		expect([answer.status, problem.code]).toEqual([400, 'BAD_USER_INPUT']);
		expect(problem.detail).toContain('The parameter log');
	});

	it('they are read once for all requests within seconds', async () => {
		const { url } = await scene.installation.serve();
		const watch = watchStatements();
		try {
			const searches = Array.from({ length: 30 }, (_, at) => (at % 2 === 0 ? '' : `?firm=${uuidv7()}`));
			const answers = await Promise.all(searches.map((search) => ask(search, {}, url)));
			expect(answers.map(({ status }) => status)).toEqual(searches.map(() => 200));
			// The leader's own statement reads only the newest signer.
			const read = watch.take().filter((text) => text.includes('newest_root'));
			expect(read).toHaveLength(1);
		} finally {
			watch.end();
		}
	});

	it('the newest key is first, followed by the earlier ones', async () => {
		await worker.stop();
		const [{ size } = { size: 0 }] = await scene.admin`select max(size)::int as size from audit_root_checkpoints`;
		const key = `localhost/firmseal+00000000+${Buffer.concat([Buffer.of(1), Buffer.alloc(32, 0xfb)]).toString('base64')}`;
		const leaf = JSON.stringify({ at: '2026-01-01T00:00:00.000Z', key, kind: 'signer', v: 1 });
		await scene.admin`insert into audit_root_leaves (index, kind, leaf, hashes)
			values (${size}, 'SIGNER', ${leaf}, ${Buffer.alloc(32)})`;
		const linesAt = async (url: string, search = '') =>
			(await (await ask(search, {}, url)).text()).split('\n').slice(0, -1);
		const unsigned = await scene.installation.serve();
		expect(await linesAt(unsigned.url)).toHaveLength(1);
		await scene.admin`insert into audit_root_checkpoints (size, note) values (${size + 1}, 'a note')`;
		const signed = await scene.installation.serve({ FIRMSEAL_PLANE: 'operator' });
		const lines = await linesAt(signed.url);
		expect([lines.length, lines[0]]).toEqual([2, key]);
		const ofFirm = await linesAt(signed.url, `?firm=${scene.north.id}`);
		expect(ofFirm.map((line) => line.split('+').slice(2))).toEqual(lines.map((line) => line.split('+').slice(2)));
	});

	it('they are read through an index, however many leaves there are', async () => {
		await scene.admin`set enable_seqscan = off`;
		const rows =
			await scene.admin`explain select leaf from audit_root_leaves where kind = 'SIGNER' order by index desc limit 100`;
		expect(JSON.stringify(rows)).toContain('audit_root_leaves_of_log');
		await scene.admin`set enable_seqscan = on`;
	});
});

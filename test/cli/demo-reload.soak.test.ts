import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FIRMS } from '../../examples/demo/firms.ts';
import { makeInstallation, type TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { endAll, firmsealJson, launch, MAIN, spawned } from '../system/program.ts';
import { countsOf, LOADED, SHARES, TABLES } from './demo-loaded.ts';

describe('the demo, loaded over existing data', () => {
	let installation: TestInstallation;

	beforeAll(async () => {
		installation = await makeInstallation(embedded);
	});
	afterEach(endAll);
	afterAll(() => installation?.close());

	it('resumes a load that was killed', async () => {
		const killed = launch(installation.env, process.execPath, [MAIN, 'demo']);
		await killed.saw(/Demo of northgate: /);
		killed.kill('SIGKILL');
		await killed.ended;
		const before = await countsOf(installation, 'northgate');
		expect(before.notes).toBeGreaterThan(0);
		expect(before.messages).toBeLessThan(150);
		expect(await spawned(installation.env, 'demo')).toMatchObject({ code: 0 });
		for (const { slug } of FIRMS)
			expect(await countsOf(installation, slug)).toMatchObject({ messages: 150, notes: 25, shares: SHARES / 2 });
		const [total] = await installation.admin`
			select count(*)::int as n, count(distinct (thread_id, created_at, id))::int as ids from messages`;
		expect(total).toEqual({ n: LOADED.Message, ids: LOADED.Message });
	});

	it('adds all missing records', async () => {
		const { admin } = installation;
		// The portal users belong to clients.
		const kept = ['notes', 'clients'];
		for (const table of ['shares', 'comments', ...TABLES.toReversed()].filter((name) => !kept.includes(name)))
			await admin`delete from ${admin(table)}`;
		const { Note: _, Client: __, ...others } = LOADED;
		expect(await firmsealJson(installation.env, 'demo')).toMatchObject({
			code: 0,
			ok: true,
			result: { written: others },
		});
		const portal = await admin`
			select c.name from memberships m join clients c on c.id = m.client_id where m.role = 'CLIENT' order by c.name`;
		expect(portal.map(({ name }) => name)).toEqual(FIRMS.map(({ clients }) => clients[0]).toSorted());
		const api = await installation.serve();
		const token = await installation.person('client@harbour.example');
		const { data, errors } = await api.ask(token, '{ viewer { client { name } } threads { totalCount } }');
		expect(errors).toEqual([]);
		expect(data).toEqual({ viewer: { client: { name: 'Lindqvist Bakeries' } }, threads: { totalCount: 3 } });
	});
});

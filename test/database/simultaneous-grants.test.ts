import postgres from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { prepareDatabase, refuseOtherMigrationsAt } from '../../src/database/index.ts';
import { untilBlocked } from '../support/blocked.ts';
import { servers } from '../support/both-servers.ts';

const PASSWORD = 'only-for-tests';

describe.each(servers)('two sessions that make the administrator a member of firmseal_owner, on $name', ({ url }) => {
	it('do it one after the other, and the second still reads the records of migrations', async () => {
		const id = uuidv7().replaceAll('-', '');
		const [database, admin, other] = [`g_${id}`, `a_${id}`, `b_${id}`];
		const at = (user?: string) =>
			Object.assign(new URL(url), user ? { username: user, password: PASSWORD } : {}, { pathname: `/${database}` })
				.href;
		const cluster = postgres(url, { max: 1, onnotice: () => {} });
		await cluster.unsafe(`create database ${database}`);
		await prepareDatabase(at(), []);
		for (const role of [admin, other])
			await cluster.unsafe(`create role ${role} login createrole noinherit password '${PASSWORD}'`);
		const [{ version }] = await cluster<[{ version: number }]>`
			select current_setting('server_version_num')::int as version`;
		// Since PostgreSQL 16, a role that may grant the role does, without being able to become it.
		if (version >= 160_000)
			for (const role of [admin, other])
				await cluster.unsafe(`grant firmseal_owner to ${role} with admin true, inherit false, set false`);
		const root = postgres(at(), { max: 1 });
		const first = postgres(at(version >= 160_000 ? admin : other), { max: 1 });
		try {
			await first.unsafe(`begin; grant firmseal_owner to ${admin}`);
			const second = refuseOtherMigrationsAt(at(admin), { place: 'NAME', fix: '' }).catch((thrown: unknown) => thrown);
			await untilBlocked(root, version >= 160_000 ? admin : other);
			await first.unsafe('commit');
			expect(await second).toBeUndefined();
		} finally {
			await Promise.all([first.end(), root.end()]);
			await cluster.unsafe(`drop database ${database} with (force)`);
			await cluster.unsafe(`drop role ${admin}`);
			await cluster.unsafe(`drop role ${other}`);
			await cluster.end();
		}
	});
});

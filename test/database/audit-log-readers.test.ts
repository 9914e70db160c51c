import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servers } from '../support/both-servers.ts';
import { type AuditLog, HASH, makeAuditLog, ROLES, type Role } from './audit-log-by-sql.ts';
import { NO_PRIVILEGE } from './two-firms.ts';

describe.each(servers)('read access to the log tables on $name', (server) => {
	let log: AuditLog;
	beforeAll(async () => {
		log = await makeAuditLog(server);
	});
	afterAll(() => log?.close());

	const READERS: Readonly<Record<string, readonly Role[]>> = {
		audit_entries: ['firm', 'operator', 'log'],
		audit_leaves: ['firm', 'operator', 'log'],
		audit_root_leaves: ['firm', 'operator', 'log', 'signer'],
		audit_root_checkpoints: ['firm', 'operator', 'log', 'signer'],
		audit_gaps: ['operator', 'log'],
		audit_anchors: ['firm', 'operator', 'worker', 'log'],
		audit_trees: ['firm', 'operator', 'log'],
		audit_boots: ['log'],
		audit_runs: [],
		audit_state: ['firm', 'operator', 'worker', 'log', 'signer'],
	};

	it.each(Object.keys(READERS))('is limited to the roles that need %s', async (table) => {
		const outcomes = await Promise.all(ROLES.map((role) => log.attempt(role, `select 1 from ${table}`, log.north)));
		const readers = ROLES.filter((_, index) => outcomes[index] === 'done');
		expect(readers).toEqual(READERS[table]);
		expect(new Set(outcomes)).toEqual(new Set([...readers.map(() => 'done'), NO_PRIVILEGE]));
	});

	it('shows a firm its own tree and no other', async () => {
		for (const firm of [log.north, log.harbour]) {
			expect([...(await log.run('firm', 'select tree from audit_leaves', firm))]).toEqual([{ tree: firm }]);
			expect([...(await log.run('firm', 'select tree from audit_trees', firm))]).toEqual([{ tree: firm }]);
			expect([...(await log.run('firm', 'select kind, tree from audit_root_leaves order by index', firm))]).toEqual([
				{ kind: 'CHECKPOINT', tree: firm },
				{ kind: 'HEARTBEAT', tree: null },
			]);
		}
	});

	it('shows no tree if the transaction names no firm', async () => {
		expect([...(await log.run('firm', 'select tree from audit_leaves'))]).toEqual([]);
		expect([...(await log.run('firm', 'select tree from audit_trees'))]).toEqual([]);
		expect([...(await log.run('firm', 'select tree from audit_root_leaves'))]).toEqual([{ tree: null }]);
	});

	it('shows a firm hashes of the root tree, which do not reveal whose leaf each is', async () => {
		const hashes = await log.run('firm', 'select * from audit_root_hashes(array[0, 1, 2, 3, 9]::bigint[])', log.north);
		expect(hashes.map((row) => Object.keys(row))).toEqual(Array.from({ length: 4 }, () => ['index', 'hashes']));
		const text = `select leaf from audit_root_leaves where index in (1, 2)`;
		expect([...(await log.run('firm', text, log.north))]).toEqual([]);
	});

	it('shows all trees to operators and to the log role', async () => {
		for (const role of ['operator', 'log'] as const) {
			expect(await log.run(role, 'select tree from audit_leaves')).toHaveLength(3);
			expect(await log.run(role, 'select index from audit_root_leaves')).toHaveLength(4);
			const firms = await log.run(role, 'select distinct firm_id from audit_entries');
			expect(firms.map(({ firm_id }) => firm_id)).toEqual(expect.arrayContaining([log.north, log.harbour]));
		}
	});

	it('tells operators whether an entry is published: not an entry without a leaf, or one of a tree whose checkpoint is unsigned', async () => {
		const [leaf] = await log.admin`select entry_id from audit_leaves where tree = ${log.north}`;
		const published = async (...entries: string[]) => {
			const [row] = await log.run(
				'operator',
				`select audit_is_published(array['${entries.join("','")}']::uuid[]) as yes`,
			);
			return row?.yes;
		};
		expect(await published(leaf?.entry_id)).toBe(true);
		expect(await published(leaf?.entry_id, uuidv7())).toBe(false);
		const late = uuidv7();
		await log.admin.unsafe(
			`insert into audit_leaves (tree, index, entry_id, hashes) values ('${log.north}', 1, '${late}', ${HASH})`,
		);
		expect(await published(late)).toBe(false);
		await log.admin.unsafe(`insert into audit_root_leaves (index, kind, tree, size, leaf, hashes)
			values (4, 'CHECKPOINT', '${log.north}', 2, 'checkpoint 4', ${HASH})`);
		expect(await published(late)).toBe(false);
		await log.admin.unsafe(`insert into audit_root_checkpoints (size, note) values (5, 'signed')`);
		expect(await published(leaf?.entry_id, late)).toBe(true);
	});
});

import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ATTACKS } from './attacks.ts';
import { withTable } from './page.ts';
import { type LogStage, makeLogStage } from './stage.ts';

const PAGE = new URL('../../../docs/reference/attacks-on-the-log.md', import.meta.url);

let stage: LogStage;
beforeAll(async () => {
	stage = await makeLogStage();
}, 120_000);
afterEach(() => stage?.restore());
afterAll(() => stage?.close());

const ROLES = ['firm', 'portal', 'operator', 'break_glass', 'broker', 'worker', 'log', 'signer'] as const;
const TABLES = ['audit_entries', 'audit_leaves', 'audit_root_leaves', 'audit_root_checkpoints', 'audit_anchors'];

async function codeOf(role: string, statement: string): Promise<string> {
	const { admin } = stage.scene.installation;
	try {
		await admin.begin(async (sql) => {
			await sql.unsafe(`set local role firmseal_${role}`);
			await sql.unsafe(statement);
		});
		return 'done';
	} catch (error) {
		return (error as { code: string }).code;
	}
}

it('no role can change the log, not even its owner', async () => {
	for (const table of TABLES) {
		const column =
			table === 'audit_entries'
				? 'leaf'
				: table === 'audit_anchors'
					? 'size'
					: table === 'audit_root_checkpoints'
						? 'note'
						: 'hashes';
		const changes = [`update ${table} set ${column} = ${column}`, `delete from ${table}`, `truncate ${table}`];
		const more = [
			`drop table ${table}`,
			`alter table ${table} disable trigger user`,
			'set session_replication_role = replica',
		];
		for (const role of ROLES)
			for (const statement of [...changes, ...more])
				expect([role, statement, await codeOf(role, statement)]).toEqual([role, statement, '42501']);
		for (const statement of changes)
			expect([statement, await codeOf('owner', statement)]).toEqual([statement, '42501']);
	}
});

describe('a log that a superuser has attacked', () => {
	it('passes every check without an attack', async () => {
		expect([await stage.differsFromAnchors(), await stage.isConsistent()]).toEqual([false, true]);
		expect(await stage.scene.found()).toEqual([]);
		expect(await stage.watch()).toBe(false);
	});

	it.each(ATTACKS)('$name', async ({ act, by, noticed }) => {
		if (act) await stage.scene.tamper((sql) => act(sql, stage));
		await by?.(stage);
		const start = await stage.differsFromAnchors();
		// `audit verify` also compares with the newest anchor.
		const verify = start || (await stage.scene.found()).length > 0;
		const kept = !(await stage.isConsistent());
		expect({ watch: await stage.watch(), verify, start, kept }).toEqual(noticed);
	});
});

it('docs/reference/attacks-on-the-log.md is up to date: `npm run attacks` writes it', () => {
	const page = readFileSync(PAGE, 'utf8');
	if (process.env.FIRMSEAL_WRITE_ATTACKS === '1') writeFileSync(PAGE, withTable(page));
	expect(readFileSync(PAGE, 'utf8')).toBe(withTable(page));
});

import type { Sql } from 'postgres';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { nodeSha256 } from '../../../src/audit-log/leader/index.ts';
import { verifyDatabase } from '../../../src/audit-log/verify/index.ts';
import { inspectKeyLogs } from '../../../src/cli/doctor/key-logs.ts';
import { openPlaneOf } from '../../../src/wiring/index.ts';
import { type KeyLogScene, makeKeyLogScene } from '../key-log-scene.ts';

let scene: KeyLogScene;
let [firm, other] = ['', ''];
/** More than one page of a verification. */
const ENTRIES = 210;

beforeAll(async () => {
	scene = await makeKeyLogScene();
	[firm, other] = [await scene.addFirm('north'), await scene.addFirm('south')];
	for (const [of, count] of [
		[firm, ENTRIES],
		[other, 3],
	] as const)
		await scene.record(of, await scene.append(of, count));
	await scene.signOnce();
	await scene.tamper(async (sql) => {
		await sql`update key_log_entries set appended_at = appended_at - interval '2 minutes'`;
		await sql`create schema saved`;
		for (const table of TABLES) await sql`create table saved.${sql(table)} as table ${sql(table)}`;
	});
});
afterAll(() => scene?.close());

const TABLES = ['key_log_entries', 'key_log_checkpoints'];
beforeEach(() =>
	scene.tamper(async (sql) => {
		for (const table of TABLES) {
			await sql`delete from ${sql(table)}`;
			await sql`insert into ${sql(table)} select * from saved.${sql(table)}`;
		}
	}),
);

it('finds nothing in key logs that were only signed, as a part of the whole log', async () => {
	expect(await scene.found()).toEqual([]);
	const plane = openPlaneOf(scene.installation.database, 'firmseal_log', 1);
	const { keyLogs, findings } = await verifyDatabase({ plane, sha256: nodeSha256, rootVkey: null });
	await plane.close();
	expect([keyLogs, findings.filter(({ kind }) => kind.startsWith('KEY_LOG'))]).toEqual([2, []]);
});

const changed = (sql: Sql, seq: number) =>
	sql`update key_log_entries set leaf = replace(leaf, '"seq"', '"sec"') where firm_id = ${firm} and seq = ${seq}`;
const rehashed = (sql: Sql, seq: number) =>
	sql`update key_log_entries set hash = encode(sha256(convert_to(leaf, 'UTF8')), 'hex'),
		hashes = sha256('\\x00'::bytea || convert_to(leaf, 'UTF8')) || substring(hashes from 33)
		where firm_id = ${firm} and seq = ${seq}`;

it.each<[string, (sql: Sql) => Promise<unknown>, (readonly [string, number | null])[]]>([
	['edits an entry', (sql) => changed(sql, 205), [['KEY_LOG_CHANGED', 205]]],
	[
		'edits an entry and its hashes',
		async (sql) => {
			await changed(sql, 6);
			await rehashed(sql, 6);
		},
		[
			['KEY_LOG_UNRECORDED', 6],
			// It follows another entry, and the hashes of these subtrees are of the former one.
			...[7, 15, 31, 63, 127].map((seq) => ['KEY_LOG_CHANGED', seq] as const),
			['KEY_LOG_CHECKPOINT_WRONG', null],
		],
	],
	[
		'edits a hash of a subtree',
		(sql) =>
			sql`update key_log_entries set hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1) where firm_id = ${firm} and seq = 15`,
		[['KEY_LOG_CHANGED', 15]],
	],
	[
		'removes an entry',
		(sql) => sql`delete from key_log_entries where firm_id = ${firm} and seq = 12`,
		[['KEY_LOG_MISSING', 12]],
	],
	[
		'exchanges two entries',
		async (sql) => {
			for (const [from, to] of [
				[20, 1_000],
				[21, 20],
				[1_000, 21],
			] as const)
				await sql`update key_log_entries set seq = ${to} where firm_id = ${firm} and seq = ${from}`;
		},
		[
			...[20, 21, 22, 23, 31, 63, 127].map((seq) => ['KEY_LOG_CHANGED', seq] as const),
			['KEY_LOG_CHECKPOINT_WRONG', null],
		],
	],
	[
		'removes the last entries',
		(sql) => sql`delete from key_log_entries where firm_id = ${firm} and seq > 200`,
		[
			['KEY_LOG_MISSING', 201],
			['KEY_LOG_CUT', null],
		],
	],
	[
		'removes all entries',
		(sql) => sql`delete from key_log_entries where firm_id = ${firm}`,
		[
			['KEY_LOG_MISSING', 0],
			['KEY_LOG_CUT', null],
		],
	],
	[
		'removes a key log with its checkpoint',
		async (sql) => {
			await sql`delete from key_log_entries where firm_id = ${firm}`;
			await sql`delete from key_log_checkpoints where firm_id = ${firm}`;
		},
		[['KEY_LOG_CUT', null]],
	],
	[
		'adds an entry',
		(sql) => sql`insert into key_log_entries (firm_id, seq, leaf, hash, hashes, appended_at)
			select firm_id, seq + 1, replace(replace(leaf, '"seq":209', '"seq":210'), substring(leaf from '"prev":"([0-9a-f]{64})'), hash),
				encode(sha256(convert_to('x', 'UTF8')), 'hex'), sha256('\\x00'::bytea), now() - interval '1 hour'
			from key_log_entries where firm_id = ${firm} and seq = 209`,
		[
			['KEY_LOG_CHANGED', 210],
			['KEY_LOG_UNRECORDED', 210],
			['KEY_LOG_UNSIGNED', null],
		],
	],
	[
		'writes a checkpoint without a signature',
		(sql) =>
			sql`update key_log_checkpoints set note = replace(note, E'\\n210\\n', E'\\n209\\n') where firm_id = ${firm}`,
		[['KEY_LOG_CHECKPOINT_WRONG', null]],
	],
	[
		'removes the cosignature',
		(sql) => sql`update key_log_checkpoints set note = regexp_replace(note, '[^\\n]*\\n$', '') where firm_id = ${firm}`,
		[['KEY_LOG_CHECKPOINT_WRONG', null]],
	],
	[
		'gives a firm the checkpoint of another',
		(sql) => sql`update key_log_checkpoints c set note = o.note, size = o.size
			from key_log_checkpoints o where c.firm_id = ${firm} and o.firm_id = ${other}`,
		[['KEY_LOG_CHECKPOINT_WRONG', null]],
	],
	[
		'removes the checkpoint',
		(sql) => sql`delete from key_log_checkpoints where firm_id = ${firm}`,
		[['KEY_LOG_UNSIGNED', null]],
	],
])('finds that someone with all privileges %s', async (_, work, found) => {
	await scene.tamper(work);
	const all = await scene.found();
	expect(all.toSorted()).toEqual(found.map(([kind, index]) => [kind, firm, index]).toSorted());
});

it('doctor says whether the key logs are whole, and what to do', async () => {
	expect(await inspectKeyLogs(scene.installation)).toMatchObject([{ ok: true }]);
	await scene.tamper((sql) => changed(sql, 3));
	const [check] = await inspectKeyLogs(scene.installation);
	expect(check?.ok).toBe(false);
	expect(check?.fix).toMatch(/^1 key log is not: run `firmseal audit verify`.*KEY_LOG_CHANGED: /s);
});

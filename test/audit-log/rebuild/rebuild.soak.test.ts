import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Sql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { embedded } from '../../support/own-servers.ts';
import { PAST_PROGRAM, putPastProgram } from '../../support/rogue-entries.ts';
import { type Anchoring, everything, makeAnchoring } from './rebuilding.ts';

const HUGE = '900000000000000000';

let log: Anchoring;
let vkey: string;
let anchored: readonly string[];
let notes: readonly { size: number; note: string }[];
/** State of the log when the first anchor was written. */
let backup: { state: Record<string, unknown>; trees: Record<string, unknown>[]; boots: Record<string, unknown>[] };

const rootNotes = async (most: number) =>
	(await log.admin`select size::int, note from audit_root_checkpoints where size <= ${most} order by size`).map(
		({ size, note }) => ({ size: size as number, note: note as string }),
	);

beforeEach(async () => {
	log = await makeAnchoring(embedded);
	const [north, harbour] = log.firms;
	await log.append(north, 5);
	await log.append(harbour, 3);
	await log.append(null, 2);
	await log.anchor();
	const { admin } = log;
	const [state = {}] = await admin`select installation, incarnation, after_transaction, after_entry from audit_state`;
	backup = {
		state,
		trees: [...(await admin`select * from audit_trees`)],
		boots: [...(await admin`select * from audit_boots`)],
	};
	await log.append(north, 4);
	await log.append(harbour, 1);
	const { size } = (await log.anchor()) ?? { size: 0 };
	vkey = await log.firstKey();
	anchored = (await log.chain(vkey)).leaves;
	notes = await rootNotes(size);
	// Signed and not anchored.
	await log.append(north, 2);
	await log.publish();
	// Neither signed nor anchored.
	await log.append(harbour, 2);
});
afterEach(() => log?.close());

const disputedIn = (directory: string) => readdirSync(directory).filter((name) => name.startsWith('disputed-'));

/** Expects that the log equals the anchors and continues from there. */
async function goesOn(): Promise<void> {
	const { admin } = log;
	await log.append(log.firms[0], 1);
	expect(await log.anchor()).toMatchObject({ number: 2, adopted: false });
	const { chain, leaves } = await log.chain(vkey);
	expect(leaves.slice(0, anchored.length)).toEqual(anchored);
	expect([chain.incarnation, chain.rootVkey === vkey]).toEqual([2, false]);
	const kept = await rootNotes(notes.at(-1)?.size ?? 0);
	expect(kept.length).toBeGreaterThanOrEqual(2);
	expect(notes).toEqual(expect.arrayContaining(kept));
	const said = await admin`select kind from audit_root_leaves where kind in ('SIGNER', 'INCARNATION') order by index`;
	expect(said.map(({ kind }) => kind)).toEqual(['SIGNER', 'SIGNER', 'INCARNATION']);
	const entries = await admin`select leaf::json ->> 'plane' as plane, leaf::json #>> '{actor,account}' as account
		from audit_entries where leaf::json ->> 'action' = 'log.rebuild'`;
	expect([...entries]).toEqual([{ plane: 'cli', account: expect.any(String) }]);
	for (const table of [
		'audit_entries',
		'audit_leaves',
		'audit_root_leaves',
		'audit_root_checkpoints',
		'audit_anchors',
	]) {
		await expect(admin.unsafe(`delete from ${table}`)).rejects.toThrow('append-only');
		await expect(admin.unsafe(`truncate ${table}`)).rejects.toThrow('append-only');
	}
	const unforced =
		await admin`select relname from pg_class where relname like 'audit\\_%' and relkind = 'r' and not relforcerowsecurity`;
	expect([...unforced]).toEqual([]);
	expect(await log.rebuild({ vkey })).toMatchObject({ state: 'SOUND', incarnation: 2, disputed: null });
}

interface Harm {
	readonly of: string;
	readonly work: (sql: Sql) => Promise<unknown>;
	readonly found: object;
}

const HARMS: readonly Harm[] = [
	{
		of: 'everything is lost',
		work: (sql) =>
			sql`truncate audit_entries, audit_leaves, audit_root_leaves, audit_root_checkpoints, audit_anchors, audit_trees, audit_boots`,
		found: { isNewerSound: false },
	},
	{
		of: 'everything but the entries is lost',
		work: async (sql) => {
			await sql`truncate audit_leaves, audit_root_leaves, audit_root_checkpoints, audit_anchors, audit_trees, audit_boots`;
			await sql`update audit_state set after_transaction = '0', after_entry = ${'00000000-0000-0000-0000-000000000000'}`;
		},
		found: { differences: expect.objectContaining({ entriesMissing: 0, entriesChanged: 0 }) },
	},
	{
		of: 'a backup from the time of the first anchor was restored',
		async work(sql) {
			const [{ size } = { size: 0 }] = await sql`select size from audit_anchors where number = 0`;
			const { state, trees, boots } = backup;
			await sql`delete from audit_root_checkpoints where size > ${size}`;
			await sql`delete from audit_root_leaves where index >= ${size}`;
			await sql`delete from audit_anchors where number > 0`;
			for (const tree of trees)
				await sql`delete from audit_leaves where tree = ${tree.tree as string} and index >= ${tree.size as string}`;
			await sql`delete from audit_entries e where not exists (select from audit_leaves l where l.entry_id = e.id)`;
			await sql`truncate audit_trees, audit_boots`;
			await sql`insert into audit_trees ${sql(trees)}`;
			await sql`insert into audit_boots ${sql(boots)}`;
			await sql`update audit_state set ${sql(state)}`;
		},
		found: {
			isNewerSound: false,
			differences: expect.objectContaining({ entriesMissing: expect.any(Number), entriesChanged: 0 }),
		},
	},
	{
		of: 'an anchored entry was edited',
		work: (sql) => sql`update audit_entries set leaf = replace(leaf, '"ALLOWED"', '"DENIED"')
			where id = (select entry_id from audit_leaves where tree = ${log.firms[0]} order by index offset 8 limit 1)`,
		found: {
			isSignedLost: false,
			differences: expect.objectContaining({ entriesMissing: 0, entriesChanged: 1, leaves: 0 }),
		},
	},
	{
		of: 'an entry was forged in the place of another',
		async work(sql) {
			const [id, boot] = [uuidv7(), uuidv7()];
			const leaf = JSON.stringify({ action: 'log.read', boot, firm: log.firms[0], id, sequence: 1, v: 1 });
			await sql`insert into audit_entries (id, firm_id, role, boot, sequence, leaf)
				values (${id}, ${log.firms[0]}, 'firmseal_worker', ${boot}, 1, ${leaf})`;
			await sql`update audit_leaves set entry_id = ${id} where tree = ${log.firms[0]} and index = 2`;
		},
		found: { differences: expect.objectContaining({ entriesMissing: 0, leaves: 1 }) },
	},
	{
		of: 'an entry was forged whose number a verifier refuses',
		async work(sql) {
			const [last] = await sql`select e.boot, e.role from audit_leaves l join audit_entries e on e.id = l.entry_id
				where tree = ${log.firms[0]} and e.sequence > 1 order by index limit 1`;
			const id = uuidv7();
			const leaf = JSON.stringify({
				action: 'log.read',
				at: 'never',
				boot: last?.boot,
				firm: log.firms[0],
				id,
				sequence: 9_000,
				v: 1,
			});
			await sql`insert into audit_entries (id, firm_id, role, boot, sequence, leaf, transaction)
				values (${id}, ${log.firms[0]}, ${last?.role}, ${last?.boot}, 9000, ${leaf}, '5')`;
		},
		found: {
			isNewerSound: false,
			differences: { entriesMissing: 0, entriesChanged: 0, leaves: 0, rootLeaves: 0, rootCheckpoints: 0 },
		},
	},
	{
		of: 'entries of two firms were exchanged',
		async work(sql) {
			const at = async (firm: string) =>
				(await sql`select entry_id from audit_leaves where tree = ${firm} and index = 1`)[0]?.entry_id as string;
			const [one, other] = [await at(log.firms[0]), await at(log.firms[1])];
			await sql`delete from audit_leaves where entry_id in (${one}, ${other})`;
			await sql`insert into audit_leaves values (${log.firms[0]}, 1, ${other}, ${Buffer.alloc(64, 1)})`;
			await sql`insert into audit_leaves values (${log.firms[1]}, 1, ${one}, ${Buffer.alloc(64, 1)})`;
		},
		found: { differences: expect.objectContaining({ entriesMissing: 0, entriesChanged: 0, leaves: 2 }) },
	},
	{
		of: 'it was moved to another cluster',
		async work(sql) {
			await sql`update audit_entries set transaction = (${HUGE}::numeric + transaction::text::numeric)::text::xid8`;
			await sql`update audit_state set after_transaction = (${HUGE}::numeric + after_transaction::text::numeric)::text::xid8`;
		},
		found: { isNewerSound: false, isSignedLost: false },
	},
	{
		of: 'an anchor was written down that is not there',
		work: (sql) => sql`insert into audit_anchors values (2, 9999, ${Buffer.alloc(32, 9)})`,
		found: { wrongAnchors: 1, isNewerSound: true },
	},
];

describe('the log of a database', () => {
	it.each(HARMS)('is rebuilt and continues if $of', async ({ work, found }) => {
		await log.harm(work);
		const before = await everything(log.admin);
		const told = await log.rebuild({ dryRun: true });
		expect(told).toMatchObject({ state: 'DIFFERS', anchors: 2, vkey, incarnation: 2, disputed: null, ...found });
		expect(await everything(log.admin)).toEqual(before);
		expect(await log.rebuild({ vkey })).toMatchObject({
			...told,
			state: 'REBUILT',
			disputed: expect.toSatisfy(() => true),
		});
		expect(await log.rebuild({ vkey })).toMatchObject({ state: 'SOUND', incarnation: 2, disputed: null });
		await goesOn();
	});

	it('that equals the anchors is left unchanged', async () => {
		const before = await everything(log.admin);
		for (const dryRun of [true, false])
			expect(await log.rebuild({ dryRun })).toMatchObject({ state: 'SOUND', anchors: 2, vkey, incarnation: 1 });
		expect(await everything(log.admin)).toEqual(before);
	});

	it('is reported with what the database contained instead, in a file for the owner only', async () => {
		const edited = await log.admin`select entry_id from audit_leaves where tree = ${log.firms[1]} and index = 0`;
		await log.harm(
			(sql) =>
				sql`update audit_entries set leaf = replace(leaf, '"ALLOWED"', '"DENIED"') where id = ${edited[0]?.entry_id}`,
		);
		const { disputed } = await log.rebuild();
		const { directory } = log.installation;
		expect(disputedIn(directory).map((name) => join(directory, name))).toEqual([disputed?.file]);
		expect(statSync(disputed?.file ?? '').mode & 0o777).toBe(0o600);
		const rows = readFileSync(disputed?.file ?? '', 'utf8')
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line));
		expect(rows).toHaveLength(disputed?.rows ?? 0);
		const entries = rows.filter(({ table }) => table === 'audit_entries');
		expect(entries.map(({ row }) => row.id)).toEqual([edited[0]?.entry_id]);
		expect(entries[0]?.row.leaf).toContain('"DENIED"');
		const [incarnation] = await log.admin`select leaf from audit_root_leaves where kind = 'INCARNATION'`;
		expect(JSON.parse(incarnation?.leaf).lost).toMatch(/^localhost\/firmseal\n\d+\n/);
	});

	it('retains what a process wrote after the last anchor, whatever number was given to it past the program', async () => {
		const [firm] = log.firms;
		await log.append(firm, 1);
		const [run] =
			await log.admin`select boot, role::text as role from audit_entries order by transaction desc, id desc limit 1`;
		const id = uuidv7();
		const leaf = JSON.stringify({
			action: 'log.read',
			at: new Date().toISOString(),
			boot: run?.boot,
			firm,
			id,
			plane: 'worker',
			sequence: Number.MAX_SAFE_INTEGER,
			v: 1,
		});
		await log.harm(
			(sql) => sql`insert into audit_entries (id, firm_id, role, boot, sequence, leaf)
				values (${id}, ${firm}, ${run?.role}, ${run?.boot}, ${Number.MAX_SAFE_INTEGER}, ${leaf})`,
		);
		await log.append(firm, 2);
		const written = await log.admin`select id from audit_entries where boot = ${run?.boot}`;
		await log.harm(
			(sql) => sql`update audit_entries set leaf = replace(leaf, '"ALLOWED"', '"DENIED"')
			where id = (select entry_id from audit_leaves where tree = ${log.firms[1]} and index = 0)`,
		);
		expect(await log.rebuild({ vkey })).toMatchObject({ state: 'REBUILT', disputed: { rows: expect.any(Number) } });
		expect(await log.admin`select id from audit_entries where boot = ${run?.boot}`).toEqual(
			expect.arrayContaining([...written]),
		);
	});

	it('returns with forged entries, which a verifier reports', async () => {
		const put = await putPastProgram(log.installation, log.firms[0]);
		expect((await log.anchor())?.number).toBe(2);
		expect(await log.rebuild({ vkey })).toMatchObject({ state: 'SOUND', incarnation: 1 });
		await log.harm(
			(sql) =>
				sql`truncate audit_entries, audit_leaves, audit_root_leaves, audit_root_checkpoints, audit_anchors, audit_trees, audit_boots`,
		);
		expect(await log.rebuild({ vkey })).toMatchObject({ state: 'REBUILT', anchors: 3, incarnation: 2 });
		expect(await log.admin`select id from audit_entries where id in ${log.admin(put)}`).toHaveLength(put.length);
		await log.append(log.firms[0], 1);
		expect(await log.anchor()).toMatchObject({ number: 3, adopted: false });
		await expect(log.chain(vkey)).rejects.toThrow('not greater than the one before');
		const flaws: string[] = [];
		const { chain } = await log.chain(vkey, ({ tree }, { message }) => flaws.push(`${tree} ${message}`));
		expect([chain.length, chain.incarnation]).toEqual([4, 2]);
		expect(flaws).toEqual(PAST_PROGRAM.map(({ source }) => expect.stringMatching(`^${log.firms[0]} .*${source}`)));
	});
});

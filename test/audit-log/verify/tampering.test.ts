import type { Sql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newSigner } from '../../audit/verify/note-signer.ts';
import { scale } from '../../support/scale.ts';
import { type Found, makeKeptScene, NIL, type VerifyScene } from './verify-scene.ts';

const FIRMS = scale(40, 8);
const EACH = 126;

let scene: VerifyScene;
let north: string;
let south: string;

beforeAll(async () => {
	scene = await makeKeptScene(FIRMS, EACH);
	[north = '', south = ''] = scene.firms;
}, 240_000);
afterEach(() => scene.restore());
afterAll(() => scene?.close());

const idAt = async (tree: string, index: number): Promise<string> => {
	const [row] = await scene.installation
		.admin`select entry_id from audit_leaves where tree = ${tree} and index = ${index}`;
	return row?.entry_id;
};
const edited = (sql: Sql, id: string) =>
	sql`update audit_entries set leaf = replace(leaf, '"plane":"worker"', '"plane":"broker"') where id = ${id}`;

async function rootIndexes(kind: string): Promise<number[]> {
	const rows = await scene.installation.admin`select index from audit_root_leaves where kind = ${kind} order by index`;
	return rows.map(({ index }) => Number(index));
}

it(`finds nothing in an unchanged log of ${FIRMS} firms with ${EACH} entries each, with any page size`, async () => {
	for (const page of [undefined, 1, 7]) {
		const { findings, leaves, trees, rootVkey, incarnation, rootCheckpoints, rootLeaves, isCut } = await scene.verify({
			page,
		});
		expect(findings.filter(({ kind }) => kind !== 'LOG_FROZEN')).toEqual([]);
		expect(leaves).toBeGreaterThan(FIRMS * EACH);
		expect({ trees, incarnation, isCut }).toEqual({ trees: FIRMS + 1, incarnation: 1, isCut: false });
		expect(rootVkey).toMatch(/^localhost\/firmseal\+/);
		expect(rootCheckpoints).toBeGreaterThan(2);
		expect(rootLeaves).toBeGreaterThan(3 * (FIRMS + 1));
	}
});

describe('a verification detects that someone with all privileges', () => {
	it('edits an entry', async () => {
		const entry = await idAt(north, 17);
		await scene.tamper((sql) => edited(sql, entry));
		expect(await scene.found()).toEqual([{ kind: 'ENTRY_CHANGED', tree: north, index: 17, entry }]);
	});

	it('edits an entry and the hash of its leaf', async () => {
		const entry = await idAt(north, 17);
		await scene.tamper(async (sql) => {
			await edited(sql, entry);
			await sql`update audit_leaves set hashes = sha256('\\x00'::bytea || convert_to(e.leaf, 'UTF8')) || substring(hashes from 33)
				from audit_entries e where e.id = entry_id and entry_id = ${entry}`;
		});
		const found = await scene.found();
		expect(found.map(({ kind, tree }) => [kind, tree])).toContainEqual(['CHECKPOINT_WRONG', north]);
		expect(found.every(({ tree }) => tree === north)).toBe(true);
	});

	it('edits entries of several firms, one of them twice', async () => {
		const places = [
			[north, 3],
			[north, 90],
			[south, 50],
			[NIL, 1],
		] as const;
		const wanted: Found[] = [];
		for (const [tree, index] of places)
			wanted.push({ kind: 'ENTRY_CHANGED', tree, index, entry: await idAt(tree, index) });
		await scene.tamper(async (sql) => {
			for (const { entry } of wanted)
				await sql`update audit_entries set leaf = replace(leaf, '"decision":"ALLOWED"', '"decision":"DENIED"') where id = ${entry}`;
		});
		const found = await scene.found();
		expect(found.length).toBe(4);
		expect(found).toEqual(expect.arrayContaining(wanted));
	});

	it('deletes an entry from the middle', async () => {
		const entry = await idAt(south, 44);
		await scene.tamper((sql) => sql`delete from audit_entries where id = ${entry}`);
		const found = await scene.found();
		expect(found).toEqual([
			{ kind: 'ENTRY_MISSING', tree: south, index: 44, entry },
			expect.objectContaining({ kind: 'NUMBERS_MISSING' }),
		]);
	});

	it('deletes the last entry of a firm with its leaf', async () => {
		const [row] = await scene.installation
			.admin`select max(index)::int as last from audit_leaves where tree = ${south}`;
		const entry = await idAt(south, row?.last);
		await scene.tamper(async (sql) => {
			await sql`delete from audit_leaves where entry_id = ${entry}`;
			await sql`delete from audit_entries where id = ${entry}`;
		});
		expect((await scene.found())[0]).toEqual({ kind: 'LEAF_MISSING', tree: south, index: row?.last, entry: null });
	});

	it('deletes the last entries of a firm, their leaves and its last checkpoint, and recounts the tree', async () => {
		await scene.tamper(async (sql) => {
			const [last] = await sql`select max(index) as index from audit_root_leaves where tree = ${north}`;
			const [before] =
				await sql`select max(size) as size from audit_root_leaves where tree = ${north} and index < ${last?.index}`;
			await sql`delete from audit_root_leaves where index = ${last?.index}`;
			await sql`delete from audit_entries where id in (select entry_id from audit_leaves where tree = ${north} and index >= ${before?.size})`;
			await sql`delete from audit_leaves where tree = ${north} and index >= ${before?.size}`;
			await sql`update audit_trees set size = ${before?.size}, signed = ${before?.size} where tree = ${north}`;
		});
		const kinds = (await scene.found()).map(({ kind }) => kind);
		expect(kinds).toContain('ROOT_LEAF_MISSING');
		expect(kinds).toContain('NUMBERS_MISSING');
	});

	/** Swaps the entries of two leaves. */
	async function swap([tree, index]: readonly [string, number], second: readonly [string, number]) {
		const [one, other] = [await idAt(tree, index), await idAt(...second)];
		await scene.tamper(async (sql) => {
			await sql`update audit_leaves set entry_id = ${uuidv7()} where entry_id = ${one}`;
			await sql`update audit_leaves set entry_id = ${one} where entry_id = ${other}`;
			await sql`update audit_leaves set entry_id = ${other} where tree = ${tree} and index = ${index}`;
		});
		return [one, other];
	}

	it('swaps the leaves of two entries of a firm', async () => {
		const [one, other] = await swap([north, 10], [north, 11]);
		expect(await scene.found()).toEqual(
			expect.arrayContaining([
				{ kind: 'ENTRY_ORDER', tree: north, index: 11, entry: one },
				{ kind: 'ENTRY_CHANGED', tree: north, index: 10, entry: other },
				{ kind: 'ENTRY_CHANGED', tree: north, index: 11, entry: one },
			]),
		);
	});

	it('swaps the entries of two firms', async () => {
		const [one, other] = await swap([north, 10], [south, 10]);
		expect(await scene.found()).toEqual(
			expect.arrayContaining([
				{ kind: 'ENTRY_MISPLACED', tree: north, index: 10, entry: other },
				{ kind: 'ENTRY_MISPLACED', tree: south, index: 10, entry: one },
			]),
		);
	});

	it('gives an entry to another firm', async () => {
		const entry = await idAt(north, 10);
		await scene.tamper(
			(sql) =>
				sql`update audit_entries set firm_id = ${south}, leaf = replace(leaf, ${north}, ${south}) where id = ${entry}`,
		);
		expect(await scene.found()).toContainEqual({ kind: 'ENTRY_MISPLACED', tree: north, index: 10, entry });
	});

	it('gives an entry two leaves', async () => {
		const entry = await idAt(north, 10);
		await scene.tamper(async (sql) => {
			await sql`alter table audit_leaves drop constraint audit_leaves_entry`;
			await sql`insert into audit_leaves select tree, (select max(index) + 1 from audit_leaves where tree = ${north}), entry_id, hashes
				from audit_leaves where entry_id = ${entry}`;
		});
		const found = await scene.found();
		await scene.restore();
		await scene.tamper((sql) => sql`alter table audit_leaves add constraint audit_leaves_entry unique (entry_id)`);
		expect(found).toContainEqual(expect.objectContaining({ kind: 'ENTRY_REPEATED', tree: north, entry }));
		expect(found).toContainEqual(expect.objectContaining({ kind: 'LEAF_UNKNOWN', tree: north }));
	});

	it('forges an entry before the end of the log', async () => {
		const [id, boot] = [uuidv7(), uuidv7()];
		await scene.tamper(
			(sql) => sql`insert into audit_entries (id, firm_id, boot, sequence, leaf, transaction, role)
				select ${id}, firm_id, ${boot}, 1, replace(replace(regexp_replace(leaf, '"sequence":[0-9]+', '"sequence":1'), id::text, ${id}), boot::text, ${boot}), transaction, role
				from audit_entries where firm_id = ${north} order by transaction limit 1`,
		);
		expect(await scene.found()).toEqual([{ kind: 'ENTRY_UNKNOWN', tree: null, index: null, entry: id }]);
	});

	it('removes a leaf', async () => {
		const entry = await idAt(north, 60);
		await scene.tamper((sql) => sql`delete from audit_leaves where entry_id = ${entry}`);
		expect(await scene.found()).toEqual([
			{ kind: 'LEAF_MISSING', tree: north, index: 60, entry: null },
			{ kind: 'ENTRY_UNKNOWN', tree: null, index: null, entry },
		]);
	});

	it('removes a leaf and moves the others up', async () => {
		const entry = await idAt(north, 60);
		await scene.tamper(async (sql) => {
			await sql`delete from audit_leaves where entry_id = ${entry}`;
			await sql`delete from audit_entries where id = ${entry}`;
			const rows = await sql`select index from audit_leaves where tree = ${north} and index > 60 order by index`;
			for (const { index } of rows)
				await sql`update audit_leaves set index = ${index - 1} where tree = ${north} and index = ${index}`;
			await sql`update audit_trees set size = size - 1, signed = signed - 1 where tree = ${north}`;
		});
		const kinds = (await scene.found()).map(({ kind }) => kind);
		expect(kinds).toContain('LEAF_MISSING');
		expect(kinds).toContain('CHECKPOINT_WRONG');
		expect(kinds).toContain('NUMBERS_MISSING');
	});

	it.each([
		['own hash of a leaf', 12, 0],
		['hash of a subtree', 15, 40],
	])('changes the %s', async (_, index, at) => {
		const entry = await idAt(north, index);
		await scene.tamper(
			(sql) =>
				sql`update audit_leaves set hashes = set_byte(hashes, ${at}, get_byte(hashes, ${at}) # 1) where entry_id = ${entry}`,
		);
		expect(await scene.found()).toEqual([{ kind: 'HASHES_WRONG', tree: north, index, entry }]);
	});

	it('changes a hash of the root tree', async () => {
		await scene.tamper(
			(sql) => sql`update audit_root_leaves set hashes = set_byte(hashes, 3, get_byte(hashes, 3) # 1) where index = 7`,
		);
		expect(await scene.found()).toEqual([{ kind: 'HASHES_WRONG', tree: null, index: 7, entry: null }]);
	});

	it('removes a checkpoint of a firm', async () => {
		const [index = 0] = await rootIndexes('CHECKPOINT');
		await scene.tamper((sql) => sql`delete from audit_root_leaves where index = ${index}`);
		expect(await scene.found()).toEqual([{ kind: 'ROOT_LEAF_MISSING', tree: null, index, entry: null }]);
	});

	it('removes the end of the root tree, with its checkpoints', async () => {
		const index = (await rootIndexes('CHECKPOINT')).at(-1) ?? 0;
		await scene.tamper(async (sql) => {
			await sql`delete from audit_root_leaves where index >= ${index}`;
			await sql`delete from audit_root_checkpoints where size > ${index}`;
		});
		expect((await scene.found()).map(({ kind }) => kind)).toContain('CHECKPOINT_MISSING');
	});

	it('signs a checkpoint of a firm with another key', async () => {
		const [index = 0] = await rootIndexes('CHECKPOINT');
		const { admin } = scene.installation;
		const [row] = await admin`select leaf, tree from audit_root_leaves where index = ${index}`;
		const [text = ''] = String(row?.leaf).split('\n\n');
		const signer = newSigner(text.split('\n')[0] ?? '');
		await scene.tamper(
			(sql) =>
				sql`update audit_root_leaves set leaf = ${`${text}\n\n${signer.line(`${text}\n`)}`} where index = ${index}`,
		);
		const found = await scene.found();
		expect(found).toContainEqual({ kind: 'CHECKPOINT_UNSIGNED', tree: row?.tree, index, entry: null });
		expect(found).toContainEqual({ kind: 'ROOT_LEAF_CHANGED', tree: null, index, entry: null });
	});

	it('states another size beside a checkpoint than it has', async () => {
		const [index = 0] = await rootIndexes('CHECKPOINT');
		await scene.tamper((sql) => sql`update audit_root_leaves set size = size - 1 where index = ${index}`);
		expect(await scene.found()).toEqual([{ kind: 'ROOT_LEAF_CHANGED', tree: null, index, entry: null }]);
	});

	it('changes a heartbeat', async () => {
		const [index = 0] = await rootIndexes('HEARTBEAT');
		await scene.tamper(
			(sql) => sql`update audit_root_leaves set leaf = replace(leaf, '"v":1', '"v":2') where index = ${index}`,
		);
		expect(await scene.found()).toContainEqual({ kind: 'ROOT_LEAF_CHANGED', tree: null, index, entry: null });
	});

	it('replaces a checkpoint of the root tree with another that was signed', async () => {
		const { admin } = scene.installation;
		const [first, second] = await admin`select size::int, note from audit_root_checkpoints order by size limit 2`;
		await scene.tamper(
			(sql) => sql`update audit_root_checkpoints set note = ${first?.note} where size = ${second?.size}`,
		);
		expect(await scene.found()).toEqual([
			{ kind: 'ROOT_CHECKPOINT_WRONG', tree: null, index: second?.size, entry: null },
		]);
	});

	it('claims more signed entries than exist', async () => {
		const { admin } = scene.installation;
		const [last] = await admin`select max(index)::int as index from audit_root_leaves`;
		await scene.tamper((sql) => sql`insert into audit_root_checkpoints (size, note) values (${last?.index + 5}, 'x')`);
		expect(await scene.found()).toEqual([
			{ kind: 'ROOT_CHECKPOINT_WRONG', tree: null, index: last?.index + 5, entry: null },
		]);
	});

	it('removes an anchored checkpoint', async () => {
		const { admin } = scene.installation;
		const [first] = await admin`select size::int from audit_root_checkpoints order by size limit 1`;
		await scene.tamper(async (sql) => {
			await sql`insert into audit_anchors (number, size, sha256) 
				values ((select coalesce(max(number), -1) + 1 from audit_anchors), ${first?.size}, sha256('x'))`;
			await sql`delete from audit_root_checkpoints where size = ${first?.size}`;
		});
		expect(await scene.found()).toEqual([
			{ kind: 'ROOT_CHECKPOINT_MISSING', tree: null, index: first?.size, entry: null },
		]);
	});

	it('conceals missing entries, and what was counted', async () => {
		const entry = await idAt(south, 44);
		const [run] = await scene.installation.admin`select role, boot from audit_entries where id = ${entry}`;
		await scene.tamper(async (sql) => {
			await sql`delete from audit_entries where boot = ${run?.boot} and sequence >= (select sequence from audit_entries where id = ${entry})`;
			await sql`delete from audit_boots where boot = ${run?.boot}`;
		});
		const { findings } = await scene.verify();
		expect(findings.filter(({ kind }) => kind === 'ENTRY_MISSING').length).toBeGreaterThan(50);
		await scene.restore();
		await scene.tamper(
			(sql) => sql`insert into audit_gaps (role, boot, first, last) values (${run?.role}, ${run?.boot}, 3, 4)`,
		);
		expect((await scene.verify()).findings).toContainEqual(
			expect.objectContaining({ kind: 'NUMBERS_MISSING', run: `${run?.role}:${run?.boot}` }),
		);
	});

	it('replaces the whole log with one of another key', async () => {
		const { rootVkey } = await scene.verify();
		expect(rootVkey).not.toBeNull();
		const other = newSigner('localhost/firmseal').vkey;
		const { findings } = await scene.verify({ vkey: other });
		expect(findings[0]).toMatchObject({ kind: 'KEY_UNKNOWN' });
		expect((await scene.verify({ vkey: rootVkey })).findings.filter(({ kind }) => kind !== 'LOG_FROZEN')).toEqual([]);
	});

	it('does much at once: each tree is reported by itself, and a hundred findings of one kind hide no other kind', async () => {
		await scene.tamper(async (sql) => {
			await sql`delete from audit_entries where firm_id = ${north}`;
			await sql`delete from audit_entries where firm_id = ${south}`;
		});
		const { findings, isCut } = await scene.verify();
		const counts = Map.groupBy(findings, ({ kind }) => kind);
		expect([counts.get('ENTRY_MISSING')?.length, isCut]).toEqual([100, true]);
		expect([...counts.keys()]).toEqual(['ENTRY_MISSING', 'NUMBERS_MISSING']);
	});
});

it('reports that no one publishes the log', async () => {
	await scene.tamper(async (sql) => {
		await sql`update audit_root_leaves set created_at = created_at - interval '10 minutes'`;
		await sql`delete from audit_root_checkpoints where size = (select max(size) from audit_root_checkpoints)`;
		await sql`delete from audit_anchors`;
	});
	const kinds = (await scene.verify()).findings.map(({ kind }) => kind);
	expect(kinds).toEqual(['LOG_UNSIGNED', 'LOG_FROZEN']);
});

it('never reveals content of an entry', async () => {
	const canary = 'CANARY-4711';
	const entry = await idAt(north, 5);
	await scene.tamper(
		(sql) =>
			sql`update audit_entries set leaf = replace(leaf, '"request":null', ${`"request":"${canary}"`}) where id = ${entry}`,
	);
	const told = JSON.stringify(await scene.verify());
	expect(told).toContain('ENTRY_CHANGED');
	expect(told).not.toContain(canary);
	expect(told).not.toContain('log.read');
});

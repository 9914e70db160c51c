import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Person } from '../../support/person.ts';
import { type LogScene, makeLogScene } from './log-scene.ts';

let scene: LogScene;
beforeAll(async () => {
	scene = await makeLogScene();
	await scene.append(scene.north.id, 5);
	await scene.worker.publishLog();
	await scene.worker.stop();
});
afterAll(() => scene?.installation.close());

const indexesOf = async (ids: readonly string[]) => {
	const { data } = await scene.api.ask(scene.auditor, '{ auditEntries(first: 1000) { nodes { id index } } }');
	const all = new Map(
		(data.auditEntries.nodes as { id: string; index: number | null }[]).map((node) => [node.id, node.index]),
	);
	return ids.map((id) => all.get(id));
};

const newest = async (firm: string): Promise<string> => {
	const [row] = await scene.admin`select id from audit_entries where firm_id = ${firm} order by id desc limit 1`;
	return row?.id;
};

const inOrder = async () => {
	const { data } = await scene.api.ask(
		scene.north.owner,
		'{ auditEntries(orderBy: LEAF_INDEX, first: 1000) { totalCount nodes { id index } } }',
	);
	return data.auditEntries as { totalCount: number; nodes: { id: string; index: number }[] };
};

describe('an entry that no signature covers', () => {
	it('has no index and no proof, and is in no list by index', async () => {
		const before = await inOrder();
		expect(before.nodes.map(({ index }) => index)).toEqual(before.nodes.map((_, index) => index));
		expect(before.totalCount).toBe(before.nodes.length);
		await scene.append(scene.north.id, 1);
		const id = await newest(scene.north.id);
		expect(await indexesOf([id, before.nodes[0]?.id ?? ''])).toEqual([null, 0]);
		expect(await scene.inclusion(scene.north.owner, id)).toBeNull();
		expect(await inOrder()).toEqual(before);
		const { data } = await scene.api.ask(scene.north.owner, `{ node(id: "${id}") { id ... on AuditEntry { index } } }`);
		expect(data.node).toEqual({ id, index: null });
	});

	it('has none as a leaf, or with a checkpoint as a leaf, as long as the root tree is unsigned', async () => {
		const before = await inOrder();
		const size = before.totalCount;
		const id = await newest(scene.north.id);
		const shown = await scene.checkpoint(scene.north.owner, scene.north.id);
		const root = await scene.checkpoint(scene.north.owner, null);
		const hashes = Buffer.alloc(32 * 20, 7);
		await scene.admin`insert into audit_leaves (tree, index, entry_id, hashes)
			values (${scene.north.id}, ${size}, ${id}, ${hashes})`;
		const unseen = async () => {
			expect(await inOrder()).toEqual(before);
			expect(await indexesOf([id])).toEqual([null]);
			expect(await scene.inclusion(scene.north.owner, id)).toBeNull();
			expect((await scene.checkpoint(scene.north.owner, scene.north.id))?.note).toBe(shown?.note);
			expect(await scene.checkpoint(scene.north.owner, scene.north.id, size + 1)).toBeNull();
			await expect(scene.consistency(scene.north.owner, scene.north.id, 1, size + 1)).rejects.toThrow('BAD_USER_INPUT');
		};
		await unseen();
		const note = `${shown?.origin}\n${size + 1}\n${shown?.root}\n\n\u2014 x AAAA\n`;
		await scene.admin`insert into audit_root_leaves (index, kind, tree, size, leaf, hashes)
			values (${root?.size ?? 0}, 'CHECKPOINT', ${scene.north.id}, ${size + 1}, ${note}, ${hashes})`;
		await unseen();
		expect((await scene.checkpoint(scene.north.owner, null))?.size).toBe(root?.size);
		// The same rows are visible once a signature covers them, so nothing else hid them.
		await scene.admin`insert into audit_root_checkpoints (size, note)
			values (${(root?.size ?? 0) + 1}, ${`localhost/firmseal\n${(root?.size ?? 0) + 1}\n${root?.root}\n\n\u2014 x AAAA\n`})`;
		expect(await indexesOf([id])).toEqual([size]);
		expect((await inOrder()).totalCount).toBe(size + 1);
		expect((await scene.inclusion(scene.north.owner, id))?.index).toBe(size);
	});
});

describe('an entry that was deleted from the log', () => {
	it('is reported as missing, not skipped', async () => {
		const [, , taken] = await scene.leaves(scene.north.id);
		await scene.admin.begin(async (sql) => {
			await sql`alter table audit_entries disable trigger all`;
			await sql`delete from audit_entries where id = ${taken?.id ?? ''}`;
			await sql`alter table audit_entries enable trigger all`;
		});
		await expect(scene.inclusion(scene.north.owner, taken?.id ?? '')).rejects.toThrow('AUDIT_UNAVAILABLE');
		const { nodes } = await inOrder();
		expect(nodes.slice(0, 4).map(({ index }) => index)).toEqual([0, 1, 3, 4]);
	});
});

describe('the list by index', () => {
	const list = (token: Person, args: string) =>
		scene.api.ask(
			token,
			`{ auditEntries(${args}) { totalCount nodes { index } pageInfo { hasNextPage endCursor startCursor } } }`,
		);
	const indexes = (answer: Awaited<ReturnType<typeof list>>) =>
		answer.data.auditEntries.nodes.map(({ index }: { index: number }) => index);

	it('requires one firm, and alone accepts a first index', async () => {
		for (const [token, args] of [
			[scene.auditor, 'orderBy: LEAF_INDEX'],
			[scene.auditor, 'fromIndex: 0'],
			[scene.north.owner, 'orderBy: OLDEST_FIRST, fromIndex: 0'],
			[scene.north.owner, 'orderBy: LEAF_INDEX, fromIndex: -1'],
			[scene.north.owner, 'orderBy: LEAF_INDEX, fromIndex: 0.5'],
		] as const) {
			const { errors } = await list(token, args);
			expect([args, errors.map(({ extensions }) => extensions.code)]).toEqual([args, ['BAD_USER_INPUT']]);
		}
	});

	it('begins where requested, and continues in both directions', async () => {
		const first = await list(scene.north.owner, 'orderBy: LEAF_INDEX, fromIndex: 3, first: 2');
		expect(indexes(first)).toEqual([3, 4]);
		const { endCursor, hasNextPage } = first.data.auditEntries.pageInfo;
		expect([hasNextPage, first.data.auditEntries.totalCount]).toEqual([true, (await inOrder()).totalCount - 3]);
		const second = await list(scene.north.owner, `orderBy: LEAF_INDEX, first: 1, after: "${endCursor}"`);
		expect(indexes(second)).toEqual([5]);
		const back = second.data.auditEntries.pageInfo.startCursor;
		expect(indexes(await list(scene.north.owner, `orderBy: LEAF_INDEX, last: 2, before: "${back}"`))).toEqual([3, 4]);
		expect(indexes(await list(scene.north.owner, 'orderBy: LEAF_INDEX, fromIndex: 9007199254740991'))).toEqual([]);
	});

	it('refuses a forged cursor', async () => {
		const cursor = (value: unknown) =>
			Buffer.from(JSON.stringify(['auditEntries:LEAF_INDEX', value, uuidv7()])).toString('base64url');
		expect((await list(scene.north.owner, `orderBy: LEAF_INDEX, after: "${cursor('3')}"`)).errors).toEqual([]);
		for (const value of ['-1', '1e3', '9'.repeat(17), '', ' 1', '0x1', 'now']) {
			const { errors } = await list(scene.north.owner, `orderBy: LEAF_INDEX, after: "${cursor(value)}"`);
			expect([value, errors.map(({ extensions }) => extensions.code)]).toEqual([value, ['BAD_USER_INPUT']]);
		}
	});
});

import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leafHash, verifyCheckpoint, verifyConsistency, verifyInclusion } from '../../../src/audit/verify/index.ts';
import type { Person } from '../../support/person.ts';
import { watchStatements } from '../../support/watch-statements.ts';
import {
	bytesOf,
	hashesOf,
	hashOf,
	type LogScene,
	makeLogScene,
	NIL,
	rootOf,
	type ShownCheckpoint,
} from './log-scene.ts';

let scene: LogScene;
beforeAll(async () => {
	scene = await makeLogScene();
	await scene.worker.publishLog();
});
afterAll(() => scene?.installation.close());

/** The leaves that a checkpoint covers, from the database. Later leaves were appended by the queries themselves. */
const covered = async ({ firmId, size }: ShownCheckpoint) => (await scene.leaves(firmId ?? '')).slice(0, size);

describe('a growing tree', () => {
	const checkpoints: ShownCheckpoint[] = [];
	beforeAll(async () => {
		// Trees of every shape: around powers of two, and far from them.
		for (const count of [1, 1, 1, 2, 3, 4, 7, 16, 33, 64, 130]) {
			await scene.append(scene.north.id, count);
			await scene.worker.publishLog();
			const shown = await scene.checkpoint(scene.auditor, scene.north.id);
			if (!shown) throw new Error('nothing is published');
			checkpoints.push(shown);
		}
	});

	it('has checkpoints signed with its key and contained in the root tree', async () => {
		expect(checkpoints.map(({ size }) => size)).toEqual(
			checkpoints.map(({ size }) => size).toSorted((one, other) => one - other),
		);
		for (const shown of checkpoints) {
			await expect(scene.verify(shown)).resolves.toBeUndefined();
			expect(shown.firmId).toBe(scene.north.id);
			expect(shown.origin).toBe(`localhost/firmseal/${scene.north.id}`);
			const leaves = await covered(shown);
			expect([shown.size, shown.root]).toEqual([leaves.length, await rootOf(leaves.map(({ leaf }) => leaf))]);
		}
	});

	it('can be read at each of its sizes, and at no other', async () => {
		for (const { size, note } of checkpoints)
			expect((await scene.checkpoint(scene.north.owner, scene.north.id, size))?.note).toBe(note);
		// A size in the middle of one append.
		const between = (checkpoints.at(-1)?.size ?? 0) - 60;
		expect(await scene.checkpoint(scene.north.owner, scene.north.id, between)).toBeNull();
		expect(await scene.checkpoint(scene.north.owner, scene.north.id, 2 ** 53 - 1)).toBeNull();
	});

	it('begins with its earlier state, between any two of its sizes', async () => {
		const sizes = checkpoints.flatMap((newer, at) =>
			checkpoints.slice(0, at + 1).map((older) => [older, newer] as const),
		);
		for (const [older, newer] of sizes) {
			const hashes = await scene.consistency(scene.auditor, scene.north.id, older.size, newer.size);
			const proof = { size1: older.size, root1: bytesOf(older.root), size2: newer.size, root2: bytesOf(newer.root) };
			await expect(verifyConsistency({ ...proof, proof: hashesOf(hashes ?? []) })).resolves.toBeUndefined();
		}
	});

	it('does so between sizes without a checkpoint too', async () => {
		const newest = checkpoints.at(-1) as ShownCheckpoint;
		const leaves = (await covered(newest)).map(({ leaf }) => leaf);
		for (const from of [0, 1, 2, 3, 8, 31, newest.size - 1, newest.size]) {
			const hashes = await scene.consistency(scene.north.owner, scene.north.id, from, newest.size);
			const root1 = bytesOf(await rootOf(leaves.slice(0, from)));
			const proof = { size1: from, root1, size2: newest.size, root2: bytesOf(newest.root) };
			await expect(verifyConsistency({ ...proof, proof: hashesOf(hashes ?? []) })).resolves.toBeUndefined();
		}
	});

	it('contains each entry, with a proof against its newest checkpoint', async () => {
		const leaves = await covered(checkpoints.at(-1) as ShownCheckpoint);
		const places = [0, 1, 2, 3, 7, 8, 63, 64, 100, leaves.length - 2, leaves.length - 1];
		for (const place of places) {
			const { id, leaf } = leaves[place] as (typeof leaves)[number];
			const proof = await scene.inclusion(scene.north.owner, id);
			expect([proof?.entryId, proof?.index, proof?.size]).toEqual([id, place, proof?.checkpoint.size]);
			if (!proof) throw new Error('no proof');
			await expect(scene.verify(proof.checkpoint)).resolves.toBeUndefined();
			expect(bytesOf(proof.leafHash)).toEqual(await hashOf(leaf));
			const { index, size, checkpoint } = proof;
			const given = { index, size, leafHash: await hashOf(leaf), proof: hashesOf(proof.hashes) };
			await expect(verifyInclusion({ ...given, root: bytesOf(checkpoint.root) })).resolves.toBeUndefined();
		}
	});

	it('contains each entry, with a file that needs only the key', async () => {
		const [vkey = ''] = await scene.keys(scene.north.id);
		for (const { id, leaf } of (await scene.leaves(scene.north.id)).slice(40, 44)) {
			const { file = '' } = (await scene.inclusion(scene.north.owner, id)) ?? {};
			const blank = file.indexOf('\n\n');
			const [format, extra, index, ...hashes] = file.slice(0, blank).split('\n');
			const { size, root } = await verifyCheckpoint(file.slice(blank + 2), vkey);
			expect(format).toBe('c2sp.org/tlog-proof@v1');
			expect(Buffer.from(extra?.replace('extra ', '') ?? '', 'base64').toString()).toBe(leaf);
			const given = { index: Number(index?.replace('index ', '')), size, root, proof: hashesOf(hashes) };
			await expect(
				verifyInclusion({ ...given, leafHash: await leafHash(new TextEncoder().encode(leaf)) }),
			).resolves.toBeUndefined();
		}
	});
});

describe('the root tree', () => {
	it('is visible to owners and auditors alike, and grows', async () => {
		const older = (await scene.checkpoint(scene.north.owner, null)) as ShownCheckpoint;
		await scene.append(scene.harbour.id, 3);
		await scene.worker.publishLog();
		const newer = (await scene.checkpoint(scene.auditor, null)) as ShownCheckpoint;
		expect([older.firmId, older.origin, older.rootInclusion]).toEqual([null, 'localhost/firmseal', null]);
		await expect(scene.verify(older)).resolves.toBeUndefined();
		await expect(scene.verify(newer)).resolves.toBeUndefined();
		expect(newer.size).toBeGreaterThan(older.size);
		expect((await scene.checkpoint(scene.north.owner, null, older.size))?.note).toBe(older.note);
		const hashes = await scene.consistency(scene.north.owner, null, older.size, newer.size);
		const proof = { size1: older.size, root1: bytesOf(older.root), size2: newer.size, root2: bytesOf(newer.root) };
		await expect(verifyConsistency({ ...proof, proof: hashesOf(hashes ?? []) })).resolves.toBeUndefined();
	});
});

describe('the tree of entries without a firm', () => {
	it('is open to auditors, and reads of it are logged without a firm', async () => {
		await scene.append(null, 5);
		await scene.worker.publishLog();
		const shown = (await scene.checkpoint(scene.auditor, NIL)) as ShownCheckpoint;
		await expect(scene.verify(shown)).resolves.toBeUndefined();
		expect([shown.firmId, shown.origin]).toEqual([NIL, `localhost/firmseal/${NIL}`]);
		const leaves = await covered(shown);
		expect(shown.root).toBe(await rootOf(leaves.map(({ leaf }) => leaf)));
		// Entries about the platform's own keys name the nil UUID, all others have no firm.
		expect(new Set(leaves.map(({ leaf }) => JSON.parse(leaf).firm))).toEqual(new Set([null, NIL]));
		expect((await scene.inclusion(scene.auditor, leaves[2]?.id ?? ''))?.index).toBe(2);
		const read = await scene.admin`select leaf::jsonb ->> 'firm' as firm from audit_entries
			where leaf::jsonb ->> 'action' = 'log.read' and leaf::jsonb #>> '{actor,roles,0}' = 'AUDITOR'`;
		expect(read.map(({ firm }) => firm)).toContain(null);
		expect(read.map(({ firm }) => firm)).not.toContain(NIL);
		const list = `{ auditEntries(firmId: "${NIL}", first: 1000) { totalCount nodes { firmId index } } }`;
		const { totalCount, nodes } = (await scene.api.ask(scene.auditor, list)).data.auditEntries;
		expect(nodes).toHaveLength(totalCount);
		expect(new Set(nodes.map(({ firmId }: { firmId: string | null }) => firmId))).toEqual(new Set([null, NIL]));
	});

	it('is closed to owners', async () => {
		const [entry] = await scene.leaves(NIL);
		expect(await scene.checkpoint(scene.north.owner, NIL)).toBeNull();
		expect(await scene.consistency(scene.north.owner, NIL, 0, 1)).toBeNull();
		expect(await scene.inclusion(scene.north.owner, entry?.id ?? '')).toBeNull();
		const { data } = await scene.api.ask(
			scene.north.owner,
			`{ auditEntries(firmId: "${NIL}", orderBy: LEAF_INDEX) { totalCount nodes { id } } }`,
		);
		expect(data.auditEntries).toEqual({ totalCount: 0, nodes: [] });
	});
});

describe('another firm’s tree', () => {
	it('does not exist, for any query', async () => {
		await scene.append(scene.north.id, 2);
		await scene.worker.publishLog();
		const [entry] = await scene.leaves(scene.north.id);
		expect(await scene.inclusion(scene.north.owner, entry?.id ?? '')).not.toBeNull();
		expect(await scene.inclusion(scene.harbour.owner, entry?.id ?? '')).toBeNull();
		expect(await scene.checkpoint(scene.harbour.owner, scene.north.id)).toBeNull();
		expect(await scene.consistency(scene.harbour.owner, scene.north.id, 0, 1)).toBeNull();
		expect(await scene.consistency(scene.harbour.owner, scene.north.id, 0, 2 ** 53 - 1)).toBeNull();
		const { data } = await scene.api.ask(
			scene.harbour.owner,
			`{ auditEntries(firmId: "${scene.north.id}", orderBy: LEAF_INDEX) { totalCount nodes { id } } }`,
		);
		expect(data.auditEntries).toEqual({ totalCount: 0, nodes: [] });
	});

	it('does not exist either for a query with an unknown firm or entry', async () => {
		for (const token of [scene.north.owner, scene.auditor]) {
			expect(await scene.checkpoint(token, uuidv7())).toBeNull();
			expect(await scene.consistency(token, uuidv7(), 1, 2)).toBeNull();
			expect(await scene.inclusion(token, uuidv7())).toBeNull();
		}
	});
});

describe('an impossible tree size', () => {
	it.each([
		['from: 2, to: 1', 'BAD_USER_INPUT'],
		['from: -1, to: 1', 'BAD_USER_INPUT'],
		['from: 0.5, to: 1', 'BAD_USER_INPUT'],
		['from: 0, to: 1.5', 'BAD_USER_INPUT'],
		['from: 0, to: 9007199254740992', 'BAD_USER_INPUT'],
		['from: 0, to: 9007199254740991', 'BAD_USER_INPUT'],
		['from: 0, to: 1e300', 'BAD_USER_INPUT'],
		['from: 1', 'GRAPHQL_VALIDATION_FAILED'],
		['from: "0", to: 1', 'GRAPHQL_VALIDATION_FAILED'],
	])('%s: %s', async (sizes, code) => {
		for (const firm of [`firmId: "${scene.north.id}", `, '']) {
			const { data, errors } = await scene.api.ask(
				scene.north.owner,
				`{ auditConsistencyProof(${firm}${sizes}) { hashes } }`,
			);
			expect([data ?? null, errors.map(({ extensions }) => extensions.code)]).toEqual([
				code === 'BAD_USER_INPUT' ? { auditConsistencyProof: null } : null,
				[code],
			]);
		}
	});

	it.each(['size: -1', 'size: 0.5', 'size: 1e300'])('auditCheckpoint(%s): BAD_USER_INPUT', async (size) => {
		const { errors } = await scene.api.ask(scene.auditor, `{ auditCheckpoint(${size}) { note } }`);
		expect(errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
	});

	it('one above the published number is refused, and the exact number is not', async () => {
		const published = async () => ((await scene.checkpoint(scene.auditor, scene.harbour.id)) as ShownCheckpoint).size;
		const proven = (size: number) => scene.consistency(scene.auditor, scene.harbour.id, 1, size);
		expect(await proven(await published())).not.toBeNull();
		// Each query is an entry of the same tree, which may be published before the next query.
		for (let tries = 0; ; tries++) {
			const size = await published();
			const refusal = await proven(size + 1).then(
				() => null,
				(error: Error) => error.message,
			);
			if (refusal !== null || tries === 20) {
				expect(refusal).toContain('BAD_USER_INPUT');
				return;
			}
			expect(await published()).toBeGreaterThan(size);
		}
	});
});

describe('a reader of proofs', () => {
	it('is logged, for the caller’s own firm', async () => {
		const [entry] = await scene.leaves(scene.north.id);
		const asked: [token: Person, query: string, firm: string | null][] = [
			[scene.north.owner, '{ auditCheckpoint { size } }', scene.north.id],
			[scene.north.owner, `{ auditCheckpoint(firmId: "${scene.harbour.id}") { size } }`, scene.north.id],
			[scene.north.owner, `{ auditInclusionProof(entryId: "${entry?.id}") { file } }`, scene.north.id],
			[scene.auditor, `{ auditInclusionProof(entryId: "${entry?.id}") { file } }`, scene.north.id],
			[scene.auditor, '{ auditConsistencyProof(from: 0, to: 1) { hashes } }', null],
			[scene.auditor, `{ auditCheckpoint(firmId: "${NIL}") { size } }`, null],
			[scene.auditor, `{ auditEntries(firmId: "${NIL}", orderBy: LEAF_INDEX) { nodes { id } } }`, null],
		];
		for (const [token, query, firm] of asked) {
			const entries = await scene.entriesOf(await scene.api.ask(token, query));
			expect([query, entries.map((each) => [each.action, each.firm])]).toEqual([query, [['log.read', firm]]]);
		}
	});

	it('costs two statements for each proof', async () => {
		await scene.worker.stop();
		const watch = watchStatements();
		try {
			const [, entry] = await scene.leaves(scene.north.id);
			const proofs = [
				() => scene.inclusion(scene.north.owner, entry?.id ?? ''),
				() => scene.checkpoint(scene.north.owner, scene.north.id),
				() => scene.consistency(scene.north.owner, scene.north.id, 3, 100),
				() => scene.consistency(scene.north.owner, null, 2, 5),
			];
			for (const prove of proofs) {
				watch.take();
				expect(await prove()).not.toBeNull();
				const statements = watch.take().filter((text) => /audit_(root_)?(leaves|checkpoints|hashes)/.test(text));
				expect(statements.length).toBe(2);
			}
		} finally {
			watch.end();
		}
	});
});

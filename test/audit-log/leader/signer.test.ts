import { describe, expect, it, vi } from 'vitest';
import { Frontier, hashOfLeaf, rangesOfConsistency } from '../../../src/audit/index.ts';
import { verifyCheckpoint } from '../../../src/audit/verify/index.ts';
import { nodeSha256, verifierKeyOf } from '../../../src/audit-log/leader/note.ts';
import {
	createSigner,
	type SignedHeads,
	SignerRefusedError,
	type UnsignedHead,
} from '../../../src/audit-log/leader/signer.ts';
import { createCheckpointKeys, KeyUnavailableError, PLATFORM_FIRM_ID } from '../../../src/keys/index.ts';
import { createFakeKeyring } from '../../keys/fake-keyring.ts';
import { createMemoryDataKeyStore } from '../../support/memory-data-key-store.ts';

const INSTALLATION = 'vault.example';
const ROOT = `${INSTALLATION}/firmseal`;
const FIRM = `${ROOT}/01980000-0000-7000-8000-0000000000f1`;

const leaf = (text: string) => hashOfLeaf(nodeSha256, Buffer.from(text));

/** The head of a tree of these leaves, with the proof that it continues the tree of the first `since` leaves. */
function headOf(origin: string, leaves: readonly string[], since: number): UnsignedHead {
	const edge = new Frontier(nodeSha256);
	const hashes = leaves.map(leaf);
	for (const hash of hashes) edge.append(hash);
	const fold = (start: number, end: number): Uint8Array => {
		const own = new Frontier(nodeSha256);
		for (const hash of hashes.slice(start, end)) own.append(hash);
		return own.root();
	};
	const ranges = since > leaves.length ? [] : rangesOfConsistency(since, leaves.length);
	return { origin, size: edge.size, root: edge.root(), proof: ranges.map(({ start, end }) => fold(start, end)) };
}

function makeStage() {
	const { keyring } = createFakeKeyring();
	const store = createMemoryDataKeyStore();
	const keys = createCheckpointKeys({ keyring, store });
	/** Stored checkpoints, by origin. */
	const stored = new Map<string, string>();
	const kept: string[] = [];
	const heads: SignedHeads = {
		find: async (origins) => new Map(origins.flatMap((of) => (stored.has(of) ? [[of, stored.get(of) as string]] : []))),
		async saveRoot(note) {
			kept.push(note);
			stored.set(ROOT, note);
		},
	};
	const start = () => createSigner({ keys, heads, installation: INSTALLATION });
	return { keys, store, stored, kept, start };
}

const refuse = () => Promise.reject(new KeyUnavailableError('REFUSED', 'It is disabled.'));
const letters = (count: number) => Array.from({ length: count }, (_, at) => `leaf ${at}`);

describe('the signer', () => {
	it('signs growing trees, each under its own name, and stores the root’s before it answers', async () => {
		const { start, kept } = makeStage();
		const signer = await start();
		for (const [from, to] of [
			[0, 1],
			[1, 2],
			[2, 7],
			[7, 7],
			[7, 130],
		] as const) {
			const heads = [headOf(FIRM, letters(to), from), headOf(ROOT, letters(to), from)];
			expect(await signer.lastSizes([FIRM, ROOT])).toEqual([from, from]);
			const [ofFirm = '', ofRoot = ''] = await signer.sign(heads, []);
			expect((await verifyCheckpoint(ofFirm, signer.verifierKey(FIRM))).size).toBe(to);
			expect((await verifyCheckpoint(ofRoot, signer.verifierKey(ROOT))).root).toEqual(heads[1]?.root);
			expect(kept.at(-1)).toBe(ofRoot);
		}
	});

	it('requests no earlier key while there is nothing to sign, no matter how often it is called', async () => {
		const { start, keys } = makeStage();
		const first = (await keys.active()).publicKey;
		await keys.rotate();
		const signer = await start();
		const all = vi.spyOn(keys, 'all');
		const before = [verifierKeyOf(ROOT, first), signer.verifierKey(ROOT)];
		for (let round = 0; round < 50; round++) expect(await signer.sign([], before)).toEqual([]);
		expect(all).toHaveBeenCalledTimes(1);
	});

	it('of a signed log creates no key in place of a lost one, and continues once that is available', async () => {
		const { start, store } = makeStage();
		const signer = await start();
		const [note = ''] = await signer.sign([headOf(ROOT, letters(3), 0)], []);
		store.alter(PLATFORM_FIRM_ID, 'CHECKPOINT', 1, { state: 'DISABLED' });
		for (const call of [() => signer.refresh(), start])
			await expect(call()).rejects.toMatchObject({ name: 'KeyUnavailableError', reason: 'REFUSED' });
		expect(store.records(PLATFORM_FIRM_ID, 'CHECKPOINT').map(({ state }) => state)).toEqual(['DISABLED']);
		store.alter(PLATFORM_FIRM_ID, 'CHECKPOINT', 1, { state: 'ACTIVE' });
		await signer.refresh();
		await verifyCheckpoint(note, (await start()).verifierKey(ROOT));
	});

	it('continues with a replaced key, even if keys between were lost', async () => {
		const { start, keys, stored } = makeStage();
		const [note = ''] = await (await start()).sign([headOf(ROOT, letters(3), 0)], []);
		stored.set(ROOT, note);
		const lost = (await keys.rotate()).version;
		await keys.rotate();
		const disabled = {
			...keys,
			ofVersion: (version: number) => (version === lost ? refuse() : keys.ofVersion(version)),
		};
		const of = { ...disabled, all: async () => (await keys.all()).filter(({ version }) => version !== lost) };
		const heads: SignedHeads = { find: async () => new Map([[ROOT, note]]), saveRoot: async () => {} };
		const signer = await createSigner({ keys: of, heads, installation: INSTALLATION });
		expect(await signer.lastSizes([ROOT])).toEqual([3]);
		const first = (await keys.ofVersion(1)).publicKey;
		const signed = await signer.sign([headOf(ROOT, letters(5), 3)], [verifierKeyOf(ROOT, first)]);
		expect((await verifyCheckpoint(signed[0] ?? '', verifierKeyOf(ROOT, first))).size).toBe(5);
	});

	it.each([
		['smaller', headOf(FIRM, letters(6), 7)],
		['empty', headOf(FIRM, [], 7)],
		['of one size with other content', headOf(FIRM, [...letters(6), 'other'], 7)],
		['longer, with an earlier leaf changed', headOf(FIRM, ['other', ...letters(9).slice(1)], 7)],
		['longer, with two earlier leaves swapped', headOf(FIRM, ['leaf 1', 'leaf 0', ...letters(9).slice(2)], 7)],
		[
			'longer, with an earlier leaf removed',
			headOf(
				FIRM,
				letters(10).filter((_, at) => at !== 3),
				7,
			),
		],
		['longer, without a proof', { ...headOf(FIRM, letters(9), 7), proof: [] }],
		['longer, with the proof from another size', headOf(FIRM, letters(9), 6)],
	])('refuses a tree that is %s, even after a restart, and then signs nothing of the round', async (_, forked) => {
		const { start, stored, kept } = makeStage();
		const first = await start();
		const [note = ''] = await first.sign([headOf(FIRM, letters(7), 0)], []);
		stored.set(FIRM, note);
		for (const signer of [first, await start()]) {
			await expect(signer.sign([headOf(ROOT, letters(2), 0), forked], [])).rejects.toBeInstanceOf(SignerRefusedError);
			await expect(signer.sign([forked], [])).rejects.toThrow(`The signer refuses the tree ${FIRM}`);
			expect(kept).toEqual([]);
			// A tree with an unchanged past continues.
			await signer.sign([headOf(FIRM, letters(8), await sizeOf(signer))], []);
		}
		async function sizeOf(signer: Awaited<ReturnType<typeof start>>) {
			return (await signer.lastSizes([FIRM]))[0] ?? 0;
		}
	});

	it('gives the same note each time for one tree of one size, so readers never see two versions', async () => {
		const { start } = makeStage();
		const signer = await start();
		const notes = new Set<string>();
		for (let time = 0; time < 3; time++)
			for (const note of await signer.sign([headOf(FIRM, letters(5), time === 0 ? 0 : 5)], [])) notes.add(note);
		expect(notes.size).toBe(1);
	});

	it('refuses to continue from a checkpoint that none of its keys has signed', async () => {
		const { start, stored } = makeStage();
		const other = makeStage();
		const [foreign = ''] = await (await other.start()).sign([headOf(FIRM, letters(3), 0)], []);
		stored.set(FIRM, foreign);
		const signer = await start();
		await expect(signer.lastSizes([FIRM])).rejects.toThrow('none of our keys signed its last checkpoint');
	});

	it('creates no key if none of ours has signed the last checkpoint of the root tree', async () => {
		const { start, stored, keys } = makeStage();
		const other = makeStage();
		const [foreign = ''] = await (await other.start()).sign([headOf(ROOT, letters(3), 0)], []);
		stored.set(ROOT, foreign);
		await expect(start()).rejects.toThrow('none of our keys signed its last checkpoint');
		expect(await keys.all()).toEqual([]);
		stored.delete(ROOT);
		await start();
		expect(await keys.all()).toHaveLength(1);
	});

	it('signs again with a new key what it signed with the old one, once with both, and the root tree always', async () => {
		const { start, keys } = makeStage();
		const signer = await start();
		const old = { firm: signer.verifierKey(FIRM), root: signer.verifierKey(ROOT) };
		await signer.sign([headOf(FIRM, letters(3), 0), headOf(ROOT, letters(3), 0)], []);
		await keys.rotate();
		await signer.refresh();
		const [firm4 = '', root4 = ''] = await signer.sign(
			[headOf(FIRM, letters(4), 3), headOf(ROOT, letters(4), 3)],
			[old.root],
		);
		const [firm5 = '', root5 = ''] = await signer.sign(
			[headOf(FIRM, letters(5), 4), headOf(ROOT, letters(5), 4)],
			[old.root],
		);
		for (const [note, vkey] of [
			[firm4, old.firm],
			[firm4, signer.verifierKey(FIRM)],
			[root4, old.root],
			[root5, old.root],
			[firm5, signer.verifierKey(FIRM)],
			[root5, signer.verifierKey(ROOT)],
		] as const)
			expect((await verifyCheckpoint(note, vkey)).size).toBeGreaterThan(3);
		await expect(verifyCheckpoint(firm5, old.firm)).rejects.toThrow('no signature');
	});
});

import { test } from '@fast-check/vitest';
import { integer, nat } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AuditProofError } from '../../../src/audit/verify/index.ts';
import { openKeptCheckpoint, verifyBundle } from '../../../src/audit/verify/log.ts';
import { scale } from '../../support/scale.ts';
import { ATTACKS } from './bundle-attacks.ts';
import {
	ACCEPTED,
	type BundleCase,
	HONEST,
	honestLog,
	KEY,
	KEY_CHANGES,
	LINES,
	ORIGIN,
	STOLEN_KEY,
	STOLEN_VKEY,
	VKEY,
	withProof,
} from './bundle-cases.ts';
import { linesIn } from './file-bytes.ts';
import { sha256, treeHash } from './naive-tree.ts';
import { signerOf } from './note-signer.ts';
import { FIRM, noteOf, originOf, ROOT } from './write-log.ts';
import { flipBit } from './wrong-proofs.ts';

async function verify({ bundle, vkeys, since }: Omit<BundleCase, 'name'>) {
	const older = since === undefined ? {} : { since: [await openKeptCheckpoint(since, vkeys)] };
	return verifyBundle(linesIn(bundle), { vkeys, sha256, ...older });
}

it.each(ACCEPTED)('accepts $name', async (accepted) => {
	const { origin, size, root, note, rootCheckpoint } = await verify(accepted);
	expect(note.startsWith(`${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n\n`)).toBe(true);
	expect(rootCheckpoint.origin).toBe(ROOT);
	expect(rootCheckpoint.note.startsWith(`${ROOT}\n${rootCheckpoint.size}\n`)).toBe(true);
});

it.each(ATTACKS)('refuses a bundle if $name', async (attack) => {
	const error = await verify(attack).catch((error: unknown) => error);
	expect(error).toBeInstanceOf(AuditProofError);
	const { message } = error as Error;
	expect(message).toMatch(/^[A-Z][ -~]{10,150}\.$/);
	// Never the content of a line.
	expect(message).not.toMatch(/FORBIDDEN|5a1e0f6c|01980000|\[31m/);
});

it.each(KEY_CHANGES)('accepts no new key just because the server names it: $name', async (change) => {
	await expect(verify(change)).rejects.toThrow(/^The key of the log was changed: /);
	const { since: _, ...alone } = change;
	expect(await verify(alone)).toMatchObject({ origin: ORIGIN });
});

it('returns only the part of a note that was signed by a key of the older checkpoint', async () => {
	const log = honestLog();
	const { checkpoint } = log.footer(FIRM);
	const stranger = signerOf(ORIGIN, STOLEN_KEY);
	log.put(FIRM, checkpoint + stranger.line(checkpoint.slice(0, checkpoint.indexOf('\n\n') + 1)));
	const vkeys = [STOLEN_VKEY, VKEY];
	const { note } = await verify({ bundle: log.bundle(FIRM), vkeys, since: noteOf(ORIGIN, LINES.slice(1, 6), KEY) });
	expect(note).toBe(checkpoint);
});

it('reports what it found', async () => {
	const log = honestLog();
	const seen: [string, number][] = [];
	const onLeaf = (leaf: string, index: number) => seen.push([leaf, index]);
	const found = await verifyBundle(linesIn(HONEST), { vkeys: [VKEY], sha256, onLeaf });
	const hashes = (leaves: readonly string[]) => leaves.map((leaf) => sha256('\0', leaf));
	expect(found).toEqual({
		origin: ORIGIN,
		size: 7,
		root: treeHash(hashes(log.leaves(FIRM))),
		note: log.footer(FIRM).checkpoint,
		rootCheckpoint: {
			origin: ROOT,
			size: log.root.length,
			root: treeHash(hashes(log.root)),
			note: log.rootNote(),
		},
		first: '2026-11-24T15:00:01.000Z',
		last: '2026-11-24T15:00:09.000Z',
	});
	expect(seen).toEqual(LINES.slice(1, 8).map((leaf, index) => [leaf, index]));
});

it('names the invalid line', async () => {
	const refused = (bundle: string) => expect(verifyBundle(linesIn(bundle), { vkeys: [VKEY], sha256 })).rejects;
	await refused(HONEST.replace('"format":', '"format": ')).toThrow('Line 1: A line is not canonical JSON.');
	await refused(HONEST.replace('{"action"', '{ "action"')).toThrow('Line 2: A line is not canonical JSON.');
	await refused(`${LINES.slice(0, 4).join('\n')}\n`).toThrow('The file ends after line 4, before it is complete.');
	await refused(`${HONEST}\n`).toThrow('The file goes on after its last line, number 9.');
	await refused(HONEST.replace('FORBIDDEN', 'PERMITTED')).toThrow('Line 9: The entries do not lead to the root');
	await refused(HONEST.slice(0, -1)).toThrow('The file is cut in line 9.');
	await refused(HONEST.replace('FORBIDDEN', 'x'.repeat(300_000))).toThrow('Line 2 is longer than 262,144 bytes.');
});

it('accepts an older checkpoint of its own tree only, even if another has the same root', async () => {
	const { checkpoint } = honestLog().footer(FIRM);
	const since = { ...(await openKeptCheckpoint(checkpoint, [VKEY])), origin: originOf(null) };
	const verified = verifyBundle(linesIn(HONEST), { vkeys: [VKEY], sha256, since: [since] });
	await expect(verified).rejects.toThrow('The older checkpoint is of another tree than the bundle.');
});

it('compares each of several older checkpoints', async () => {
	const since = await Promise.all(
		[2, 5].map((size) => openKeptCheckpoint(noteOf(ORIGIN, LINES.slice(1, 1 + size), KEY), [VKEY])),
	);
	expect((await verifyBundle(linesIn(HONEST), { vkeys: [VKEY], sha256, since })).size).toBe(7);
	for (const at of [0, 1]) {
		const changed = since.map((older, other) => (at === other ? { ...older, root: new Uint8Array(32) } : older));
		const verified = verifyBundle(linesIn(HONEST), { vkeys: [VKEY], sha256, since: changed });
		await expect(verified).rejects.toThrow('The bundle does not begin with the entries of the older checkpoint.');
	}
});

it('requires a key', async () => {
	await expect(verify({ bundle: HONEST, vkeys: [] })).rejects.toThrow('No verifier key is given.');
	await expect(verify({ bundle: HONEST, vkeys: [ORIGIN] })).rejects.toThrow('not have the form name+id+key');
});

it('closes its line source, whether it accepts or refuses the lines', async () => {
	for (const [text, settles] of [
		[HONEST, 'fulfilled'],
		[HONEST.replace('{"action"', '{'), 'rejected'],
	] as const) {
		let open = 0;
		const lines = (async function* () {
			open += 1;
			try {
				yield* text.slice(0, -1).split('\n');
			} finally {
				open -= 1;
			}
		})();
		const [result] = await Promise.allSettled([verifyBundle(lines, { vkeys: [VKEY], sha256 })]);
		expect([result.status, open]).toEqual([settles, 0]);
	}
});

it('rethrows an error of its caller unchanged', async () => {
	const full = new Error('The disk is full.');
	const onLeaf = () => {
		throw full;
	};
	await expect(verifyBundle(linesIn(HONEST), { vkeys: [VKEY], sha256, onLeaf })).rejects.toBe(full);
});

describe('property', { timeout: 60_000 }, () => {
	const bytes = new TextEncoder().encode(HONEST);

	test.prop([integer({ min: 0, max: bytes.length - 1 })], { numRuns: scale(300) })(
		'a file that is cut at any byte is refused',
		async (end) => {
			await expect(verify({ bundle: bytes.slice(0, end), vkeys: [VKEY] })).rejects.toBeInstanceOf(AuditProofError);
		},
	);

	test.prop([nat(bytes.length * 8 - 1)], { numRuns: scale(300) })(
		'a file with any changed bit is refused',
		async (bit) => {
			const bundle = flipBit(bytes, bit);
			await expect(verify({ bundle, vkeys: [VKEY] })).rejects.toBeInstanceOf(AuditProofError);
		},
	);

	test.prop([nat(), nat(255)], { numRuns: scale(100) })(
		'a proof with any changed bit is refused',
		async (which, bit) => {
			const bundle = withProof((proof) =>
				proof.map((hash, at) =>
					at === which % proof.length
						? Buffer.from(flipBit(Buffer.from(hash, 'base64'), bit)).toString('base64')
						: hash,
				),
			);
			await expect(verify({ bundle, vkeys: [VKEY] })).rejects.toThrow('does not lead to the root');
		},
	);

	test.prop([integer({ min: 1, max: 5000 })], { numRuns: scale(50) })(
		'a file is read the same in chunks of any size',
		async (size) => {
			const found = await verifyBundle(linesIn(HONEST, size), { vkeys: [VKEY], sha256 });
			expect(found.size).toBe(7);
		},
	);
});

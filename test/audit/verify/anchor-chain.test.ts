import { test } from '@fast-check/vitest';
import { integer, nat } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AuditProofError } from '../../../src/audit/verify/index.ts';
import { type AnchoredLeaf, createAnchorChain } from '../../../src/audit/verify/log.ts';
import { scale } from '../../support/scale.ts';
import { anchoredLog, chainOf, edited, KEY, newHash, ROOT_VKEY, THIRD_KEY, withLine } from './anchor-cases.ts';
import { leaves, NEW_KEY, STOLEN_KEY } from './bundle-cases.ts';
import { piecesOf } from './file-bytes.ts';
import { sha256 } from './naive-tree.ts';
import { signerOf } from './note-signer.ts';
import { canonical, FIRM, leafOf, noteOf, OTHER_FIRM, originOf, ROOT, TestLog } from './write-log.ts';
import { flipBit } from './wrong-proofs.ts';

const HONEST: readonly string[] = anchoredLog().anchors;
const [first, second, third] = HONEST as [string, string, string];

async function refuses(anchors: readonly (string | Uint8Array)[], message: string | RegExp) {
	const error = await chainOf(anchors).catch((error: unknown) => error);
	expect(error).toBeInstanceOf(AuditProofError);
	expect((error as Error).message).toMatch(/^[A-Z][ -~]{10,150}\.$/);
	expect((error as Error).message).toMatch(message);
}

it('accepts the honest log, and reports every leaf at its position', async () => {
	const log = anchoredLog();
	const seen: AnchoredLeaf[] = [];
	const chain = await chainOf(HONEST, (leaf) => seen.push(leaf));
	expect([chain.length, chain.incarnation, chain.rootVkey]).toEqual([3, 2, log.vkey(ROOT, THIRD_KEY)]);
	const trees = new Map([...log.trees, [ROOT, log.root]]);
	expect(chain.sizes()).toEqual(new Map(Array.from(trees, ([origin, leaves]) => [origin, leaves.length])));
	for (const [origin, leaves] of trees) {
		const own = seen.filter((leaf) => leaf.origin === origin);
		expect(own).toEqual(leaves.map((leaf, index) => ({ origin, index, leaf })));
	}
});

it('reports the contents of each anchor', async () => {
	const chain = await createAnchorChain({ rootVkey: ROOT_VKEY, sha256, newHash });
	const anchor = await chain.add(piecesOf(first));
	expect(anchor).toMatchObject({ incarnation: 1, installation: 'vault.example', number: 0, previous: null });
	expect(anchor.sections).toEqual([
		{ origin: originOf(null), from: 0, to: 1 },
		{ origin: originOf(FIRM), from: 0, to: 5 },
		{ origin: ROOT, from: 0, to: 5 },
	]);
	expect(anchor.root).toMatchObject({ origin: ROOT, size: 5 });
	expect(first.endsWith(`${canonical({ checkpoint: anchor.note })}\n`)).toBe(true);
	expect([chain.length, chain.incarnation, chain.rootVkey]).toEqual([1, 1, ROOT_VKEY]);
});

describe('the chain', () => {
	it('starts with number 0 and continues without gaps', async () => {
		await refuses([second], 'is not the next one');
		await refuses([first, third], 'is not the next one');
		await refuses([first, first], 'is not the next one');
		await refuses([first, withLine(second, 0, { number: 2 })], 'is not the next one');
	});

	it('binds each anchor to the bytes of the previous one', async () => {
		await refuses([first, withLine(second, 0, { previous: '0'.repeat(64) })], 'does not follow');
		await refuses([first, withLine(second, 0, { previous: null })], 'The first anchor, and only the first');
		await refuses([withLine(first, 0, { previous: '0'.repeat(64) })], 'The first anchor, and only the first');
		// Another first anchor that is valid alone.
		const other = new TestLog(KEY);
		other.heartbeat();
		await refuses([other.anchor(), second], 'does not follow');
	});

	it('does not continue after an anchor that it refused', async () => {
		const chain = await chainOf([first]);
		await expect(chain.add(piecesOf(third))).rejects.toThrow('is not the next one');
		await expect(chain.add(piecesOf(second))).rejects.toThrow('was not accepted');
		expect(chain.length).toBe(1);
	});

	it('accepts one anchor at a time', async () => {
		const chain = await createAnchorChain({ rootVkey: ROOT_VKEY, sha256, newHash });
		const [one, two] = await Promise.allSettled([chain.add(piecesOf(first)), chain.add(piecesOf(second))]);
		expect([one.status, two.status]).toEqual(['fulfilled', 'rejected']);
	});

	it('starts from one key, that of the root tree', async () => {
		const make = (rootVkey: string) => createAnchorChain({ rootVkey, sha256, newHash });
		await expect(make(new TestLog(KEY).vkey(originOf(FIRM)))).rejects.toThrow('not that of a root tree');
		const chain = await make(new TestLog(NEW_KEY).vkey(ROOT));
		await expect(chain.add(piecesOf(first))).rejects.toThrow('does not begin with the verifier key');
	});

	it('covers one installation, and its incarnations in order', async () => {
		await refuses([withLine(first, 0, { installation: 'other.example' })], 'another installation');
		await refuses([withLine(first, 0, { incarnation: 2 })], 'another incarnation');
		await refuses([first, second, withLine(third, 0, { incarnation: 1 })], 'another incarnation');
	});
});

describe('sections of an anchor', () => {
	const section = (file: string, origin: string) =>
		file.split('\n').findIndex((line) => line.startsWith(`{"from":`) && line.includes(`"${origin}"`));
	const at = section(second, originOf(FIRM));

	it('start where the previous one ended', async () => {
		await refuses([first, withLine(second, at, { from: 4, to: 8 })], 'does not begin where');
		await refuses([first, withLine(second, at, { from: 6, to: 10 })], 'does not begin where');
		await refuses([withLine(first, section(first, ROOT), { from: 1, to: 6 })], 'does not begin where');
	});

	it('have as many leaves as they claim', async () => {
		await refuses([first, withLine(second, at, { to: 10 })], /^Line \d+: /);
		await refuses([first, withLine(second, at, { to: 8 })], /^Line \d+: /);
		await refuses([first, edited(second, (lines) => lines.toSpliced(at + 1, 1))], /^Line \d+: /);
	});

	it('contain every leaf unchanged', async () => {
		const fixed = (change: (lines: string[]) => string[]) => [first, edited(second, change)];
		await refuses(
			fixed((lines) => lines.with(at + 1, (lines[at + 1] as string).replace('FORBIDDEN', 'PERMITTED'))),
			'do not lead to the root of a checkpoint',
		);
		await refuses(
			fixed((lines) => lines.toSpliced(at + 1, 2, lines[at + 2] as string, lines[at + 1] as string)),
			'not greater than the one before',
		);
		await refuses(
			fixed((lines) => lines.with(at + 1, leafOf(FIRM, 1))),
			'not greater than the one before',
		);
		await refuses(
			fixed((lines) => lines.with(at + 1, leafOf(OTHER_FIRM, 50))),
			'another firm',
		);
		await refuses(
			fixed((lines) => lines.with(at + 1, ` ${lines[at + 1]}`)),
			'not canonical',
		);
	});

	it('contain no leaf beyond the last checkpoint, since anyone could have added it', async () => {
		const log = new TestLog(KEY);
		log.append(FIRM, 2);
		log.publish(FIRM);
		log.append(FIRM);
		await refuses([log.anchor()], 'no checkpoint in it covers');
		const unpublished = new TestLog(KEY);
		unpublished.append(FIRM);
		await refuses([unpublished.anchor()], 'no checkpoint in it covers');
	});

	it('contain as many leaves of the root tree as its note says, whatever its root', async () => {
		const log = new TestLog(KEY);
		const text = noteOf(ROOT, log.root, KEY).split('\n\n')[0]?.replace('\n1\n', '\n2\n');
		const checkpoint = `${text}\n\n${signerOf(ROOT, KEY).line(`${text}\n`)}`;
		await refuses([withLine(log.anchor(), -1, { checkpoint })], 'another size');
	});

	it('contain the root tree unchanged', async () => {
		const root = section(first, ROOT);
		const fixed = (change: (lines: string[]) => string[]) => [edited(first, change)];
		const beat = canonical(canonical({ at: '2026-11-24T15:00:00.000Z', kind: 'heartbeat', v: 1 }));
		await refuses(
			fixed((lines) => lines.with(root + 3, beat)),
			'root tree do not lead',
		);
		await refuses(
			fixed((lines) => lines.toSpliced(root + 2, 2, lines[root + 3] as string, lines[root + 2] as string)),
			'root tree do not lead',
		);
		await refuses(
			fixed((lines) => lines.toSpliced(root + 1, 2, lines[root + 2] as string, lines[root + 1] as string)),
			'does not begin with the verifier key',
		);
	});
});

describe('checkpoints of firms, signed by anyone who has the key', () => {
	function anchorWith(change: (log: TestLog) => void): string {
		const log = new TestLog(KEY);
		log.append(FIRM, 3);
		log.publish(FIRM);
		change(log);
		return log.anchor();
	}
	const note = (count: number, key = KEY) => noteOf(originOf(FIRM), firstLeaves(count), key);

	it.each([
		['by another key', note(3, STOLEN_KEY), 'no signature by the verifier key'],
		['over other leaves', noteOf(originOf(FIRM), leaves(3, 50), KEY), 'do not lead to the root of a checkpoint'],
		['over fewer leaves than one before', note(2), 'smaller tree'],
		['over more leaves than there are', noteOf(originOf(FIRM), leaves(9), KEY), 'more entries than the anchors have'],
		[
			'of a firm that has no section',
			noteOf(originOf(OTHER_FIRM), leaves(1), KEY),
			'more entries than the anchors have',
		],
		['of another installation', noteOf(`other.example/firmseal/${FIRM}`, leaves(3), KEY), 'another installation'],
		['of the root tree', noteOf(ROOT, leaves(3), KEY), 'not that of the tree of a firm'],
		['with another text', 'No note.', 'not that of the tree of a firm'],
		['that is empty', '', 'not that of the tree of a firm'],
	])('are refused: %s', async (_, leaf, message) => refuses([anchorWith((log) => log.root.push(leaf))], message));

	it('are accepted twice over the same leaves', async () => {
		expect((await chainOf([anchorWith((log) => log.publish(FIRM))])).length).toBe(1);
	});
});

/** The first leaves of every TestLog. */
function firstLeaves(count: number): readonly string[] {
	const log = new TestLog(KEY);
	log.append(FIRM, count);
	return log.leaves(FIRM);
}

describe('leaves of the root tree', () => {
	const at = '2026-11-24T16:00:00.000Z';
	const key = new TestLog(NEW_KEY).vkey(ROOT);
	const lost = '';
	it.each([
		{ at, kind: 'heartbeat', v: 2 },
		{ at, kind: 'heartbeat', v: 1, more: 1 },
		{ at: 'now', kind: 'heartbeat', v: 1 },
		{ kind: 'heartbeat', v: 1 },
		{ at, kind: 'other', v: 1 },
		{ at, key, kind: 'heartbeat', v: 1 },
		{ at, key: 'key', kind: 'signer', v: 1 },
		{ at, key: null, kind: 'signer', v: 1 },
		{ at, key: new TestLog(NEW_KEY).vkey(originOf(FIRM)), kind: 'signer', v: 1 },
		{ at, kind: 'signer', v: 1 },
		{ at, key: ROOT_VKEY, kind: 'signer', v: 1 },
		{ at, incarnation: 1, kind: 'incarnation', lost, v: 1 },
		{ at, incarnation: 3, kind: 'incarnation', lost, v: 1 },
		{ at, incarnation: '2', kind: 'incarnation', lost, v: 1 },
		{ at, incarnation: 2, kind: 'incarnation', lost: null, v: 1 },
		{ at, incarnation: 2, kind: 'incarnation', v: 1 },
		{},
	])('are refused as %j', async (leaf) => {
		const log = new TestLog(KEY);
		log.root.push(canonical(leaf));
		await refuses([log.anchor()], /^Line \d+: /);
	});

	it('are canonical, and of at most 65,536 bytes', async () => {
		const spaced = new TestLog(KEY);
		spaced.root.push(`{"at": "${at}","kind":"heartbeat","v":1}`);
		await refuses([spaced.anchor()], 'not canonical');
		const long = new TestLog(KEY);
		long.root.push('x'.repeat(65_537));
		await refuses([long.anchor()], 'longer than 65,536 bytes');
	});
});

describe('a new signing key', () => {
	/** An anchor under KEY, and then `change`. */
	function afterFirst(change: (log: TestLog) => void): TestLog {
		const log = new TestLog(KEY);
		log.append(FIRM, 2);
		log.publish(FIRM);
		log.anchor();
		change(log);
		return log;
	}

	it('is in force from its leaf on: the old key, if stolen, signs nothing further', async () => {
		const stolen = afterFirst((log) => {
			log.rotate(NEW_KEY);
			log.append(FIRM);
			log.root.push(noteOf(originOf(FIRM), log.leaves(FIRM), KEY));
			log.anchor();
		});
		await refuses(stolen.anchors, 'not signed by each key');
		const later = afterFirst((log) => {
			log.rotate(NEW_KEY);
			log.publish(FIRM);
			log.anchor();
			log.append(FIRM);
			log.root.push(noteOf(originOf(FIRM), log.leaves(FIRM), KEY));
			log.anchor();
		});
		await refuses(later.anchors, 'no signature by the verifier key');
	});

	it('is not in force before its leaf', async () => {
		const early = afterFirst((log) => {
			log.append(FIRM);
			log.root.push(noteOf(originOf(FIRM), log.leaves(FIRM), NEW_KEY));
			log.rotate(NEW_KEY);
			log.anchor();
		});
		await refuses(early.anchors, 'no signature by the verifier key');
	});

	it('is countersigned by the previous key, in the first note of each tree', async () => {
		const alone = afterFirst((log) => {
			log.rotate(NEW_KEY);
			log.root.push(noteOf(originOf(FIRM), log.leaves(FIRM), NEW_KEY));
			log.anchor();
		});
		await refuses(alone.anchors, 'not signed by each key');
		// An attacker with only the new key wrote this: no one who trusts the old key follows it.
		const usurped = afterFirst((log) => {
			log.rotate(STOLEN_KEY);
			log.anchor();
		});
		const [honest, forged] = usurped.anchors as [string, string];
		const note = noteOf(ROOT, usurped.root, STOLEN_KEY);
		await refuses([honest, withLine(forged, -1, { checkpoint: note })], 'not signed by each key');
		await refuses(
			[honest, withLine(forged, -1, { checkpoint: noteOf(ROOT, usurped.root, KEY) })],
			'not signed by each key',
		);
	});

	it('signs alone from the second note on', async () => {
		const log = afterFirst((log) => {
			log.rotate(NEW_KEY);
			log.publish(FIRM);
			log.append(FIRM);
			log.publish(FIRM);
			log.anchor();
			log.heartbeat();
			log.anchor();
		});
		expect((await chainOf(log.anchors)).rootVkey).toBe(log.vkey(ROOT, NEW_KEY));
		expect(log.anchors.at(-1)?.match(/— vault/g)?.length).toBe(1);
	});

	it('is used once: an old key never returns', async () => {
		const back = afterFirst((log) => {
			log.rotate(NEW_KEY);
			log.anchor();
			log.rotate(KEY);
			log.anchor();
		});
		await refuses(back.anchors, 'in force before');
	});

	it('requires all keys since the last anchor on the root note, if there were several', async () => {
		const log = afterFirst((log) => {
			log.rotate(NEW_KEY);
			log.rotate(THIRD_KEY);
			log.anchor();
		});
		const [honest, file] = log.anchors as [string, string];
		await refuses([honest, file], 'not signed by each key');
		const note = noteOf(ROOT, log.root, THIRD_KEY, NEW_KEY, KEY);
		expect((await chainOf([honest, withLine(file, -1, { checkpoint: note })])).length).toBe(2);
	});

	it('belongs to the root tree', async () => {
		const log = afterFirst((log) => {
			log.root.push(canonical({ at: log.time(), key: log.vkey(originOf(FIRM), NEW_KEY), kind: 'signer', v: 1 }));
			log.anchor();
		});
		await refuses(log.anchors, 'not a key of the root tree');
	});

	it('is required for each incarnation', async () => {
		const log = afterFirst((log) => {
			log.incarnation += 1;
			log.root.push(canonical({ at: log.time(), incarnation: 2, kind: 'incarnation', lost: '', v: 1 }));
			log.anchor();
		});
		await refuses(log.anchors, 'no key of its own');
	});
});

describe('property', { timeout: 60_000 }, () => {
	const all = HONEST.map((anchor) => new TextEncoder().encode(anchor));

	test.prop([nat(2), nat()], { numRuns: scale(200) })(
		'an anchor that is cut at any byte is refused',
		async (which, seed) => {
			const anchor = all[which] as Uint8Array;
			await refuses([...all.slice(0, which), anchor.slice(0, seed % anchor.length)], '');
		},
	);

	test.prop([integer({ min: 0, max: 2 }), nat()], { numRuns: scale(200) })(
		'an anchor with any changed bit is refused',
		async (which, seed) => {
			const anchor = all[which] as Uint8Array;
			await refuses([...all.slice(0, which), flipBit(anchor, seed % (anchor.length * 8))], '');
		},
	);
});

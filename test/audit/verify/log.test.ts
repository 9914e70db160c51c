import { expect, it } from 'vitest';
import { AuditProofError, verifyCheckpoint } from '../../../src/audit/verify/index.ts';
import { linesOf, parseFirmOrigin, parseRootLeaf, rootOriginOf, vkeyForOrigin } from '../../../src/audit/verify/log.ts';
import { honestLog, KEY, ORIGIN, VKEY } from './bundle-cases.ts';
import { piecesOf } from './file-bytes.ts';
import { canonical, FIRM, noteOf, originOf, ROOT, TestLog } from './write-log.ts';

it('derives the vkey of any tree from that of another', async () => {
	const log = honestLog();
	for (const origin of [ROOT, ORIGIN, originOf(null)]) {
		const vkey = await vkeyForOrigin(VKEY, origin);
		expect(vkey).toBe(log.vkey(origin));
		expect(await verifyCheckpoint(noteOf(origin, ['a'], KEY), vkey)).toMatchObject({ origin, size: 1 });
	}
	await expect(vkeyForOrigin(ORIGIN, ROOT)).rejects.toBeInstanceOf(AuditProofError);
});

it('knows the origins of an installation', () => {
	expect(rootOriginOf('vault.example')).toBe(ROOT);
	expect(parseFirmOrigin(ORIGIN)).toEqual({ root: ROOT, firm: FIRM });
	expect(parseFirmOrigin(originOf(null))).toEqual({ root: ROOT, firm: null });
	expect(parseFirmOrigin(`s.a-2/firmseal/${FIRM}`)).toEqual({ root: 's.a-2/firmseal', firm: FIRM });
	for (const origin of [
		'',
		ROOT,
		`${ROOT}/`,
		`${ROOT}/${FIRM}/`,
		`${ROOT}/${FIRM}\n`,
		` ${ORIGIN}`,
		`/firmseal/${FIRM}`,
		`a b/firmseal/${FIRM}`,
		`a+b/firmseal/${FIRM}`,
		`a/b/firmseal/${FIRM}`,
		`-a/firmseal/${FIRM}`,
		`${'a'.repeat(101)}/firmseal/${FIRM}`,
		`${ROOT}/${FIRM.toUpperCase().replace('F1', 'FF')}`,
		`vault.example/FIRMSEAL/${FIRM}`,
	]) {
		expect(() => parseFirmOrigin(origin)).toThrow(AuditProofError);
	}
});

it('recognizes the leaves of the root tree by kind', () => {
	const at = '2026-11-24T15:04:00.000Z';
	const note = noteOf(ORIGIN, [], KEY);
	expect(parseRootLeaf(note)).toEqual({ kind: 'checkpoint', note, origin: ORIGIN });
	expect(parseRootLeaf(canonical({ at, kind: 'heartbeat', v: 1 }))).toEqual({ kind: 'heartbeat', at });
	const key = new TestLog(KEY).vkey(ROOT);
	expect(parseRootLeaf(canonical({ at, key, kind: 'signer', v: 1 }))).toEqual({ kind: 'signer', at, key });
	expect(parseRootLeaf(canonical({ at, incarnation: 2, kind: 'incarnation', lost: note, v: 1 }))).toEqual({
		kind: 'incarnation',
		at,
		incarnation: 2,
		lost: note,
	});
	for (const leaf of [`{"at":"${at}","kind":"heartbeat","v":1} `, '{', `{"at":"${at}","kind":"heartbeat"}`]) {
		expect(() => parseRootLeaf(leaf)).toThrow(AuditProofError);
	}
	// Only the signature shows that a text is not a note.
	expect(parseRootLeaf(` {"at":"${at}"}`)).toMatchObject({ kind: 'checkpoint' });
});

async function linesIn(text: string, size: number): Promise<string[]> {
	const lines: string[] = [];
	for await (const line of linesOf(piecesOf(text, size))) lines.push(line);
	return lines;
}

it('splits lines the same in chunks of any size, with characters and newlines cut in two', async () => {
	const text = '\n€uro\n\r\n\ufeff\n😀 😀\n\n';
	for (let size = 1; size <= 30; size++)
		expect(await linesIn(text, size)).toEqual(['', '€uro', '\r', '\ufeff', '😀 😀', '']);
	expect(await linesIn('', 1)).toEqual([]);
});

it('accepts lines of 262,144 bytes, and no longer ones', async () => {
	for (const size of [1000, 262_144, 262_145, 1_000_000]) {
		expect((await linesIn(`${'x'.repeat(262_144)}\n`, size))[0]?.length).toBe(262_144);
		await expect(linesIn(`\n${'x'.repeat(262_145)}\n`, size)).rejects.toThrow('Line 2 is longer than 262,144 bytes.');
		await expect(linesIn(`a\nb\n${'x'.repeat(262_145)}`, size)).rejects.toThrow('Line 3 is longer than 262,144 bytes.');
		await expect(linesIn('a\nb', size)).rejects.toThrow('The file is cut in line 2.');
	}
});

it('copies bytes that a stream overwrites later', async () => {
	const shared = new Uint8Array(3);
	async function* reusing() {
		for (const piece of ['abc', 'def', 'gh\n']) {
			shared.set(new TextEncoder().encode(piece));
			yield shared;
		}
	}
	const lines: string[] = [];
	for await (const line of linesOf(reusing())) lines.push(line);
	expect(lines).toEqual(['abcdefgh']);
});

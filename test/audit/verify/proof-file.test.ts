import { test } from '@fast-check/vitest';
import { integer, nat } from 'fast-check';
import { expect, it } from 'vitest';
import { AuditProofError } from '../../../src/audit/verify/index.ts';
import { verifyProofFile } from '../../../src/audit/verify/log.ts';
import { scale } from '../../support/scale.ts';
import { honestLog, KEY, leaves, NEW_KEY, NEW_VKEY, ORIGIN, VKEY } from './bundle-cases.ts';
import { FIRM, leafOf, noteOf, OTHER_FIRM, originOf, TestLog } from './write-log.ts';
import { flipBit } from './wrong-proofs.ts';

const FILE = honestLog().proofFile(FIRM, 4);
const LINES: readonly string[] = FILE.split('\n');
const blank = LINES.indexOf('');

/** The log of one firm with these leaves, signed unchecked, and the proof of the leaf at `index`. */
function signedProof(entries: readonly string[], index: number): string {
	const log = new TestLog(KEY);
	log.leaves(FIRM).push(...entries);
	log.publish(FIRM);
	return log.proofFile(FIRM, index);
}

function withLines(change: (lines: string[]) => readonly string[]): string {
	return change([...LINES]).join('\n');
}

const extraOf = (text: string | Uint8Array) => `extra ${Buffer.from(text).toString('base64')}`;

it('proves every entry of every log up to 20 entries', async () => {
	for (let size = 1; size <= 20; size++) {
		for (let index = 0; index < size; index++) {
			const file = signedProof(leaves(size), index);
			const { leaf, index: found, checkpoint } = await verifyProofFile(file, [VKEY]);
			expect([leaf, found, checkpoint.size]).toEqual([leafOf(FIRM, index + 1), index, size]);
			expect(file.endsWith(`\n\n${checkpoint.note}`)).toBe(true);
		}
	}
});

it('accepts bytes, and either key after a rotation', async () => {
	const log = honestLog();
	log.rotate(NEW_KEY);
	log.publish(FIRM);
	const file = log.proofFile(FIRM, 2);
	for (const vkeys of [[VKEY], [NEW_VKEY], [VKEY, NEW_VKEY]]) {
		expect(await verifyProofFile(new TextEncoder().encode(file), vkeys)).toMatchObject({ index: 2 });
	}
});

const note = LINES.slice(blank + 1).join('\n');
const [, extra, index, first, second] = LINES as [string, string, string, string, string];
const withNote = (other: string) => [...LINES.slice(0, blank + 1), other].join('\n');

const ATTACKS: Readonly<Record<string, string | Uint8Array>> = {
	'another entry': FILE.replace(extra, extraOf(leafOf(FIRM, 6))),
	'an entry with a space': FILE.replace(extra, extraOf(` ${leafOf(FIRM, 5)}`)),
	'an entry that is not UTF-8': FILE.replace(extra, extraOf(Uint8Array.of(0xff))),
	'no entry': withLines((lines) => lines.toSpliced(1, 1)),
	'an empty entry': FILE.replace(extra, 'extra '),
	'an entry with more padding': FILE.replace(extra, `${extra}====`),
	'a hash without its padding': FILE.replace(first, first.slice(0, -1)),
	'the next index': FILE.replace(index, 'index 5'),
	'the index before': FILE.replace(index, 'index 3'),
	'an index outside': FILE.replace(index, 'index 7'),
	'an index with a zero before it': FILE.replace(index, 'index 04'),
	'a negative index': FILE.replace(index, 'index -4'),
	'an index of many digits': FILE.replace(index, 'index 9007199254740993'),
	'no index': withLines((lines) => lines.toSpliced(2, 1)),
	'a hash more': withLines((lines) => lines.toSpliced(3, 0, first)),
	'a hash less': withLines((lines) => lines.toSpliced(3, 1)),
	'two hashes swapped': withLines((lines) => lines.toSpliced(3, 2, second, first)),
	'a hash of 31 bytes': FILE.replace(first, Buffer.alloc(31).toString('base64')),
	'a line that is no hash': FILE.replace(first, 'no hash'),
	'another version': FILE.replace('@v1', '@v2'),
	'another line before it': `\n${FILE}`,
	'a byte order mark': `\ufeff${FILE}`,
	'carriage returns': FILE.replaceAll('\n', '\r\n'),
	'a carriage return after the index': FILE.replace(index, `${index}\r`),
	'no empty line': withLines((lines) => lines.toSpliced(blank, 1)),
	'two empty lines': withLines((lines) => lines.toSpliced(blank, 0, '')),
	'a byte after it': `${FILE}x`,
	'a newline after it': `${FILE}\n`,
	'no checkpoint': withNote(''),
	nothing: '',
	'an older checkpoint': withNote(noteOf(ORIGIN, honestLog().leaves(FIRM).slice(0, 5), KEY)),
	'a checkpoint by another key': withNote(noteOf(ORIGIN, honestLog().leaves(FIRM), NEW_KEY)),
	'a checkpoint of another firm': withNote(noteOf(originOf(OTHER_FIRM), honestLog().leaves(FIRM), KEY)),
	'a checkpoint with another size': withNote(note.replace('\n7\n', '\n8\n')),
	'bytes that are not UTF-8': Buffer.from(FILE.replaceAll('—', '\u0097'), 'latin1'),
	'more than a megabyte': withLines((lines) => lines.toSpliced(3, 0, 'x'.repeat(1_300_000))),
	// Signed with the key.
	'an entry of another firm': signedProof([leafOf(OTHER_FIRM, 1)], 0),
	'an entry that is not JSON': signedProof(['entry'], 0),
	'an entry with an ANSI order': signedProof([leafOf(FIRM, 1, { reason: 'RED' }).replace('RED', '\u001b[31m')], 0),
	'an entry with a C1 control character': signedProof([leafOf(FIRM, 1, { reason: '\u009b31m' })], 0),
	'an entry of 70,000 bytes': signedProof([leafOf(FIRM, 1, { reason: 'x'.repeat(70_000) })], 0),
};

it.each(Object.entries(ATTACKS))('refuses %s', async (_, file) => {
	const error = await verifyProofFile(file, [VKEY]).catch((error: unknown) => error);
	expect(error).toBeInstanceOf(AuditProofError);
	expect((error as Error).message).toMatch(/^[A-Z][ -~]{10,150}\.$/);
});

it('requires the keys of one entry tree', async () => {
	await expect(verifyProofFile(FILE, [])).rejects.toThrow('No verifier key is given.');
	await expect(verifyProofFile(FILE, [honestLog().vkey(originOf(OTHER_FIRM))])).rejects.toThrow('no signature');
	await expect(verifyProofFile(FILE, [VKEY, honestLog().vkey(originOf(null))])).rejects.toThrow('another tree');
	await expect(verifyProofFile(FILE, [honestLog().vkey('vault.example/firmseal')])).rejects.toThrow(AuditProofError);
});

const bytes = new TextEncoder().encode(FILE);

test.prop([integer({ min: 0, max: bytes.length - 1 })], { numRuns: scale(200) })(
	'refuses a file that is cut at any byte',
	async (end) => {
		await expect(verifyProofFile(bytes.slice(0, end), [VKEY])).rejects.toBeInstanceOf(AuditProofError);
	},
);

test.prop([nat(bytes.length * 8 - 1)], { numRuns: scale(300) })('refuses a file with any changed bit', async (bit) => {
	await expect(verifyProofFile(flipBit(bytes, bit), [VKEY])).rejects.toBeInstanceOf(AuditProofError);
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { headlineOf, meaningOf } from '../../../web/verify/verdict.ts';
import type { BundleCase } from '../../audit/verify/bundle-cases.ts';
import {
	HONEST,
	honestLog,
	KEY,
	KEY_CHANGES,
	LINES,
	leaves,
	NEW_KEY,
	NEW_VKEY,
	ORIGIN,
	STOLEN_VKEY,
	signedBundle,
	VKEY,
	withFooter,
	withHeader,
	withLines,
} from '../../audit/verify/bundle-cases.ts';
import { signerOf } from '../../audit/verify/note-signer.ts';
import { FIRM, leafOf, noteOf, OTHER_FIRM, originOf } from '../../audit/verify/write-log.ts';
import { fileOf, verdictOn } from './given.ts';

interface Vectors {
	readonly accepted: readonly BundleCase[];
	readonly refused: readonly BundleCase[];
}
const vectors: Vectors = JSON.parse(
	readFileSync(new URL('../../vectors/audit-bundle-v1.json', import.meta.url), 'utf8'),
);
const judged = ({ bundle, vkeys, since }: BundleCase) =>
	verdictOn(bundle as string, {
		pastedKeys: vkeys.join('\n'),
		checkpoint: since === undefined ? null : fileOf(since, 'kept'),
	});

describe('the vectors', () => {
	it.each(vectors.accepted)('accepts $name', async (bundle) => {
		expect(await judged(bundle)).toMatchObject({ outcome: 'WHOLE', findings: [] });
	});
	it.each(vectors.refused)('refuses it if $name', async (bundle) => {
		const { outcome, note, summary, findings } = await judged(bundle);
		expect(outcome).toBeOneOf(['WRONG', 'FINDINGS']);
		// What is signed but no entry of the program is counted; anything else is not.
		if (outcome === 'WRONG') expect([note, summary]).toEqual([null, null]);
		expect(findings.length).toBeGreaterThan(0);
	});
	it.each(KEY_CHANGES)('accepts no new key just because the server names it: $name', async (bundle) => {
		expect((await judged(bundle)).says[0]).toContain('The key of the log was changed: ');
	});
});

it('says what a whole log has, in the words of the command', async () => {
	const verdict = await verdictOn(HONEST);
	expect(headlineOf(verdict)).toBe('Complete and unchanged');
	expect(verdict.says).toEqual([`The log of ${ORIGIN} is complete and unchanged.`]);
	expect(Object.fromEntries(verdict.facts)).toMatchObject({
		log: ORIGIN,
		firms: `1: ${FIRM}`,
		entries: '7, from 2026-11-24T15:00:01.000Z to 2026-11-24T15:00:09.000Z',
		checkpoints: expect.stringMatching(/^2: .* 6 leaves/),
	});
	expect(verdict.summary).toEqual({ actions: [['request.deny', 7]], refused: 7, leases: [], people: [], isCut: false });
	expect(verdict.files).toEqual([
		{ name: 'log.jsonl', bytes: Buffer.byteLength(HONEST), sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
	]);
	expect(meaningOf(verdict).not).toContain('keep the checkpoint');
});

describe('what is wrong has a line and a reason', () => {
	const cases: readonly (readonly [string, string, number | null, string, string | null])[] = [
		[
			'a changed value',
			HONEST.replace('FORBIDDEN', 'PERMITTED'),
			9,
			'do not lead to the root',
			'a line from 2 to 8. One signature',
		],
		[
			'a removed line',
			withLines((lines) => lines.toSpliced(3, 1)),
			8,
			'The file ends after line 8',
			'promises 7 entries, but the signed end is in line 8, after only 6: lines were removed',
		],
		[
			'a file without its end',
			withLines((lines) => lines.slice(0, 4)),
			4,
			'The file ends after line 4',
			'the signed end is missing. A download that broke off',
		],
		[
			'lines in another order',
			withLines(([header = '', one = '', two = '', ...rest]) => [header, two, one, ...rest]),
			9,
			'do not lead to the root',
			'Begin with line 3',
		],
		[
			'a broken line',
			withLines((lines) => lines.with(4, '{"action":')),
			9,
			'do not lead to the root',
			'Begin with line 5',
		],
		[
			'an added line',
			withLines((lines) => lines.toSpliced(3, 0, leafOf(FIRM, 99))),
			9,
			'exactly the keys of its format',
			'one was added',
		],
		['a line after the end', `${HONEST}{}\n`, 10, 'goes on after its last line', 'Something was added'],
		['a cut file', HONEST.slice(0, -20), 9, 'The file is cut in line 9', 'export the log again'],
		['a huge line', HONEST.replace('FORBIDDEN', 'x'.repeat(300_000)), 2, 'longer than 262,144 bytes', null],
		[
			'a deeply nested line',
			withLines((lines) => lines.with(8, `${'['.repeat(100_000)}${']'.repeat(100_000)}`)),
			9,
			'Line 9: A line is',
			null,
		],
		['carriage returns', HONEST.replaceAll('\n', '\r\n'), 1, 'Line 1: A line is not canonical JSON', 'carriage return'],
		['a byte order mark', `\ufeff${HONEST}`, 1, 'Line 1: A line is not JSON', 'byte order mark'],
		[
			'the log of another installation',
			withHeader({ origin: `other.example/firmseal/${FIRM}` }),
			1,
			'another tree',
			`that of other.example/firmseal/${FIRM}, the key that of ${ORIGIN}`,
		],
		[
			'a checkpoint of another size',
			withFooter(({ root }) => ({ checkpoint: noteOf(ORIGIN, LINES.slice(1, 6), KEY), root })),
			9,
			'another size than the bundle',
			'lines were added or removed',
		],
		['an object that is no bundle', '{}\n', 1, 'exactly the keys of its format', null],
	];
	it.each(cases)('%s', async (_, bundle, line, why, hint) => {
		const { outcome, findings, says, summary, note } = await verdictOn(bundle);
		expect([outcome, summary, note]).toEqual(['WRONG', null, null]);
		expect(findings[0]).toMatchObject({ file: 'log.jsonl', line, why: expect.stringContaining(why) });
		if (hint !== null) expect(findings[0]?.hint).toContain(hint);
		expect(says[0]).toBe(`The bundle "log.jsonl" does not verify: ${findings[0]?.why}`);
	});

	it('a line that is no entry, by its own line', async () => {
		const { findings } = await verdictOn(withLines((lines) => lines.with(4, '{"action":')));
		expect(findings[1]).toMatchObject({
			line: 5,
			why: 'The entry in line 5 is not one that the log may have: A line is not JSON.',
		});
	});

	it('the signed end that comes too early is no wrong entry', async () => {
		const { findings } = await verdictOn(withLines((lines) => lines.toSpliced(3, 2)));
		expect(findings.map(({ line }) => line)).toEqual([7]);
	});

	it('a truncated checkpoint', async () => {
		const note = noteOf(ORIGIN, LINES.slice(1, 6), KEY);
		for (const cut of [note.slice(0, -5), note.slice(0, 40), '']) {
			const { outcome, says } = await verdictOn(HONEST, { checkpoint: fileOf(cut, 'kept') });
			expect([outcome, says[0]]).toEqual([
				'WRONG',
				expect.stringContaining('The older checkpoint "kept" does not verify: '),
			]);
		}
	});

	it('bytes that are no text', async () => {
		const bytes = new TextEncoder().encode(HONEST);
		bytes[bytes.indexOf(0x0a) + 20] = 0xff;
		const { findings } = await verdictOn(bytes);
		expect(findings[0]).toMatchObject({ line: 2, why: 'Line 2 is not UTF-8.' });
	});
});

describe('an older checkpoint', () => {
	const since = noteOf(ORIGIN, LINES.slice(1, 6), KEY);

	it('shows that the log continues it', async () => {
		const verdict = await verdictOn(HONEST, { checkpoint: fileOf(since, 'kept') });
		expect([verdict.outcome, verdict.since]).toEqual(['WHOLE', 5]);
		expect(meaningOf(verdict).proves).toContain('its first 5 entries are the same');
	});

	it('narrows the lines that may have been changed', async () => {
		const early = await verdictOn(HONEST.replace('FORBIDDEN', 'PERMITTED'), { checkpoint: fileOf(since, 'kept') });
		expect(early.findings[0]?.hint).toContain('A line from 2 to 6');
		const late = withLines((lines) => lines.with(7, lines[7]?.replace('FORBIDDEN', 'PERMITTED') ?? ''));
		const { findings } = await verdictOn(late, { checkpoint: fileOf(since, 'kept') });
		expect(findings[0]?.hint).toContain('a line from 7 to 8. Lines 2 to 6 are as in the older checkpoint.');
	});
});

describe('a second copy', () => {
	const changed = HONEST.replace('"sequence":3', '"sequence":4').replace('FORBIDDEN', 'FORBIDDEN');
	const older = signedBundle(LINES.slice(1, 6));

	it('shows the line that was changed', async () => {
		for (const [bundle, copy] of [
			[changed, HONEST],
			[HONEST, changed],
			[changed, older],
		] as const) {
			const verdict = await verdictOn(bundle, { copy: fileOf(copy, 'copy.jsonl') });
			expect(verdict.outcome).toBe('WRONG');
			expect(verdict.findings[0]).toMatchObject({
				line: 4,
				why: expect.stringMatching(/^Line 4 differs from line 4 of ".*", which verifies\.$/),
			});
			expect(headlineOf(verdict)).toContain('verifies: the other copy was changed');
		}
	});

	const swapped = withLines(([header = '', one = '', two = '', ...rest]) => [header, two, one, ...rest]);
	it.each([
		[
			'a removed entry',
			withLines((lines) => lines.toSpliced(3, 1)),
			/^The entry of line 4 of "sound\.jsonl", which verifies, is missing here\.$/,
			/^It says: 2026-11-24T15:00:03\.000Z, An operation was refused \(request\.deny\)/,
		],
		[
			'removed entries, and a first line that admits them',
			withLines(([header = '', ...rest]) => [header.replace('"size":7', '"size":4'), ...rest.toSpliced(2, 3)]),
			/^The entries of lines 4 to 6 of /,
			/^The first says: 2026/,
		],
		[
			'the last entry removed',
			withLines((lines) => lines.toSpliced(7, 1)),
			/^The entries from line 8 on of "sound/,
			/^The first says: /,
		],
		[
			'an added entry',
			withLines((lines) => lines.toSpliced(3, 0, leafOf(FIRM, 99))),
			/^Line 4 is no entry of "sound\.jsonl", which verifies: it was added\.$/,
			/^It says: /,
		],
		[
			'moved entries',
			swapped,
			/^Line 2 differs from line 2 of "sound/,
			/at this place is in line 3: entries were moved/,
		],
		[
			'a changed entry',
			HONEST.replace('"decision":"DENIED"', '"decision":"ALLOWED"'),
			/^Line 2 differs from line 2 of /,
			/^What was signed says: .* Changed: decision was "DENIED", is "ALLOWED"\. This is the first difference/,
		],
		[
			'a line that is no entry any more',
			withLines((lines) => lines.with(3, '\u202e<script>')),
			/^Line 4 differs from line 4 of /,
			/^What was signed says: [ -~]*$/,
		],
	])('shows %s, so that no one has to open the files', async (_, wrong, why, hint) => {
		for (const [bundle, copy] of [
			[fileOf(wrong, 'wrong.jsonl'), fileOf(HONEST, 'sound.jsonl')],
			[fileOf(HONEST, 'sound.jsonl'), fileOf(wrong, 'wrong.jsonl')],
		] as const) {
			const verdict = await verdictOn(null, { bundle, copy });
			const { findings, soundCopy } = verdict;
			expect(meaningOf(verdict).proves).toContain('"sound.jsonl" has every entry');
			expect([soundCopy, findings[0]?.file]).toEqual(['sound.jsonl', 'wrong.jsonl']);
			expect(findings[0]?.why).toMatch(why);
			expect(findings[0]?.hint).toMatch(hint);
			expect(findings.map((each) => each.hint).join()).not.toContain('another copy');
		}
	});

	it('is continued by the longer one', async () => {
		const verdict = await verdictOn(HONEST, { copy: fileOf(older, 'older.jsonl') });
		expect([verdict.outcome, verdict.since, verdict.says.length]).toEqual(['WHOLE', 5, 2]);
	});

	it('shows two signed versions of one log', async () => {
		const other = signedBundle(leaves(6, 2));
		const verdict = await verdictOn(HONEST, { copy: fileOf(other, 'other.jsonl') });
		expect(verdict.findings[0]).toMatchObject({ line: 2, hint: expect.stringContaining('two signed versions') });
		expect(headlineOf(verdict)).toContain('Not verified');
	});
});

describe('proofs of entries', () => {
	const proof = honestLog().proofFile(FIRM, 2);

	it('are verified alone', async () => {
		const verdict = await verdictOn(null, { proofs: [fileOf(proof, 'p')] });
		expect([verdict.outcome, headlineOf(verdict)]).toEqual(['WHOLE', 'In the log']);
		expect(verdict.says).toEqual([`"p": The entry is number 3 of the 7 in the log of ${ORIGIN}.`]);
		const wrong = await verdictOn(null, { proofs: [fileOf(proof.replace('index 2', 'index 3'), 'p')] });
		expect([wrong.outcome, wrong.findings[0]?.file]).toEqual(['WRONG', 'p']);
	});

	it('are compared with the log, and count as an older checkpoint', async () => {
		expect(await verdictOn(HONEST, { proofs: [fileOf(proof, 'p')] })).toMatchObject({ outcome: 'WHOLE', since: 7 });
		const other = signedBundle(leaves(9));
		const { outcome, findings } = await verdictOn(other, { proofs: [fileOf(proof, 'p')] });
		expect([outcome, findings[0]?.why]).toEqual(['WRONG', expect.stringContaining('older checkpoint')]);
	});
});

it('goes on after entries that no program of the platform writes, and says that they are wrong', async () => {
	const bundle = signedBundle([leafOf(FIRM, 1), leafOf(FIRM, 1), leafOf(OTHER_FIRM, 3), leafOf(FIRM, 2)]);
	const verdict = await verdictOn(bundle);
	expect(headlineOf(verdict)).toBe('Complete and unchanged, but entries of it are wrong');
	expect(verdict.findings.map(({ line }) => line)).toEqual([3, 4]);
	expect(verdict.says[0]).toContain('but has 2 findings in its entries');
});

it('verifies nothing with a key that is none, and says which', async () => {
	const file = (text: string) => ({ keyFiles: [fileOf(text, 'firm.vkey')], pastedKeys: '' });
	for (const [given, why] of [
		[file(`${VKEY}\n--keep=x\n`), 'Line 2 of "firm.vkey" is not a verifier key'],
		[file(''), 'Line 1 of "firm.vkey" is not a verifier key'],
		[file('x'.repeat(70_000)), '"firm.vkey" is longer than 65,536 bytes'],
		[
			file(VKEY.replace(/\+[0-9a-f]{8}\+/, '+00000000+')),
			'Line 1 of "firm.vkey": The id of the verifier key does not belong',
		],
		[{ pastedKeys: 'nonsense' }, 'Line 1 of "the pasted keys" is not a verifier key'],
		[{ pastedKeys: `${VKEY} ${signerOf(originOf(OTHER_FIRM), KEY).vkey}` }, 'The keys are of different logs'],
	] as const) {
		const verdict = await verdictOn(HONEST, given);
		expect([verdict.outcome, verdict.findings[0]?.why]).toEqual(['UNREAD', expect.stringContaining(why)]);
		expect(headlineOf(verdict)).toBe('Nothing was verified');
	}
	const { findings } = await verdictOn(HONEST, { pastedKeys: VKEY.slice(0, -4) });
	expect(findings[0]?.hint).toContain('copy the whole line again');
	const wrong = await verdictOn(HONEST, { pastedKeys: STOLEN_VKEY });
	expect(wrong.findings[0]).toMatchObject({ line: 9, why: 'Line 9: The note has no signature by the verifier key.' });
	expect(wrong.findings[0]?.hint).toContain('Another key signed this log');
	expect((await verdictOn(HONEST, { pastedKeys: `\n ${NEW_VKEY}\r\n\n${VKEY}  ` })).outcome).toBe('WHOLE');
	expect(signerOf(ORIGIN, NEW_KEY).vkey).toBe(NEW_VKEY);
});

it('says that a file was changed while it was read', async () => {
	const file = fileOf(HONEST);
	file.slice = () =>
		({ arrayBuffer: () => Promise.reject(new DOMException('', 'NotReadableError')) }) as unknown as Blob;
	const verdict = await verdictOn(null, { bundle: file });
	expect([verdict.outcome, verdict.findings[0]?.why]).toEqual([
		'UNREAD',
		expect.stringContaining('can’t be read: it was changed'),
	]);
});

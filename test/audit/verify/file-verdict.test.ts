import { expect, it } from 'vitest';
import { judgeBundle, judgeProof, parseKeyFile } from '../../../src/audit/verify/log.ts';
import { HONEST, honestLog, KEY, LINES, NEW_KEY, ORIGIN, signedBundle, VKEY, withLines } from './bundle-cases.ts';
import { linesIn } from './file-bytes.ts';
import { sha256 } from './naive-tree.ts';
import { signerOf } from './note-signer.ts';
import { FIRM, leafOf, noteOf } from './write-log.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

function judge(bundle: string, since: string | null = null, vkeys = [VKEY]) {
	const older = since === null ? [] : [{ name: 'kept.txt', bytes: bytesOf(since) }];
	return judgeBundle({ name: 'log.jsonl', lines: linesIn(bundle), vkeys, sha256, since: older });
}

it('says that a whole log is complete and unchanged, and what it has', async () => {
	const { says, facts, findings, refused, since } = await judge(HONEST, noteOf(ORIGIN, LINES.slice(1, 6), KEY));
	expect(says).toBe(`The log of ${ORIGIN} is complete and unchanged.`);
	expect(facts.slice(0, 1)).toEqual([['entries', '7, from 2026-11-24T15:00:01.000Z to 2026-11-24T15:00:09.000Z']]);
	expect(facts.at(-1)).toEqual(['since', 'the log begins with the 5 entries of the older checkpoint']);
	expect([findings, refused, since]).toEqual([[], null, 5]);
});

it.each([
	['a removed line', withLines((lines) => lines.toSpliced(3, 1)), 8],
	['a changed value', HONEST.replace('FORBIDDEN', 'PERMITTED'), 9],
	['lines in another order', withLines(([header = '', one = '', two = '', ...rest]) => [header, two, one, ...rest]), 9],
	['a line that is no JSON', HONEST.replace('{"action"', '["action"'), 9],
	['a cut file', HONEST.slice(0, -1), 9],
	['a file that ends early', `${LINES.slice(0, 4).join('\n')}\n`, 4],
	['a file that goes on', `${HONEST}{}\n`, 10],
	['a long line', HONEST.replace('FORBIDDEN', 'x'.repeat(300_000)), 2],
])('names the file and the line of %s', async (_, bundle, line) => {
	const { says, found, refused } = await judge(bundle);
	expect(found).toBeNull();
	expect(refused).toMatchObject({ file: 'log.jsonl', line });
	expect(says).toBe(`The bundle "log.jsonl" does not verify: ${refused?.why}`);
});

it('names the older checkpoint if that is what does not verify', async () => {
	const note = noteOf(ORIGIN, LINES.slice(1, 6), NEW_KEY);
	const { says, refused } = await judge(HONEST, note);
	expect(says).toBe('The older checkpoint "kept.txt" does not verify: The note has no signature by the verifier key.');
	expect(refused).toMatchObject({ file: 'kept.txt', line: null });
	const later = await judge(signedBundle(LINES.slice(1, 6)), noteOf(ORIGIN, LINES.slice(1, 8), KEY));
	expect(later.refused).toEqual({
		file: 'log.jsonl',
		line: null,
		why: 'The older checkpoint has more entries than the bundle.',
	});
});

it('goes on after an entry that no program of the platform writes, and lists it', async () => {
	const bundle = signedBundle([leafOf(FIRM, 1), leafOf(FIRM, 1), 'no entry', leafOf(FIRM, 2)]);
	const { says, findings, found } = await judge(bundle);
	expect(says).toBe(`The log of ${ORIGIN} is complete and unchanged, but has 2 findings in its entries.`);
	expect(findings.map(({ kind, index }) => [kind, index])).toEqual([
		['ENTRY_ORDER', 1],
		['ENTRY_MALFORMED', 2],
	]);
	expect(found?.size).toBe(4);
});

it('judges a proof file', async () => {
	const bytes = bytesOf(honestLog().proofFile(FIRM, 2));
	expect((await judgeProof({ name: 'p', bytes }, [VKEY])).says).toBe(
		`The entry is number 3 of the 7 in the log of ${ORIGIN}:`,
	);
	const { says, found } = await judgeProof({ name: 'p', bytes: bytesOf(HONEST) }, [VKEY]);
	expect([says, found]).toEqual(['The proof "p" does not verify: The file is not a proof file of version 1.', null]);
});

it('rethrows an error that is not about a file', async () => {
	const lines = (async function* () {
		yield await Promise.reject(new Error('The disk is gone.'));
	})();
	const options = { name: 'x', lines, vkeys: [VKEY], sha256, since: [] };
	await expect(judgeBundle(options)).rejects.toThrow('The disk is gone.');
});

it('reads keys one per line, and names a line that is none', () => {
	const other = signerOf(ORIGIN, NEW_KEY).vkey;
	expect(parseKeyFile(`${VKEY}\n${other}\n`, 'k')).toEqual([VKEY, other]);
	for (const [text, line] of [
		['', 1],
		[`${VKEY}\n--keep=x\n`, 2],
		[`${VKEY}\r\n`, 1],
	] as const)
		expect(() => parseKeyFile(text, 'k')).toThrow(`Line ${line} of "k" is not a verifier key of the form name+id+key`);
});

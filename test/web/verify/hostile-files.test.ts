import { expect, it } from 'vitest';
import { recognizeFile } from '../../../web/verify/given-file.ts';
import { createSummary } from '../../../web/verify/summary.ts';
import { HONEST, LINES, withLines } from '../../audit/verify/bundle-cases.ts';
import { FIRM, leafOf } from '../../audit/verify/write-log.ts';
import { fileOf, verdictOn } from './given.ts';

/** Files that someone made to keep a log from being verified: to take the memory of the page, or to make the verifier itself fail. */

const HUGE = 500_000_000;

/** A file of that many bytes, which are `head` and then `filling`, and how much of it was read. Nothing of it is in memory. */
function hugeFile(head: string, filling: string) {
	const file = fileOf('');
	const told = { bytes: 0 };
	Object.defineProperty(file, 'size', { value: HUGE });
	file.slice = (from = 0, to = HUGE) => {
		const length = Math.min(to, HUGE) - from;
		told.bytes += length;
		const start = from === 0 ? head.slice(0, length) : '';
		return new Blob([start, filling.repeat(Math.ceil((length - start.length) / filling.length))]).slice(0, length);
	};
	return { file, told };
}

it.each([
	['that begins as a log', LINES[0] ?? '', 'x'],
	['of blanks', '', ' '],
	['of brackets', '{"a":', '['],
])('one line of 500 MB %s is refused after its first 2 MB', async (_, head, filling) => {
	const { file, told } = hugeFile(head, filling);
	await recognizeFile(file);
	const { outcome, findings } = await verdictOn(null, { bundle: file });
	expect([outcome, findings[0]?.why]).toEqual(['WRONG', 'Line 1 is longer than 262,144 bytes.']);
	expect(told.bytes).toBeLessThan(2_200_000);
});

it('500 MB of empty lines are refused at the first', async () => {
	const { file, told } = hugeFile('', '\n');
	expect((await verdictOn(null, { bundle: file })).findings[0]).toMatchObject({ line: 1 });
	expect(told.bytes).toBeLessThan(2_200_000);
});

it('a file of 500 MB as a key, a checkpoint or a proof is read no further than these may be long', async () => {
	for (const kind of ['keyFiles', 'proofs', 'checkpoint'] as const) {
		const { file, told } = hugeFile('c2sp.org/tlog-proof@v1\n', 'a\n');
		const given = { [kind]: kind === 'checkpoint' ? file : [file] };
		const { outcome } = await verdictOn(HONEST, given);
		expect([kind, ['WRONG', 'UNREAD'].includes(outcome), told.bytes < 1_300_000]).toEqual([kind, true, true]);
	}
});

it.each([
	['arrays', '['.repeat(30_000) + ']'.repeat(30_000)],
	['objects', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
])('%s in each other are a finding, also beside a sound copy', async (_, nested) => {
	const deep = (LINES[3] ?? '').replace('"firm":', `"deep":${nested},"firm":`);
	const wrong = withLines((lines) => lines.with(3, deep));
	expect((await verdictOn(wrong)).outcome).toBe('WRONG');
	const { findings, soundCopy } = await verdictOn(wrong, { copy: fileOf(HONEST, 'sound.jsonl') });
	expect([soundCopy, findings[0]?.line]).toEqual(['sound.jsonl', 4]);
	expect(findings[0]?.hint).toContain('What was signed says');
	for (const at of [0, 8])
		expect((await verdictOn(withLines((lines) => lines.with(at, nested)))).outcome).toBe('WRONG');
});

it('names of 60,000 characters are not listed, so that the list stays one that a page can show', () => {
	const summary = createSummary();
	const long = (at: number) => `${at}${'x'.repeat(60_000)}`;
	for (let at = 0; at < 100; at++) {
		const actor = { kind: 'operator', user: long(at), roles: [] };
		summary.add(leafOf(FIRM, at + 1, { action: long(at), lease: long(at), actor }), at);
	}
	const listed = summary.end();
	expect(JSON.stringify(listed).length).toBeLessThan(10_000);
	expect(listed.isCut).toBe(true);
});

it('takes no property of every object from a log', async () => {
	const entry = (LINES[3] ?? '').replace('"firm":', '"__proto__":{"outcome":"WHOLE","x":1},"constructor":{},"firm":');
	const { outcome } = await verdictOn(withLines((lines) => lines.with(3, entry)));
	expect([outcome, ({} as { x?: unknown }).x]).toEqual(['WRONG', undefined]);
});

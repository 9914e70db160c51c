import { expect, it } from 'vitest';
import { type GivenFile, recognizeFile, requestOf } from '../../../web/verify/given-file.ts';
import { HONEST, honestLog, KEY, LINES, ORIGIN, VKEY } from '../../audit/verify/bundle-cases.ts';
import { FIRM, noteOf } from '../../audit/verify/write-log.ts';
import { fileOf } from './given.ts';

const NOTE = noteOf(ORIGIN, LINES.slice(1, 3), KEY);
const given = async (content: string | Uint8Array<ArrayBuffer>, name = 'x'): Promise<GivenFile> => {
	const file = fileOf(content, name);
	return { ...(await recognizeFile(file)), file };
};

it.each([
	['BUNDLE', HONEST],
	['BUNDLE', `\ufeff${HONEST}`],
	['BUNDLE', HONEST.replace('{"format"', '{ "format"')],
	['KEYS', VKEY],
	['KEYS', `${VKEY}\r\n${VKEY}\r\n`],
	['CHECKPOINT', NOTE],
	['PROOF', honestLog().proofFile(FIRM, 0)],
])('recognizes %s %#', async (kind, text) => {
	expect(await given(text)).toMatchObject({ kind, problem: null });
});

it.each([
	['', '"x" is empty.'],
	[Uint8Array.of(0x50, 0x4b, 3, 4, 9), '"x" is compressed: '],
	[Uint8Array.of(0x1f, 0x8b, 8), '"x" is compressed: '],
	[Uint8Array.of(0xff, 0xfe, 0x7b, 0), '"x" is in UTF-16: '],
	[Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0, 0), '"x" is no text'],
	['%PDF-1.7\n', '"x" is neither an exported log'],
	[honestLog().anchor(), '"x" is an anchor'],
])('refuses what is of no use, in one sentence %#', async (content, problem) => {
	const found = await given(content);
	expect(found).toMatchObject({ kind: null, problem: expect.stringContaining(problem), isNamed: false });
	expect(requestOf([found], VKEY)).toBe(found.problem);
});

it('takes from a folder only what names its own format', async () => {
	expect((await given('{"name":"firmseal"}')).isNamed).toBe(false);
	expect((await given(HONEST)).isNamed).toBe(true);
});

it('says what is missing or given twice', async () => {
	const [log, key, note] = [await given(HONEST, 'log'), await given(VKEY, 'key'), await given(NOTE, 'note')];
	const [other, third] = [await given(`${HONEST}{}\n`, 'other'), await given(HONEST, 'third')];
	for (const [files, keys, says] of [
		[[], ' \n', null],
		[[key], '', 'An exported log is missing'],
		[[], VKEY, 'An exported log is missing'],
		[[log], '', 'A verifier key is missing'],
		[[log, log, key], '', '"log" is given twice: remove one.'],
		[[log, other, third, key], '', '"log", "other" and "third" are exported logs'],
		[[log, key, note, await given(NOTE, 'more')], '', '"note" and "more" are older checkpoints: give one.'],
		[[note, key], '', 'An exported log is missing'],
	] as const) {
		const answer = requestOf(files, keys);
		if (says === null) expect(answer).toBeNull();
		else expect(answer).toContain(says);
	}
	expect(requestOf([log, other, key, note], '')).toMatchObject({
		bundle: { name: 'other' },
		copy: { name: 'log' },
		checkpoint: { name: 'note' },
		keyFiles: [{ name: 'key' }],
	});
});

import { expect, it } from 'vitest';
import { isVisibleLine } from '../../../src/access/visible-text.ts';
import { documentNameOf, mediaTypeOf } from '../../../web/workspace/uploads/file-facts.ts';
import { latestOf, waitingOf } from '../../../web/workspace/uploads/latest-version.ts';

it.each([
	['plain.txt', 'plain.txt'],
	['invoice\u202Efdp.exe', 'invoice_fdp.exe'],
	['two\nlines.txt', 'two_lines.txt'],
	['   ', 'file'],
	[`${'x'.repeat(300)}.docx`, `${'x'.repeat(195)}.docx`],
	[`${'😀'.repeat(300)}.pdf`, `${'😀'.repeat(196)}.pdf`],
])('makes a name that a document may have from %j', (fileName, name) => {
	expect(documentNameOf(fileName)).toBe(name);
	expect(isVisibleLine(documentNameOf(fileName), 200)).toBe(true);
});

it.each([
	['text/plain', 'text/plain'],
	['Text/HTML; charset=utf-8', 'text/html'],
	['', 'application/octet-stream'],
	['nonsense', 'application/octet-stream'],
	['text/plain\r\nx: y', 'application/octet-stream'],
])('makes a media type that a document may have from %j', (type, expected) => {
	expect(mediaTypeOf(type)).toBe(expected);
});

it('finds the latest file, and the version of the person that their next file becomes', () => {
	const version = (number: number, byteSize: number | null, author: string) => ({
		id: `v${number}`,
		number,
		byteSize,
		author: { id: author },
	});
	const versions = [
		version(1, 3, 'a'),
		version(2, null, 'b'),
		version(3, 4, 'b'),
		version(4, null, 'a'),
		version(5, null, 'a'),
	];
	expect(latestOf(versions)?.id).toBe('v3');
	expect(waitingOf(versions, 'a')?.id).toBe('v4');
	expect(waitingOf(versions, 'b')?.id).toBe('v2');
	expect(waitingOf(versions, 'c')).toBeUndefined();
	expect(latestOf([])).toBeUndefined();
});

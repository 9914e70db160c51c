import { describe, expect, it } from 'vitest';
import { mediaTypeOf } from '../../src/cli/files/media-type.ts';
import { documentNameOf, safeFileName } from '../../src/cli/files/names.ts';

describe('the file name for a document’s name', () => {
	it.each([
		['../../outside.txt', 'outside.txt'],
		['..', '_'],
		['/etc/passwd', 'passwd'],
		['/', 'document'],
		['', 'document'],
		['C:\\Windows\\system.ini', 'system.ini'],
		['file.txt:stream', 'file.txt_stream'],
		['.bashrc', '_bashrc'],
		['-rf', '_rf'],
		['~root', '_root'],
		['con.txt', '_con.txt'],
		['COM1', '_COM1'],
		['console.txt', 'console.txt'],
		['a<b>|c?*".pdf', 'a_b__c___.pdf'],
		['end. . ', 'end'],
		['a\u0000b\nc\u001b[31m', 'a_b_c_[31m'],
		['invoice\u202Efdp.exe', 'invoice_fdp.exe'],
		['a\u2028b\u3164c.pdf', 'a_b_c.pdf'],
		['می\u200cخواهم.pdf', 'می\u200cخواهم.pdf'],
		['lone\ud800', 'lone\ufffd'],
		['Vertrag „Nord“ 100 % – Straße.pdf', 'Vertrag „Nord“ 100 % – Straße.pdf'],
		['a.txt.01a20e60-0000-7000-8000-000000000001.part', 'a.txt.01a20e60-0000-7000-8000-000000000001_part'],
		['audit.jsonl.bundle.PART. ', 'audit.jsonl.bundle_PART'],
		['.part', '_part'],
		['a.partial', 'a.partial'],
		['audit.jsonl.bundle.part.running', 'audit.jsonl.bundle.part_running'],
		['lease.pdf.123-4567.RUNNING. ', 'lease.pdf.123-4567_RUNNING'],
		['a.runninglate', 'a.runninglate'],
		['.running', '_running'],
		// A name that is too long is cut at the limit.
		[`${'a'.repeat(195)}.part${'ü'.repeat(20)}`, `${'a'.repeat(195)}_part`],
		[`${'a'.repeat(194)}.part.${'ü'.repeat(20)}`, `${'a'.repeat(194)}_part`],
	])('of %j is %j', (name, expected) => {
		expect(safeFileName(name)).toBe(expected);
	});

	it('leaves room for the suffix of an incomplete file, and keeps its extension', () => {
		const name = safeFileName(`${'ü'.repeat(300)}.docx`);
		expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
		expect(name).toMatch(/^ü{97}\.docx$/);
		expect(Buffer.byteLength(safeFileName(`a.${'b'.repeat(400)}`))).toBe(200);
	});
});

describe('the document name for a file’s path', () => {
	it.each([
		['/mnt/files/Deed.pdf', 'Deed.pdf'],
		['../x/a\nb.txt', 'a_b.txt'],
		['<odd>?.txt', '<odd>?.txt'],
		[`${'😀'.repeat(250)}.txt`, `${'😀'.repeat(196)}.txt`],
	])('of %j is %j', (path, expected) => {
		expect(documentNameOf(path)).toBe(expected);
	});
});

describe('the media type of a file name', () => {
	it.each([
		['a.PDF', 'application/pdf'],
		['mail.eml', 'message/rfc822'],
		['archive.tar.gz', 'application/gzip'],
		['a.constructor', 'application/octet-stream'],
		['.pdf', 'application/octet-stream'],
		['README', 'application/octet-stream'],
	])('of %s is %s', (name, type) => {
		expect(mediaTypeOf(name)).toBe(type);
	});
});

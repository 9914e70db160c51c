import { describe, expect, it } from 'vitest';
import { imageTypeOf, previewKindOf, textOf } from '../../../web/workspace/screens/documents/preview/preview-kind.ts';

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

describe('what is shown in the page', () => {
	it.each(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'])('shows %s as an image', (mimeType) => {
		expect(previewKindOf({ name: 'a', mimeType })).toBe('IMAGE');
	});

	it.each([
		['evil.svg', 'image/svg+xml'],
		['evil.pdf', 'application/pdf'],
		['evil.xhtml', 'application/xhtml+xml'],
		['evil.svg', 'application/octet-stream'],
		['evil.html', 'application/octet-stream'],
		['letter.docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
	])('shows nothing of %s, %s', (name, mimeType) => {
		expect(previewKindOf({ name, mimeType })).toBeNull();
	});

	it.each([
		['page.html', 'text/html'],
		['notes.md', 'application/octet-stream'],
		['data', 'application/json'],
	])('shows the characters of %s, %s', (name, mimeType) => {
		expect(previewKindOf({ name, mimeType })).toBe('TEXT');
	});
});

describe('the type of an image', () => {
	it.each([
		['\x89PNG\r\n\x1a\n....', 'image/png'],
		['\xff\xd8\xff\xe0', 'image/jpeg'],
		['GIF89a..', 'image/gif'],
		['RIFF....WEBPVP8 ', 'image/webp'],
		['\0\0\0\x1cftypavif', 'image/avif'],
	])('is what its first bytes say', (text, type) => {
		expect(imageTypeOf(bytes(text))).toBe(type);
	});

	it.each([
		'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
		'<html><script>alert(1)</script>',
		'%PDF-1.7',
		'RIFF....WAVE',
		' \x89PNG\r\n\x1a\n',
		'',
	])('is none for %j, whatever is declared', (text) => {
		expect(imageTypeOf(bytes(text))).toBeNull();
	});
});

describe('the text of a file', () => {
	const utf8 = (text: string) => new TextEncoder().encode(text);

	it('keeps every hidden character, and has the line ends and blanks of the page', () => {
		expect(textOf(utf8('a\r\n\tb\u202Ec'))).toBe('a\n    b\u202Ec');
	});

	it('reads UTF-16 with its mark', () => {
		expect(textOf(Uint8Array.from([0xff, 0xfe, 0x61, 0, 0x62, 0]))).toBe('ab');
	});

	it('may end within a character', () => {
		expect(textOf(utf8('aé').subarray(0, 2))).toBe('a');
	});

	it('is none of a file with zero bytes, or of thousands of hidden characters', () => {
		expect(textOf(bytes('PK\0\0'))).toBeNull();
		expect(textOf(utf8('\u200B'.repeat(2001)))).toBeNull();
		expect(textOf(utf8('\u200B'.repeat(2000)))).toHaveLength(2000);
	});
});

import { test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { base64urlToUuid, uuidToBase64url } from '../../src/audit/index.ts';
import { uuid } from './drafts.ts';

test.prop([uuid])('encodes the 16 bytes as base64url, and decodes them again', (id) => {
	const text = uuidToBase64url(id);
	expect(text).toBe(Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url'));
	expect(base64urlToUuid(text)).toBe(id);
});

describe('the extreme values', () => {
	it.each([
		['00000000-0000-0000-0000-000000000000', 'AAAAAAAAAAAAAAAAAAAAAA'],
		['ffffffff-ffff-ffff-ffff-ffffffffffff', '_____________________w'],
	])('%s', (id, text) => {
		expect(uuidToBase64url(id)).toBe(text);
		expect(base64urlToUuid(text)).toBe(id);
	});
});

it.each([
	'',
	'0198',
	'01980000-0000-7000-8000-00000000000G',
	'01980000-0000-7000-8000-00000000000A',
	'{01980000-0000-7000-8000-000000000001}',
	'01980000-0000-7000-8000-000000000001\n',
	'019800000000700080000000000000001',
])('refuses %j as a UUID', (text) => expect(() => uuidToBase64url(text)).toThrow('lower-case UUID'));

it.each([
	'',
	'AAAAAAAAAAAAAAAAAAAAAB',
	'AAAAAAAAAAAAAAAAAAAAAA==',
	'AAAAAAAAAAAAAAAAAAAA+A',
	'AAAAAAAAAAAAAAAAAAAAAAA',
])('refuses %j as a short form', (text) => expect(() => base64urlToUuid(text)).toThrow('16 bytes'));

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nameOfAnchor } from '../../src/adapters/anchors/anchor-name.ts';
import { decodeErasureRecord, encodeErasureRecord } from '../../src/jobs/erase/erasure-record.ts';

interface ErasureRecordVector {
	readonly of: { readonly erasure: string; readonly firm: string; readonly subject: string | null };
	readonly mac: string;
	readonly tombstone: string;
}

const { tombstones, names } = JSON.parse(readFileSync('test/vectors/erasures-v1.json', 'utf8')) as {
	tombstones: readonly ErasureRecordVector[];
	names: readonly { kind: 'anchor' | 'tombstone'; installation: string; number: number; name: string }[];
};

describe('erasure records, by vectors of an independent program', () => {
	it.each(tombstones)('are written and read byte for byte: $of.subject', ({ of, mac, tombstone }) => {
		const erasure = { id: of.erasure, firmId: of.firm, subject: of.subject, mac: Buffer.from(mac, 'hex') };
		const bytes = Buffer.from(tombstone);
		expect(Buffer.from(encodeErasureRecord(erasure)).toString()).toBe(tombstone);
		expect(decodeErasureRecord(bytes)).toEqual(erasure);
		for (const other of [
			bytes.subarray(1),
			bytes.subarray(0, -1),
			Buffer.concat([bytes, bytes]),
			Buffer.from(tombstone.replace('"v":1', '"v":2')),
			Buffer.from(tombstone.replace('{', '{ ')),
			Buffer.from(tombstone.replace(of.firm, of.firm.toUpperCase())),
			Buffer.alloc(4_096, 'a'),
		])
			expect(decodeErasureRecord(other)).toBeNull();
	});

	it.each(names)('have names of their own: $kind $number', ({ kind, installation, number, name }) => {
		expect(nameOfAnchor(installation, number, kind)).toBe(name);
	});
});

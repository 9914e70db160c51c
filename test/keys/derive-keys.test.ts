import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { deriveCommitment, deriveFieldKey, deriveFirmTag } from '../../src/keys/index.ts';

interface Vectors {
	readonly fields: readonly {
		readonly dataKey: string;
		readonly firm: string;
		readonly class: string;
		readonly table: string;
		readonly column: string;
		readonly fieldKey: string;
		readonly envelope: string;
	}[];
	readonly commitments: readonly {
		readonly dataKey: string;
		readonly firm: string;
		readonly class: string;
		readonly version: number;
		readonly commitment: string;
	}[];
}

const vectors = JSON.parse(readFileSync(join(import.meta.dirname, '../vectors/formats-v1.json'), 'utf8')) as Vectors;
const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (raw: Uint8Array) => Buffer.from(raw).toString('hex');

describe('key derivation', () => {
	it('gives the field key and firm tag of every vector', () => {
		expect(vectors.fields.length).toBeGreaterThan(20);
		for (const vector of vectors.fields) {
			expect(hex(deriveFieldKey(bytes(vector.dataKey), vector))).toBe(vector.fieldKey);
			expect(hex(deriveFirmTag(vector.firm))).toBe(vector.envelope.slice(12, 20));
		}
	});

	it('gives the commitment of every vector', () => {
		expect(vectors.commitments.length).toBeGreaterThan(0);
		for (const vector of vectors.commitments) {
			expect(hex(deriveCommitment(bytes(vector.dataKey), vector))).toBe(vector.commitment);
		}
	});

	it('does not change the data key, and returns bytes that share no memory with it', () => {
		const dataKey = new Uint8Array(32).fill(7);
		const place = { firm: 'f', class: 'NOTE', table: 't', column: 'c' };
		deriveFieldKey(dataKey, place).fill(0);
		deriveCommitment(dataKey, { firm: 'f', class: 'NOTE', version: 1 }).fill(0);
		expect(dataKey).toEqual(new Uint8Array(32).fill(7));
	});

	const names = fc.record({ firm: fc.string(), class: fc.string(), table: fc.string(), column: fc.string() });
	test.prop([names, names])(
		'gives different keys to different coordinates, wherever the boundary between their names is',
		(left, right) => {
			const dataKey = createHash('sha256').update('a data key').digest();
			const same = (['firm', 'class', 'table', 'column'] as const).every((part) => left[part] === right[part]);
			expect(hex(deriveFieldKey(dataKey, left)) === hex(deriveFieldKey(dataKey, right))).toBe(same);
			const shifted = { ...left, table: `${left.table}${left.column}`, column: '' };
			if (left.column !== '') {
				expect(deriveFieldKey(dataKey, shifted)).not.toEqual(deriveFieldKey(dataKey, left));
			}
		},
	);
});

import { fc, test } from '@fast-check/vitest';
import { expect, it } from 'vitest';
import { chunkDraft, encodeLeaf, leafVersionOf, MAX_LEAF_BYTES } from '../../src/audit/index.ts';
import { scale } from '../support/scale.ts';
import { draftOf, reading, stamp } from './drafts.ts';

const record = (n: number) => `01980000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const records = (count: number) => Array.from({ length: count }, (_, n) => record(n));
const log = { v: 1, id: record(1), boot: record(2), sequence: 1, at: '2026-11-24T15:04:05.006Z' } as const;

test.prop([draftOf('content.open', 3), stamp, fc.integer({ min: 1, max: 5000 })], { numRuns: scale(30) })(
	'up to 5,000 records are split so that every leaf fits, with every record once and in order',
	(draft, stamped, count) => {
		const chunks = chunkDraft({ ...draft, records: records(count) });
		expect(chunks.length).toBe(Math.ceil(count / 1000));
		for (const chunk of chunks) {
			const leaf = encodeLeaf({ ...chunk, ...stamped, v: leafVersionOf(chunk) });
			expect(leaf.length).toBeLessThanOrEqual(MAX_LEAF_BYTES);
		}
		expect(chunks.flatMap((chunk) => chunk.records)).toEqual(records(count));
	},
);

it('a page of 1,000 rows with four fields stays one entry', () => {
	const coordinates = ['Note.title', 'Note.body', 'Note.summary', 'Note.label'];
	const chunks = chunkDraft({ ...reading, coordinates, records: records(1000) });
	expect(chunks.length).toBe(1);
	expect(encodeLeaf({ ...reading, ...chunks[0], ...log }).length).toBeLessThan(27_000);
});

it('every chunk has all other properties', () => {
	for (const chunk of chunkDraft({ ...reading, records: records(2500) })) {
		expect({ ...chunk, records: [] }).toEqual({ ...reading, records: [] });
	}
});

it('a draft without records stays one entry', () => {
	expect(chunkDraft({ ...reading, records: [] })).toEqual([{ ...reading, records: [] }]);
});

it('repeated records are listed once', () => {
	const twice = { ...reading, records: [record(1), record(2), record(1)], coordinates: ['Note.body', 'Note.body'] };
	expect(chunkDraft(twice)).toEqual([{ ...reading, records: [record(1), record(2)], coordinates: ['Note.body'] }]);
});

it('later changes by the caller do not affect a chunk', () => {
	const growing = { ...reading, records: [record(1)], keys: [...reading.keys] };
	const [chunk] = chunkDraft(growing);
	growing.records.push(record(2));
	growing.keys.pop();
	expect(chunk).toEqual({ ...reading, records: [record(1)] });
});

import type { EntryDraft } from './entry.ts';
import { MAX_RECORDS } from './leaf-schema.ts';

/**
 * A draft with any number of records as drafts of at most 1,000 each, which say together what the one said; everything but
 * the records is in each of them. Repeats of a record or coordinate are dropped. The lists are copies: the caller may go
 * on filling its own.
 */
export function chunkDraft(draft: EntryDraft): EntryDraft[] {
	const records = [...new Set(draft.records)];
	const coordinates = [...new Set(draft.coordinates)];
	const chunks: EntryDraft[] = [];
	for (let start = 0; start === 0 || start < records.length; start += MAX_RECORDS) {
		chunks.push({
			...draft,
			coordinates,
			records: records.slice(start, start + MAX_RECORDS),
			keys: [...draft.keys],
		});
	}
	return chunks;
}

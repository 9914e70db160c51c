import type { GraphQLSchema } from 'graphql';
import { type FoundRecord, objectsOf } from './records.ts';

/** How much there is. */
export interface Tally {
	/** Objects by type; parts of records too. */
	readonly counts: Readonly<Record<string, number>>;
	/** Files of versions, and their bytes. */
	readonly files: { readonly count: number; readonly bytes: number };
}

export const NOTHING: Tally = { counts: {}, files: { count: 0, bytes: 0 } };

export function tallyOf(schema: GraphQLSchema, records: readonly FoundRecord[]): Tally {
	const counts: Record<string, number> = {};
	const files = { count: 0, bytes: 0 };
	for (const record of records)
		for (const { type, values } of objectsOf(schema, record)) {
			counts[type] = (counts[type] ?? 0) + 1;
			if (type !== 'DocumentVersion' || typeof values.byteSize !== 'number') continue;
			files.count += 1;
			files.bytes += values.byteSize;
		}
	return { counts, files };
}

export function add(one: Tally, other: Tally): Tally {
	const counts: Record<string, number> = { ...one.counts };
	for (const [type, count] of Object.entries(other.counts)) counts[type] = (counts[type] ?? 0) + count;
	return {
		counts,
		files: { count: one.files.count + other.files.count, bytes: one.files.bytes + other.files.bytes },
	};
}

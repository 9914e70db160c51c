import type { KeyLog } from '../../custody/index.ts';
import { readKeyLog } from '../../custody/index.ts';
import type { KeptRecords } from './kept-records.ts';

/** Entries of one record, so that a new entry does not write the whole log again. */
const CHUNK = 128;

const nameOf = (chunk: number): string => `log/${chunk}`;

/** The kept entries, verified again from the first one on. Null if there are none. */
export async function loadLog(records: KeptRecords): Promise<KeyLog | null> {
	const texts: string[] = [];
	for (let chunk = 0; ; chunk++) {
		const kept = await records.load<readonly string[]>(nameOf(chunk));
		texts.push(...(kept ?? []));
		if (kept === null || kept.length < CHUNK) return readKeyLog(texts);
	}
}

/** The records to write when the log has grown from so many entries. */
export function changedChunks(log: KeyLog, from: number): Record<string, readonly string[]> {
	const changed: Record<string, readonly string[]> = {};
	for (let chunk = Math.floor(from / CHUNK); chunk * CHUNK < log.size; chunk++) {
		const end = Math.min(log.size, (chunk + 1) * CHUNK);
		changed[nameOf(chunk)] = textsOf(log, chunk * CHUNK, end);
	}
	return changed;
}

/** The texts of the entries from one `seq` to before another. */
export const textsOf = (log: KeyLog, from: number, end: number): string[] =>
	Array.from({ length: end - from }, (_, at) => log.chain.at(from + at)?.text as string);

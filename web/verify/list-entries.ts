import { judgeBundle, linesOf } from '../../src/audit/verify/log.ts';
import type { VerifyRequest } from './given-file.ts';
import { type LogEntry, parseEntry } from './log-entry.ts';
import { chunksOf } from './read-file.ts';
import { sha256 } from './sha256.ts';
import { readKeys } from './verify-files.ts';

/** Which entries to list: all that match every given text. */
export interface EntryFilter {
	readonly action: string;
	readonly lease: string;
	readonly person: string;
}

export interface EntryPage {
	readonly entries: readonly LogEntry[];
	/** How many match. */
	readonly total: number;
	readonly from: number;
}

export const PAGE_SIZE = 100;

/**
 * A page of the entries that match. The file is verified again while it is searched, so that what is listed is what was verified, even if
 * the file was changed in between.
 * @returns null if it does not verify.
 */
export async function listEntries(
	request: VerifyRequest,
	filter: EntryFilter,
	from: number,
	onProgress: (bytes: number) => void,
): Promise<EntryPage | null> {
	const { bundle } = request;
	if (bundle === null) return null;
	const { vkeys } = await readKeys(request);
	const entries: LogEntry[] = [];
	const texts = [filter.action, filter.lease, filter.person].map((text) => JSON.stringify(text).slice(1, -1));
	let [total, read] = [0, 0];
	const chunks = chunksOf(bundle, (bytes) => {
		read += bytes.length;
		onProgress(read);
	});
	const { found } = await judgeBundle({
		name: bundle.name,
		lines: linesOf(chunks),
		vkeys,
		sha256,
		since: [],
		onLeaf(leaf, index) {
			// Most entries don't contain the text at all, which is found out without parsing them.
			if (!texts.every((text) => leaf.includes(text))) return;
			const entry = parseEntry(leaf, index);
			if (entry === null || !matches(entry, filter)) return;
			if (total >= from && entries.length < PAGE_SIZE) entries.push(entry);
			total += 1;
		},
	});
	return found === null ? null : { entries, total, from };
}

const matches = (entry: LogEntry, { action, lease, person }: EntryFilter): boolean =>
	(action === '' || entry.action === action) &&
	(lease === '' || entry.lease === lease) &&
	(person === '' || entry.person === person);

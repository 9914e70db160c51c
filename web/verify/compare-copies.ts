import { linesOf } from '../../src/audit/verify/log.ts';
import { chunksOf } from './read-file.ts';
import type { Finding } from './verdict.ts';
import { type BundleOptions, type CheckedBundle, checkBundle } from './verify-bundle.ts';

export interface ComparedCopies {
	readonly log: CheckedBundle;
	readonly copies: readonly CheckedBundle[];
	readonly others: readonly Finding[];
	/** The name of the only copy that verifies; null if both do, or neither. */
	readonly soundCopy: string | null;
}

/**
 * Verifies two copies of a log, of which one may be older and shorter. If both are right, the longer one must continue the other. If one is
 * wrong, the first line in which they differ shows what was changed: a signature alone does not.
 */
export async function compareCopies(long: File, short: File, options: BundleOptions): Promise<ComparedCopies> {
	let read = 0;
	const onProgress = (bytes: number) => options.onProgress(read + bytes);
	// What was kept may be newer than the shorter copy, so it is compared with the longer one only.
	const copy = await checkBundle(short, { ...options, since: [], onProgress });
	read = short.size;
	const note = copy.verdict.found?.note;
	const own = note === undefined ? [] : [{ name: short.name, bytes: new TextEncoder().encode(note) }];
	const since = [...own, ...options.since];
	const log = await checkBundle(long, { ...options, since, onProgress });
	const isSound = [copy, log].map(({ verdict }) => verdict.found !== null);
	if (!isSound.includes(false)) return { log, copies: [copy], others: [], soundCopy: null };
	// Signed alone, but not together: two logs under one key.
	const isFork = isSound[0] === true && (await checkBundle(long, { ...options, onProgress })).verdict.found !== null;
	const others: Finding[] = [...copy.findings];
	const line = isSound.includes(true) ? await firstDifference(short, long) : null;
	const [right, wrong] = isSound[0] ? [short, long] : [long, short];
	if (line !== null) others.unshift(differenceOf(right, wrong, line, isFork));
	return { log, copies: [copy], others, soundCopy: isSound.includes(true) && !isFork ? right.name : null };
}

function differenceOf(right: File, wrong: File, line: number, isFork: boolean): Finding {
	const where = line.toLocaleString('en');
	return {
		file: wrong.name,
		line,
		why: `Line ${where} differs from line ${where} of ${JSON.stringify(right.name)}, which verifies.`,
		hint: isFork
			? 'Each verifies alone, so the log has two signed versions. Keep both files as they are.'
			: 'Compare the two lines: one is what was changed, the other is what was signed.',
	};
}

/** The first line, from 2, in which the entries of two files differ; null if one is the beginning of the other. */
async function firstDifference(one: File, other: File): Promise<number | null> {
	const [left, right] = [one, other].map((file) => linesOf(chunksOf(file, () => {}))[Symbol.asyncIterator]());
	if (left === undefined || right === undefined) return null;
	try {
		for (let line = 1; ; line++) {
			const [mine, theirs] = [await left.next(), await right.next()];
			if (mine.done || theirs.done) return null;
			const isEnd = mine.value.startsWith('{"checkpoint":') || theirs.value.startsWith('{"checkpoint":');
			if (line > 1 && isEnd) return null;
			if (line > 1 && mine.value !== theirs.value) return line;
		}
	} catch {
		// A line that can't be read is reported by its verification.
		return null;
	} finally {
		await left.return();
		await right.return();
	}
}

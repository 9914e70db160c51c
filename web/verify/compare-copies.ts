import { changeInWords, type Difference, firstDifference, whyOf } from './difference.ts';
import { ANOTHER_COPY } from './hints.ts';
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
	const [right, wrong] = isSound[0] ? [short, long] : [long, short];
	const difference = isSound.includes(true) ? await firstDifference(right, wrong) : null;
	const soundCopy = isSound.includes(true) && !isFork ? right.name : null;
	if (difference === null) return { log, copies: [copy], others, soundCopy };
	return {
		log: { ...log, findings: log.findings.map(withoutAdvice) },
		copies: [copy],
		others: [differenceOf(right, wrong, difference, isFork), ...others.map(withoutAdvice)],
		soundCopy,
	};
}

/** There is another copy, and it has shown the line. */
const withoutAdvice = (finding: Finding): Finding => ({
	...finding,
	hint: finding.hint?.replace(ANOTHER_COPY, '').trim() || null,
});

function differenceOf(right: File, wrong: File, difference: Difference, isFork: boolean): Finding {
	const { line } = difference;
	return {
		file: wrong.name,
		line,
		why: whyOf(isFork ? { ...difference, kind: 'CHANGED' } : difference, right.name),
		hint: isFork
			? 'Each verifies alone, so the log has two signed versions. Keep both files as they are.'
			: changeInWords(difference),
	};
}

import { type BundleVerdict, type JudgedFile, judgeBundle, linesOf } from '../../src/audit/verify/log.ts';
import { hintOf } from './hints.ts';
import { chunksOf, readSmall } from './read-file.ts';
import { sha256, startSha256 } from './sha256.ts';
import { createSummary, type LogSummary } from './summary.ts';
import type { Finding, VerifiedFile } from './verdict.ts';

export interface BundleOptions {
	readonly vkeys: readonly string[];
	/** The names of the trees to which the keys belong. */
	readonly keyNames: readonly string[];
	readonly since: readonly JudgedFile[];
	readonly onProgress: (bytes: number) => void;
	readonly onLeaf?: (leaf: string, index: number) => void;
}

export interface CheckedBundle {
	readonly verdict: BundleVerdict;
	readonly findings: readonly Finding[];
	readonly summary: LogSummary | null;
	readonly file: VerifiedFile;
}

/** Enough for the reader to begin with; the rest is counted. */
const MOST_FINDINGS = 400;
const BEGINNING = 1_024;

/** Verifies an exported log as it is read, and counts what is in it. */
export async function checkBundle(file: File, options: BundleOptions): Promise<CheckedBundle> {
	const { vkeys, since, onProgress, onLeaf } = options;
	const summary = createSummary();
	const flaws = new Map<number, string>();
	const whole = startSha256();
	let end: number | null = null;
	let read = 0;
	const chunks = chunksOf(file, (bytes) => {
		whole.update(bytes);
		read += bytes.length;
		onProgress(read);
	});
	const verdict = await judgeBundle({
		name: file.name,
		lines: linesOf(chunks),
		vkeys,
		sha256,
		since,
		onLeaf(leaf, index) {
			if (leaf.startsWith('{"checkpoint":')) end ??= index;
			summary.add(leaf, index);
			onLeaf?.(leaf, index);
		},
		onFlaw: (index, { message }) => flaws.size < MOST_FINDINGS && flaws.set(index, message),
	});
	// Of a file that does not verify, this is the signed end, which comes too early: it is no wrong entry.
	if (verdict.found === null && end !== null) flaws.delete(end);
	return {
		verdict,
		findings: [...(await refusal(file, verdict, flaws, end, options)), ...flawsOf(file, flaws)],
		summary: verdict.found === null ? null : summary.end(),
		file: { name: file.name, bytes: file.size, sha256: read === file.size ? hexOf(whole.digest()) : null },
	};
}

const flawsOf = ({ name }: File, flaws: ReadonlyMap<number, string>): Finding[] =>
	[...flaws].map(([index, why]) => ({
		file: name,
		line: index + 2,
		why: `The entry in line ${(index + 2).toLocaleString('en')} is not one that the log may have: ${why}`,
		hint: null,
	}));

async function refusal(
	file: File,
	{ refused }: BundleVerdict,
	flaws: ReadonlyMap<number, string>,
	end: number | null,
	{ keyNames, since }: BundleOptions,
): Promise<Finding[]> {
	if (refused === null) return [];
	const { why, line } = refused;
	const beginning = await readSmall(file, BEGINNING);
	const { size, origin } = headerOf(beginning);
	const [older = null] = refused.file === file.name ? olderSizes(why, since) : [];
	const wrongLines = [...flaws.keys()].map((index) => index + 2);
	const hint = hintOf({ why, size, origin, since: older, end, wrongLines, keyNames, beginning });
	return [{ file: refused.file, line, why, hint }];
}

/** For hints only: the first line was not verified. */
function headerOf(beginning: Uint8Array): { readonly size: number | null; readonly origin: string | null } {
	try {
		const [line = ''] = new TextDecoder().decode(beginning).split('\n', 1);
		const { size, origin } = JSON.parse(line) as Record<string, unknown>;
		return { size: typeof size === 'number' ? size : null, origin: typeof origin === 'string' ? origin : null };
	} catch {
		return { size: null, origin: null };
	}
}

/**
 * The size of the older checkpoint that says most: the first with which the log may disagree, otherwise the last with which it agrees.
 */
function olderSizes(why: string, since: readonly JudgedFile[]): number[] {
	const sizes = since.flatMap(({ bytes }) => sizeOf(bytes) ?? []).sort((one, other) => one - other);
	return /does not begin with/.test(why) ? sizes : sizes.reverse();
}

/** The second line of a checkpoint. */
function sizeOf(note: Uint8Array): number | null {
	const size = Number(new TextDecoder().decode(note).split('\n', 2)[1]);
	return Number.isSafeInteger(size) ? size : null;
}

const hexOf = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

import type { LogSummary } from './summary.ts';

/** `WHOLE`: everything verifies. `FINDINGS`: it does, but entries are wrong. `WRONG`: a file does not verify. `UNREAD`: nothing was verified. */
export type Outcome = 'WHOLE' | 'FINDINGS' | 'WRONG' | 'UNREAD';

/** Where something is wrong, and why. */
export interface Finding {
	readonly file: string;
	/** From 1; null if no single line is wrong. */
	readonly line: number | null;
	readonly why: string;
	/** What it means or what to do, if that is known. */
	readonly hint: string | null;
}

export interface VerifiedFile {
	readonly name: string;
	readonly bytes: number;
	/** In hexadecimal, of the whole file; null if it was not read to its end. */
	readonly sha256: string | null;
}

/** Everything that the page and its reports show. */
export interface Verdict {
	readonly outcome: Outcome;
	/** The sentences of `firmseal audit verify`, one for each file. */
	readonly says: readonly string[];
	readonly facts: readonly (readonly [label: string, text: string])[];
	readonly findings: readonly Finding[];
	/** Whether there are more findings than are listed. */
	readonly isCut: boolean;
	/** Null unless the log verifies. */
	readonly summary: LogSummary | null;
	/** The checkpoint to keep for the next time; null unless the log verifies. */
	readonly note: string | null;
	/** The size of the older checkpoint with which the log agrees. */
	readonly since: number | null;
	/** Whether a log was verified, and not only proofs of entries. */
	readonly hasLog: boolean;
	/** The name of the only one of two copies that verifies; null otherwise. */
	readonly soundCopy: string | null;
	readonly files: readonly VerifiedFile[];
}

export const unread = (finding: Finding): Verdict => ({
	outcome: 'UNREAD',
	says: [],
	facts: [],
	findings: [finding],
	isCut: false,
	summary: null,
	note: null,
	since: null,
	hasLog: false,
	soundCopy: null,
	files: [],
});

const HEADLINES: Readonly<Record<Outcome, string>> = {
	WHOLE: 'Complete and unchanged',
	FINDINGS: 'Complete and unchanged, but entries of it are wrong',
	WRONG: 'Not verified: this is not the complete, unchanged log',
	UNREAD: 'Nothing was verified',
};

export const headlineOf = ({ outcome, hasLog, soundCopy }: Verdict): string => {
	if (soundCopy !== null) return `Only ${JSON.stringify(soundCopy)} verifies: the other copy was changed`;
	if (hasLog || outcome === 'UNREAD') return HEADLINES[outcome];
	return outcome === 'WHOLE' ? 'In the log' : 'Not verified: this proof does not hold';
};

/** One sentence on what the verdict proves, and one on what it does not. */
export function meaningOf({ outcome, hasLog, since, soundCopy }: Verdict): {
	readonly proves: string;
	readonly not: string;
} {
	if (outcome === 'UNREAD')
		return {
			proves: 'It proves nothing about the log, neither good nor bad.',
			not: 'Correct what is named below, and verify again.',
		};
	if (outcome === 'WRONG')
		return {
			proves:
				soundCopy !== null
					? `It proves that ${JSON.stringify(soundCopy)} has every entry up to its signed checkpoint, unchanged and in order, and that the other copy has not.`
					: 'It proves that these files are not what the key signed: a line was changed, removed, added or moved, or the file or the key is another one.',
			not: 'It does not prove who did it, or that it was on purpose. Keep the files as they are.',
		};
	if (!hasLog)
		return {
			proves: 'It proves that exactly this entry was in the log that the key signed, at this place.',
			not: 'It does not prove that no other entry was removed: only an exported log shows that.',
		};
	const continues =
		since === null
			? ''
			: ` It continues the log that you kept: its first ${since.toLocaleString('en')} entries are the same.`;
	return {
		proves: `It proves that the file has every entry up to the signed checkpoint, in order, none of them changed, removed or added since the key signed them.${continues}`,
		not: `It does not prove that every act was recorded, or anything after the last entry${since === null ? ', or that you were not shown another log before: keep the checkpoint below for that' : ''}.`,
	};
}

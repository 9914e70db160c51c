import type { AuditProofError } from '../../audit/verify/index.ts';
import { WrongFirmError, WrongOrderError } from '../../audit/verify/log.ts';

/** What may be wrong with a log, each in one sentence for people. */
const FINDING_SENTENCES = {
	ENTRY_MISSING: 'The entry of a leaf is gone.',
	ENTRY_CHANGED: 'An entry is not the one that its leaf was made of.',
	ENTRY_UNKNOWN: 'An entry before the end of the log is no leaf: it was put there by hand, or its leaf was taken out.',
	ENTRY_REPEATED: 'An entry is more than one leaf.',
	ENTRY_MISPLACED: 'An entry is of another firm than its tree.',
	ENTRY_ORDER: 'Entries of one run of a process do not stand in the order of their numbers.',
	ENTRY_MALFORMED: 'An entry is none that a tree may have.',
	LEAF_MISSING: 'A leaf of a tree is missing.',
	LEAF_UNKNOWN: 'A tree has leaves that the log did not take.',
	HASHES_WRONG: 'The hashes that are stored with a leaf are not those of the tree.',
	CHECKPOINT_WRONG: 'The leaves of a tree are not those that its checkpoint was signed over.',
	CHECKPOINT_UNSIGNED: 'A checkpoint is not signed as it must be, or a leaf of the root tree is malformed.',
	CHECKPOINT_MISSING: 'A checkpoint of a tree is gone.',
	ROOT_LEAF_CHANGED: 'A leaf of the root tree is another than it was.',
	ROOT_LEAF_MISSING: 'A leaf of the root tree is missing.',
	ROOT_CHECKPOINT_WRONG: 'A checkpoint of the root tree is not signed as it must be, or not over its leaves.',
	ROOT_CHECKPOINT_MISSING: 'A checkpoint of the root tree that was anchored is gone.',
	NUMBERS_MISSING: 'Numbers of a run of a process are missing or there twice: entries were taken out, or put in.',
	KEY_UNKNOWN: 'The log does not begin with the verifier key.',
	LOG_UNSIGNED: 'What is in the log has had no signed checkpoint for more than a minute.',
	LOG_UNVERIFIED: 'The log could not be verified to its end: something in it can’t be read as what it must be.',
	LOG_FROZEN: 'The log has had no heartbeat for more than three minutes: nobody keeps it.',
} as const;

export type LogFindingKind = keyof typeof FINDING_SENTENCES;

/** Something that is wrong, and where. Never anything of what an entry says. */
export interface LogFinding {
	readonly kind: LogFindingKind;
	/** Firm id, or the nil UUID; null: the root tree, or no tree. */
	readonly tree: string | null;
	/** Of the leaf in its tree; of a checkpoint of the root tree its size; of one of a firm's tree its index in the root tree. */
	readonly index: number | null;
	readonly entry: string | null;
	/** The run of a process whose numbers are meant, role and boot; of a verification that failed the class and code of the error. */
	readonly run: string | null;
	readonly says: string;
}

/** Of an entry that its tree may not have. */
export function findingKindOf(flaw: AuditProofError): LogFindingKind {
	if (flaw instanceof WrongFirmError) return 'ENTRY_MISPLACED';
	return flaw instanceof WrongOrderError ? 'ENTRY_ORDER' : 'ENTRY_MALFORMED';
}

export type FindingLocation = Partial<Pick<LogFinding, 'tree' | 'index' | 'entry' | 'run'>>;

/** What was found so far. */
export interface LogFindings {
	readonly list: readonly LogFinding[];
	/** Of which kinds there was more than is listed. */
	readonly cut: ReadonlySet<LogFindingKind>;
	readonly isCut: boolean;
	/** Each kind once for a place, and of each kind a hundred at most: many of one hide none of another. */
	add(kind: LogFindingKind, place?: FindingLocation): void;
}

const MOST = 100;

export function createLogFindings(): LogFindings {
	const list: LogFinding[] = [];
	const seen = new Set<string>();
	const counts = new Map<LogFindingKind, number>();
	const cut = new Set<LogFindingKind>();
	return {
		list,
		cut,
		get isCut() {
			return cut.size > 0;
		},
		add(kind, { tree = null, index = null, entry = null, run = null } = {}) {
			const key = [kind, tree, index, entry, run].join(' ');
			if (seen.has(key)) return;
			const count = counts.get(kind) ?? 0;
			if (count >= MOST) cut.add(kind);
			else {
				counts.set(kind, count + 1);
				seen.add(key);
				list.push({ kind, tree, index, entry, run, says: FINDING_SENTENCES[kind] });
			}
		},
	};
}

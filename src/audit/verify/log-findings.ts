import type { AuditProofError } from './audit-proof-error.ts';
import { WrongFirmError, WrongOrderError } from './leaf-checks.ts';

/** Possible findings about a log, each as one sentence for people. */
const FINDING_SENTENCES = {
	ENTRY_MISSING: 'The entry of a leaf is missing.',
	ENTRY_CHANGED: 'An entry does not match its leaf.',
	ENTRY_UNKNOWN: 'An entry before the end of the log has no leaf: it was inserted by hand, or its leaf was removed.',
	ENTRY_REPEATED: 'An entry has more than one leaf.',
	ENTRY_MISPLACED: 'An entry is in the tree of another firm.',
	ENTRY_ORDER: 'Entries of one process run are not in the order of their numbers.',
	ENTRY_MALFORMED: 'An entry is malformed.',
	LEAF_MISSING: 'A leaf of a tree is missing.',
	LEAF_UNKNOWN: 'A tree has leaves that the log did not add.',
	HASHES_WRONG: 'The hashes that are stored with a leaf differ from those of the tree.',
	CHECKPOINT_WRONG: 'The leaves of a tree differ from those that its checkpoint covers.',
	CHECKPOINT_UNSIGNED: 'A checkpoint is not signed correctly, or a leaf of the root tree is malformed.',
	CHECKPOINT_MISSING: 'A checkpoint of a tree is missing.',
	ROOT_LEAF_CHANGED: 'A leaf of the root tree was changed.',
	ROOT_LEAF_MISSING: 'A leaf of the root tree is missing.',
	ROOT_CHECKPOINT_WRONG: 'A checkpoint of the root tree is not signed correctly, or does not match its leaves.',
	ROOT_CHECKPOINT_MISSING: 'An anchored checkpoint of the root tree is missing.',
	NUMBERS_MISSING: 'Numbers of a process run are missing or repeated: entries were removed or inserted.',
	KEY_UNKNOWN: 'The log does not begin with the verifier key.',
	LOG_UNSIGNED: 'The log has entries that no signed checkpoint has covered for more than a minute.',
	LOG_UNVERIFIED: 'The log could not be verified to its end: a row of it can’t be read.',
	KEY_LOG_CHANGED: 'An entry of a firm’s key log does not match its hashes, or does not follow the entry before it.',
	KEY_LOG_MISSING: 'An entry of a firm’s key log is missing.',
	KEY_LOG_UNRECORDED: 'An entry of a firm’s key log is not in the audit log: it was inserted by hand.',
	KEY_LOG_CUT:
		'A firm’s key log lacks the newest entry that the audit log names: it was restored from an older copy, or the last append failed.',
	KEY_LOG_CHECKPOINT_WRONG:
		'The checkpoint of a firm’s key log is not signed correctly, or does not match its entries.',
	KEY_LOG_UNSIGNED: 'A firm’s key log has entries that no checkpoint has covered for more than a minute.',
	LOG_FROZEN: 'The log has had no heartbeat for more than three minutes: no process keeps it.',
} as const;

export type LogFindingKind = keyof typeof FINDING_SENTENCES;

/** One finding and its location. It never contains content of an entry. */
export interface LogFinding {
	readonly kind: LogFindingKind;
	/** Firm id, of a tree or a key log, or the nil UUID; null for the root tree or no tree. */
	readonly tree: string | null;
	/**
	 * The leaf's index in its tree, or the entry's in its key log. For a checkpoint of the root tree its size; for a checkpoint of a firm's tree its index in the root tree.
	 */
	readonly index: number | null;
	readonly entry: string | null;
	/** Role and boot of the process run whose numbers are wrong. For a verification that failed, class and code of the error. */
	readonly run: string | null;
	readonly says: string;
}

/** The finding for an entry that is not allowed in its tree. */
export function findingKindOf(flaw: AuditProofError): LogFindingKind {
	if (flaw instanceof WrongFirmError) return 'ENTRY_MISPLACED';
	return flaw instanceof WrongOrderError ? 'ENTRY_ORDER' : 'ENTRY_MALFORMED';
}

export type FindingLocation = Partial<Pick<LogFinding, 'tree' | 'index' | 'entry' | 'run'>>;

export interface LogFindings {
	readonly list: readonly LogFinding[];
	/** Kinds with more findings than `list` contains. */
	readonly cut: ReadonlySet<LogFindingKind>;
	readonly isCut: boolean;
	/** Adds each kind once per place, at most a hundred of each kind, so that many findings of one kind hide no other kind. */
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

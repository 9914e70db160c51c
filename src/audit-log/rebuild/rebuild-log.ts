import { createLeafChecks, hashLeaf, NO_FIRM, reportFlaw } from '../../audit/verify/log.ts';
import {
	countDifferences,
	countWrongAnchors,
	isNoteStaged,
	type LogDifferences,
	type NewRootLeaf,
	type Plane,
	type RestoredState,
	restoreLog,
	selectEntryTime,
	selectLastRootLeaf,
	selectRootCheckpoint,
	stageAnchors,
	stageLeaves,
	stageRootCheckpoints,
	stageRootLeaves,
	type Transaction,
	withLogRestore,
} from '../../database/index.ts';
import { SetupError } from '../../errors.ts';
import { nodeSha256, type RotatedSigner } from '../leader/index.ts';
import { type AnchoredLog, type AnchoredLogSource, readAnchoredLog } from './anchored-log.ts';
import { collectCheckpoints, isSignedBy } from './collect-checkpoints.ts';
import { isSoundAfterAnchors } from './stored-log.ts';

/** Rows that differ from the anchors are written here before they are removed from the database. */
export interface DisputedFile {
	write(table: string, row: unknown): Promise<void>;
	/** Resolves when all rows are durable. */
	settled(): Promise<void>;
}

/** The last signed checkpoint of the root tree, kept outside the database. */
export interface SignedHeadFile {
	read(): Promise<string | null>;
	/** Afterwards, the next signed checkpoint may be of a smaller tree. */
	moveAside(): Promise<void>;
}

export interface RebuildParts extends AnchoredLogSource {
	/** Plane of the role that keeps the log. */
	readonly plane: Plane;
	readonly adminUrl: string;
	/** Vkeys of the root tree, of all keys that can still sign. */
	readonly ownVkeys: () => Promise<readonly string[]>;
	readonly rotate: () => Promise<RotatedSigner>;
	readonly headFile: SignedHeadFile;
	readonly disputed: DisputedFile;
}

export interface RebuildResult {
	/**
	 * SOUND: nothing had to be done. DIFFERS: a dry run found differences. REBUILT: the log was restored from the anchors and continues from
	 * there.
	 */
	readonly state: 'SOUND' | 'DIFFERS' | 'REBUILT';
	readonly anchors: number;
	/** The vkey that verified the anchors. */
	readonly vkey: string;
	readonly differences: LogDifferences;
	/** Rows that record an anchor that is missing or different. */
	readonly wrongAnchors: number;
	/** True if there are no differences, and everything newer than the last anchor is valid. */
	readonly isNewerSound: boolean;
	/** True if a signed checkpoint is missing in an otherwise sound database: the database is an older copy. */
	readonly isSignedLost: boolean;
	/** The log's incarnation from now on. */
	readonly incarnation: number;
	/** Leases that could still be used according to the rows, and can't any more. */
	readonly endedLeases: number;
}

/**
 * Makes the log of a database equal to its anchors if the two differ; with `dryRun`, only reports if they do. The caller must hold the lock
 * of the log's leader. If the process is killed before the commit, nothing has changed; if it runs again after the commit, it finds nothing
 * to do. `rotate` is called before any change.
 * @throws FirmsealError CONFLICT for an anchor that is not accepted; SetupError; AnchorStoreError; KeyUnavailableError
 */
export async function rebuildLog(
	parts: RebuildParts,
	{ dryRun }: { readonly dryRun: boolean },
): Promise<RebuildResult> {
	const { plane, adminUrl, headFile } = parts;
	return withLogRestore(adminUrl, async (tx) => {
		const headNote = await headFile.read();
		const seen = trackNote(headNote);
		const log = await stageAnchoredLog(parts, tx, seen.onRoot);
		await assertOwn(parts, log);
		const found = await compare(parts, tx, { log, seen });
		const isAlike = found.isNewerSound && found.wrongAnchors === 0;
		const isUnfinished = isAlike && found.isSignedLost && (await isRebuilt(plane, log));
		const summary = { anchors: log.next.number, vkey: log.vkey, ...found };
		if (isUnfinished && !dryRun) await headFile.moveAside();
		if (isUnfinished || (isAlike && !found.isSignedLost)) {
			const state = await plane.read(null, (read) => selectLastRootLeaf(read, 'INCARNATION'));
			return {
				state: 'SOUND',
				...summary,
				isSignedLost: false,
				incarnation: incarnationOf(state?.leaf),
				endedLeases: 0,
			};
		}
		const incarnation = log.incarnation + 1;
		if (dryRun) return { state: 'DIFFERS', ...summary, incarnation, endedLeases: 0 };
		const lost = await findLargestLostNote(parts, tx, { log, head: headNote });
		// Before the log is changed: an unused key does no harm.
		const key = await parts.rotate();
		const endedLeases = await restoreLog(tx, {
			isEntry,
			disputed: parts.disputed,
			state: (within) => stateAfter(parts, within, { log, incarnation, key, lost }),
		});
		await headFile.moveAside();
		return { state: 'REBUILT', ...summary, incarnation, endedLeases };
	});
}

/** Tracks if the root tree ever had the size and root of a note. `isMet` is true if there is no note. */
function trackNote(note: string | null) {
	const [, size, root] = note?.split('\n') ?? [];
	let isMet = size === undefined || !/^\d+$/.test(size);
	return {
		onRoot(tree: { readonly size: number; root(): Uint8Array }): void {
			if (tree.size === Number(size)) isMet ||= Buffer.from(tree.root()).toString('base64') === root;
		},
		isMet: () => isMet,
	};
}

type NoteTracker = ReturnType<typeof trackNote>;

/** Writes the anchored rows into staging tables beside the log. */
function stageAnchoredLog(parts: RebuildParts, tx: Transaction, onRoot: NoteTracker['onRoot']): Promise<AnchoredLog> {
	const keep = collectCheckpoints(parts.plane, (row) => stageRootCheckpoints(tx, [row]));
	return readAnchoredLog(parts, {
		leaves: (rows) => stageLeaves(tx, rows),
		rootLeaves: (rows) => stageRootLeaves(tx, rows),
		async anchors(rows) {
			await stageAnchors(tx, rows);
			await stageRootCheckpoints(tx, rows);
		},
		async onRoot(tree, vkeys) {
			onRoot(tree);
			await keep(tree, vkeys);
		},
	});
}

/** The next anchor must be signed by the key that was active at the last one, so this installation must own that key. */
async function assertOwn({ ownVkeys }: RebuildParts, { vkeys, next }: AnchoredLog): Promise<void> {
	if ((await ownVkeys()).includes(vkeys.at(-1) ?? '')) return;
	throw new SetupError(
		`This database and keyring don't have the key that signed anchor ${next.number - 1}: restore the table data_keys from a newer backup.`,
	);
}

type RebuildFindings = Pick<RebuildResult, 'differences' | 'wrongAnchors' | 'isNewerSound' | 'isSignedLost'>;

async function compare(
	{ plane, installation }: RebuildParts,
	tx: Transaction,
	{ log, seen }: { readonly log: AnchoredLog; readonly seen: NoteTracker },
): Promise<RebuildFindings> {
	const differences = await countDifferences(tx);
	const wrongAnchors = await countWrongAnchors(tx);
	const isAlike = Object.values(differences).every((count) => count === 0);
	const isNewerSound = isAlike && (await isSoundAfterAnchors({ plane, tx, installation }, log, seen.onRoot));
	return { differences, wrongAnchors, isNewerSound, isSignedLost: isNewerSound && !seen.isMet() };
}

/** True if the rebuild was done already and nothing was signed since: then the last signed head belongs to the log before the rebuild. */
async function isRebuilt(plane: Plane, { root }: AnchoredLog): Promise<boolean> {
	const { incarnation, checkpoint } = await plane.read(null, async (tx) => ({
		incarnation: await selectLastRootLeaf(tx, 'INCARNATION'),
		checkpoint: await selectRootCheckpoint(tx),
	}));
	return incarnation !== null && incarnation.index >= root.size && (checkpoint?.size ?? 0) <= incarnation.index;
}

const incarnationOf = (leaf: string | undefined): number => (leaf === undefined ? 1 : JSON.parse(leaf).incarnation);

/** The largest signed note that is not of the anchored tree; empty if there is none. */
async function findLargestLostNote(
	{ plane, ownVkeys }: RebuildParts,
	tx: Transaction,
	{ log, head }: { readonly log: AnchoredLog; readonly head: string | null },
): Promise<string> {
	const stored = await plane.read(null, selectRootCheckpoint);
	const vkeys = [...log.vkeys, ...(await ownVkeys())];
	let lost = { size: -1, note: '' };
	for (const note of [stored?.note, head]) {
		const size = Number(note?.split('\n')[1]);
		if (typeof note !== 'string' || !(size > lost.size) || size < log.root.size || (await isNoteStaged(tx, note)))
			continue;
		if (note.length < LONGEST_NOTE && (await isSignedBy(note, vkeys))) lost = { size, note };
	}
	return lost.note;
}

/** Bytes. A leaf has at most 65,536. */
const LONGEST_NOTE = 16_384;

interface RestartOfLog {
	readonly log: AnchoredLog;
	readonly incarnation: number;
	readonly key: RotatedSigner;
	readonly lost: string;
}

/** The log continues under a new key, and records that (FORMAT.md, "Root tree"). */
async function stateAfter(
	{ installation }: RebuildParts,
	tx: Transaction,
	{ log: { root }, incarnation, key, lost }: RestartOfLog,
): Promise<RestoredState> {
	const at = await selectEntryTime(tx);
	// Keys in sorted order, so that each leaf is canonical (RFC 8785).
	const leaves = [
		{ kind: 'SIGNER', leaf: JSON.stringify({ at, key: key.vkey, kind: 'signer', v: 1 }) },
		{ kind: 'INCARNATION', leaf: JSON.stringify({ at, incarnation, kind: 'incarnation', lost, v: 1 }) },
	] as const;
	const rootLeaves = leaves.map(({ kind, leaf }): NewRootLeaf => {
		const index = root.size;
		return { index, kind, tree: null, size: null, leaf, hashes: root.append(hashLeaf(nodeSha256, Buffer.from(leaf))) };
	});
	return { installation, incarnation, rootLeaves };
}

/**
 * True if a verifier accepts the leaf as an entry of the firm. Sequence numbers are not checked: an entry that someone inserted out of
 * order must not remove the entries that the process itself wrote later.
 */
function isEntry(firm: string | null, leaf: string): boolean {
	const check = createLeafChecks(firm === NO_FIRM ? null : firm);
	return (
		reportFlaw(
			() => check(leaf),
			() => {},
		) !== null
	);
}

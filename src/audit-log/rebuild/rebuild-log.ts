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

/** What is there and is not what is anchored goes here before it is taken out of the database. */
export interface DisputedFile {
	write(table: string, row: unknown): Promise<void>;
	/** Durable when it resolves. */
	settled(): Promise<void>;
}

/** The last checkpoint of the root tree that was signed, kept outside of the database. */
export interface SignedHeadFile {
	read(): Promise<string | null>;
	/** The next one that is signed may be of a smaller tree. */
	moveAside(): Promise<void>;
}

export interface RebuildParts extends AnchoredLogSource {
	/** Of the role that keeps the log. */
	readonly plane: Plane;
	readonly adminUrl: string;
	/** vkeys of the root tree of all keys that can still sign. */
	readonly ownVkeys: () => Promise<readonly string[]>;
	readonly rotate: () => Promise<RotatedSigner>;
	readonly headFile: SignedHeadFile;
	readonly disputed: DisputedFile;
}

export interface RebuildResult {
	/** SOUND: nothing was to be done. DIFFERS: that was all that was asked. REBUILT: the log is what is anchored, and goes on from there. */
	readonly state: 'SOUND' | 'DIFFERS' | 'REBUILT';
	readonly anchors: number;
	/** By which the anchors were verified. */
	readonly vkey: string;
	readonly differences: LogDifferences;
	/** Rows that say an anchor is there which isn't, or is another. */
	readonly wrongAnchors: number;
	/** Whether what is newer than the last anchor was in order. */
	readonly isNewerSound: boolean;
	/** Whether a checkpoint was signed that the database does not have, though it is sound: it is a copy from before. */
	readonly isSignedLost: boolean;
	/** Of the log from now on. */
	readonly incarnation: number;
	/** Leases that could still be used by the rows, and can't any more. */
	readonly endedLeases: number;
}

/**
 * Makes the log of a database what its anchors have, where the two differ; with `dryRun` only says whether they do. The caller holds
 * the lock of the log's leader. Killed before its commit it has changed nothing; run again after that, it finds nothing to do. `rotate` is called
 * before anything is changed.
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
		const { differences, wrongAnchors, isNewerSound } = found;
		const isAlike = isNewerSound && wrongAnchors === 0 && Object.values(differences).every((count) => count === 0);
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
		// Before the log is changed: a key that nobody signs with is no harm.
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

/** Whether the root tree has had exactly what a note says; true for none. */
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

/** Puts what is anchored beside the log. */
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

/** The way from the last anchor to the next is by a signature of the key in force there. */
async function assertOwn({ ownVkeys }: RebuildParts, { vkeys, next }: AnchoredLog): Promise<void> {
	if ((await ownVkeys()).includes(vkeys.at(-1) ?? '')) return;
	throw new SetupError(
		`The key that has signed anchor ${next.number - 1} is none of this database and keyring: restore the table data_keys from a newer backup.`,
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

/** Whether this was done already, and nothing was signed since: the last head is of the log before. */
async function isRebuilt(plane: Plane, { root }: AnchoredLog): Promise<boolean> {
	const { incarnation, checkpoint } = await plane.read(null, async (tx) => ({
		incarnation: await selectLastRootLeaf(tx, 'INCARNATION'),
		checkpoint: await selectRootCheckpoint(tx),
	}));
	return incarnation !== null && incarnation.index >= root.size && (checkpoint?.size ?? 0) <= incarnation.index;
}

const incarnationOf = (leaf: string | undefined): number => (leaf === undefined ? 1 : JSON.parse(leaf).incarnation);

/** The largest that is signed and is not of the anchored tree; empty: there is none. */
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

/** Bytes; a leaf has 65,536 at most. */
const LONGEST_NOTE = 16_384;

interface RestartOfLog {
	readonly log: AnchoredLog;
	readonly incarnation: number;
	readonly key: RotatedSigner;
	readonly lost: string;
}

/** The log goes on under a key of its own, and says so (FORMAT.md, "Root tree"). */
async function stateAfter(
	{ installation }: RebuildParts,
	tx: Transaction,
	{ log: { root }, incarnation, key, lost }: RestartOfLog,
): Promise<RestoredState> {
	const at = await selectEntryTime(tx);
	// Keys in their order, so that each is canonical (RFC 8785).
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
 * Whether a verifier takes it for an entry of the firm. Its number is not asked: one that someone has put in out of order must not take out
 * those that the process itself wrote after it.
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

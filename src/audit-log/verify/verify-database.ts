import { AuditProofError } from '../../audit/verify/index.ts';
import { createLogChecks, type LogChecks, type Sha256, signerKeyOf } from '../../audit/verify/log.ts';
import {
	DatabaseError,
	isTransient,
	type LogExtent,
	type Plane,
	selectFirstSignerLeaf,
	selectLogAges,
	selectLogExtent,
	selectUncoveredAnchors,
} from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import { checkEntries } from './check-entries.ts';
import { createLogFindings, type LogFinding, type LogFindingKind, type LogFindings } from './log-findings.ts';
import { type WalkTotals, walkTrees } from './walk-trees.ts';

export interface VerifyDatabaseOptions {
	/** Of the role firmseal_log. */
	readonly plane: Plane;
	readonly sha256: Sha256;
	/** Of the root tree: the key that the log began with, from somewhere that is trusted; null: the one that the log itself names. */
	readonly rootVkey: string | null;
	/** Leaves that were looked at, of as many as there were at the beginning. */
	readonly onProgress?: (done: number, total: number) => void;
	readonly signal?: AbortSignal;
	/** Leaves of one query at most; 2,000 unless given. */
	readonly page?: number;
	/** Called between two queries: whoever must not take much rests here. */
	readonly pace?: () => Promise<void>;
	/** Whether the last verification broke off: what breaks off again is a finding. */
	readonly isRetry?: boolean;
}

export interface DatabaseVerification extends WalkTotals {
	/** Of the root tree: what was verified with; null: there is none yet. */
	readonly rootVkey: string | null;
	/** Of the log; null: nothing is signed yet. */
	readonly incarnation: number | null;
	/** Leaves of the root tree. */
	readonly rootLeaves: number;
	readonly findings: readonly LogFinding[];
	/** Of which kinds more is wrong than the findings that are listed, a hundred of each. */
	readonly cut: ReadonlySet<LogFindingKind>;
	readonly isCut: boolean;
	/** By what a part of it broke off, of a database that is away or busy; null: nothing did. */
	readonly abortedBy: { readonly error: unknown } | null;
}

const PAGE = 2_000;
/** Seconds. */
const MAX_UNSIGNED_SECONDS = 60;
const MAX_SILENT_SECONDS = 180;
const MOST = 100;

/**
 * Verifies the whole log as the database has it, leaf by leaf, without anything of what wrote it (src/audit/FORMAT.md), and goes on after
 * what it finds. In little memory, however large the log is: a number for each run of a process in a tree, and no leaf.
 * Throws what the plane throws as long as nothing was read, and the signal's reason.
 */
export async function verifyDatabase(options: VerifyDatabaseOptions): Promise<DatabaseVerification> {
	const { plane, onProgress, signal, page = PAGE, pace, isRetry = false } = options;
	const findings = createLogFindings();
	let brokenOff: DatabaseVerification['abortedBy'] = null;
	async function yieldThread(): Promise<void> {
		signal?.throwIfAborted();
		await pace?.();
	}
	const { extent, first } = await plane.read(null, async (tx) => ({
		extent: await selectLogExtent(tx),
		first: await selectFirstSignerLeaf(tx),
	}));
	const by = await checksOf(options, first, extent, findings);
	const walk = { plane, page, findings, yieldThread, onLeaves: (done: number) => onProgress?.(done, extent.leaves) };
	/** What can't be read in one part keeps nothing of the others from being verified, and nothing that was found from being told. */
	async function attempt(work: () => Promise<void>): Promise<void> {
		await work().catch((error: unknown) => {
			if (signal?.aborted || !(error instanceof Error)) throw error;
			if (error instanceof FirmsealError || isTransient(error)) {
				brokenOff ??= { error };
				if (!isRetry) return;
			}
			const code = error instanceof DatabaseError ? `:${error.code}` : '';
			findings.add('LOG_UNVERIFIED', { run: `${error.name}${code}` });
		});
	}
	let walked: WalkTotals = { leaves: 0, trees: 0, rootCheckpoints: 0 };
	await attempt(async () => {
		if (by !== null) walked = await walkTrees({ ...walk, checks: by.checks }, extent);
	});
	await attempt(() => checkEntries({ plane, findings, yieldThread: yieldThread }, extent));
	await attempt(() => checkAges(plane, findings));
	return {
		...walked,
		rootVkey: by?.vkey ?? null,
		incarnation: by?.checks.incarnation ?? null,
		rootLeaves: extent.rootSize,
		findings: findings.list,
		cut: findings.cut,
		isCut: findings.isCut,
		abortedBy: brokenOff,
	};
}

/** By the key that the log begins with; null: there is none. */
async function checksOf(
	{ rootVkey, sha256 }: VerifyDatabaseOptions,
	first: string | null,
	{ rootSize }: LogExtent,
	findings: LogFindings,
): Promise<{ readonly checks: LogChecks; readonly vkey: string } | null> {
	const own = first === null ? null : signerKeyOf(first);
	if (own === null ? rootSize > 0 : rootVkey !== null && rootVkey !== own) findings.add('KEY_UNKNOWN', { index: 0 });
	for (const vkey of [own, rootVkey]) {
		if (vkey === null) continue;
		try {
			return { vkey, checks: await createLogChecks({ rootVkey: vkey, sha256 }) };
		} catch (error) {
			if (!(error instanceof AuditProofError)) throw error;
			findings.add('KEY_UNKNOWN', { index: 0 });
		}
	}
	return null;
}

async function checkAges(plane: Plane, findings: LogFindings): Promise<void> {
	const { ages, anchors } = await plane.read(null, async (tx) => ({
		ages: await selectLogAges(tx),
		anchors: await selectUncoveredAnchors(tx, MOST),
	}));
	for (const index of anchors) findings.add('ROOT_CHECKPOINT_MISSING', { index });
	if ((ages.unsigned ?? 0) > MAX_UNSIGNED_SECONDS || (ages.untaken ?? 0) > MAX_UNSIGNED_SECONDS)
		findings.add('LOG_UNSIGNED');
	if ((ages.heartbeat ?? 0) > MAX_SILENT_SECONDS) findings.add('LOG_FROZEN');
}

import { AuditProofError } from '../../audit/verify/index.ts';
import {
	createLogChecks,
	createLogFindings,
	type LogChecks,
	type LogFinding,
	type LogFindingKind,
	type LogFindings,
	type Sha256,
	signerKeyOf,
} from '../../audit/verify/log.ts';
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
import { checkKeyLogs } from './check-key-logs.ts';
import { type WalkTotals, walkTrees } from './walk-trees.ts';

export interface VerifyDatabaseOptions {
	/** Plane of the role firmseal_log. */
	readonly plane: Plane;
	readonly sha256: Sha256;
	/** The first vkey of the root tree, from a trusted source; null to use the one that the log itself names. */
	readonly rootVkey: string | null;
	/** The number of leaves that were checked, and the total at the start. */
	readonly onProgress?: (done: number, total: number) => void;
	readonly signal?: AbortSignal;
	/** Most leaves of one query. 2,000 by default. */
	readonly page?: number;
	/** Called between two queries. A caller with a limited processor share waits here. */
	readonly pace?: () => Promise<void>;
	/** True if the last verification aborted: if this one aborts too, that is a finding. */
	readonly isRetry?: boolean;
}

export interface DatabaseVerification extends WalkTotals {
	/** The vkey of the root tree that was used; null if there is none yet. */
	readonly rootVkey: string | null;
	/** The log's incarnation; null if nothing is signed yet. */
	readonly incarnation: number | null;
	/** Number of leaves of the root tree. */
	readonly rootLeaves: number;
	/** Number of firms with a key log. */
	readonly keyLogs: number;
	readonly findings: readonly LogFinding[];
	/** Kinds with more findings than the hundred that are listed. */
	readonly cut: ReadonlySet<LogFindingKind>;
	readonly isCut: boolean;
	/** The error that aborted a part of the verification because the database was unavailable or busy; null if none. */
	readonly abortedBy: { readonly error: unknown } | null;
}

const PAGE = 2_000;
/** Seconds. */
const MAX_UNSIGNED_SECONDS = 60;
const MAX_SILENT_SECONDS = 180;
const MOST = 100;

/**
 * Verifies the whole log of the database and the key logs of firms, leaf by leaf, with no code of the writing side (src/audit/FORMAT.md). Continues after findings.
 * Memory use is small: one number for each process run in a tree, and no leaf.
 * @throws the plane's errors if nothing was read yet, and the signal's reason.
 */
export async function verifyDatabase(options: VerifyDatabaseOptions): Promise<DatabaseVerification> {
	const { plane, sha256, onProgress, signal, page = PAGE, pace, isRetry = false } = options;
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
	/** A part that can't be read must not stop the other parts, or hide earlier findings. */
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
	let keyLogs = 0;
	await attempt(async () => {
		keyLogs = await checkKeyLogs({
			plane,
			findings,
			yieldThread,
			sha256,
			checks: by?.checks ?? null,
			rootSize: extent.rootSize,
		});
	});
	await attempt(() => checkEntries({ plane, findings, yieldThread }, extent));
	await attempt(() => checkAges(plane, findings));
	return {
		...walked,
		rootVkey: by?.vkey ?? null,
		incarnation: by?.checks.incarnation ?? null,
		rootLeaves: extent.rootSize,
		keyLogs,
		findings: findings.list,
		cut: findings.cut,
		isCut: findings.isCut,
		abortedBy: brokenOff,
	};
}

/** Checks by the first key of the log; null if the log has none. */
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

import { AuditProofError } from '../../audit/verify/index.ts';
import {
	createLogChecks,
	createLogFindings,
	createTreeHasher,
	type FreshCheckpoint,
	hashLeaf,
	type LogChecks,
	type LogFinding,
	type LogFindings,
	type Sha256,
	signerKeyOf,
} from '../../audit/verify/log.ts';
import {
	countRootLeaves,
	type KeyLogPosition,
	type Plane,
	selectCutKeyLogs,
	selectEmptyKeyLogs,
	selectFirmsWithKeyLog,
	selectKeyLogRows,
	selectLastRootLeaf,
	selectSignerLeaves,
	type WalkedKeyLogRow,
} from '../../database/index.ts';

interface CheckKeyLogsParts {
	readonly plane: Pick<Plane, 'read'>;
	readonly findings: LogFindings;
	readonly yieldThread: () => Promise<void>;
	readonly sha256: Sha256;
	/** After the root tree was read; null if the log has no key. */
	readonly checks: LogChecks | null;
	/** Leaves of the root tree whose signing keys `checks` knows. */
	readonly rootSize: number;
}

/** Entries of at most 64 KiB, and firms, of one query. */
const PAGE = 200;
const FIRMS = 500;
const MOST = 100;
const SIGNERS = 1_000;
const HASH_LENGTH = 32;
const NO_HASH = '0'.repeat(64);
const FIRST = '00000000-0000-0000-0000-000000000000';
/** Milliseconds that an append may take after its entry in the audit log. */
const APPEND = 60_000;

/**
 * Checks the key logs of all firms (src/custody/FORMAT.md, section 4): that each entry follows the one before it and matches its hashes,
 * that the signed checkpoint is of these entries, and that the audit log names the same entries. It does not judge who may sign an entry:
 * each device does. Returns the number of key logs.
 */
export async function checkKeyLogs(parts: CheckKeyLogsParts): Promise<number> {
	const { plane, findings, yieldThread } = parts;
	let log: KeyLogWalk | null = null;
	let count = 0;
	let after: KeyLogPosition = { firm: FIRST, index: -1 };
	for (;;) {
		await yieldThread();
		const from: KeyLogPosition = after;
		const rows: WalkedKeyLogRow[] = await plane.read(null, (tx) => selectKeyLogRows(tx, from, PAGE));
		for (const row of rows) {
			if (row.firm !== log?.firm) {
				log?.finish();
				log = await beginWalk(parts, row);
				count += 1;
			}
			log.add(row);
		}
		after = rows.at(-1) ?? after;
		if (rows.length === 0) break;
	}
	log?.finish();
	for (const firm of await plane.read(null, (tx) => selectEmptyKeyLogs(tx, MOST + 1)))
		findings.add('KEY_LOG_MISSING', { tree: firm, index: 0 });
	await checkCut(parts);
	return count;
}

async function checkCut({ plane, findings, yieldThread }: CheckKeyLogsParts): Promise<void> {
	let after = FIRST;
	for (let isLast = false; !isLast; ) {
		await yieldThread();
		const last: string = after;
		const { firms, cut } = await plane.read(null, async (tx) => {
			const firms = await selectFirmsWithKeyLog(tx, last, FIRMS);
			return { firms, cut: await selectCutKeyLogs(tx, firms, new Date(Date.now() - APPEND)) };
		});
		for (const firm of cut) findings.add('KEY_LOG_CUT', { tree: firm });
		isLast = firms.length < FIRMS;
		after = firms.at(-1) ?? after;
	}
}

/** What a verification of key logs alone found. */
export interface KeyLogsVerification {
	readonly keyLogs: number;
	readonly findings: readonly LogFinding[];
}

/**
 * Checks only the key logs, with the keys that the audit log itself names. `plane` is of the role firmseal_log.
 * @throws the plane's errors
 */
export async function verifyKeyLogs({
	plane,
	sha256,
}: Pick<CheckKeyLogsParts, 'plane' | 'sha256'>): Promise<KeyLogsVerification> {
	const findings = createLogFindings();
	const { rootSize, leaves } = await plane.read(null, async (tx) => ({
		rootSize: await countRootLeaves(tx),
		leaves: await selectSignerLeaves(tx, SIGNERS),
	}));
	const checks = await nullIfInvalid(checksOfSigners(leaves.toReversed(), sha256));
	const keyLogs = await checkKeyLogs({ plane, findings, sha256, checks, rootSize, yieldThread: async () => {} });
	return { keyLogs, findings: findings.list };
}

async function checksOfSigners([first, ...others]: readonly string[], sha256: Sha256): Promise<LogChecks | null> {
	const rootVkey = first === undefined ? null : signerKeyOf(first);
	if (rootVkey === null) return null;
	const checks = await createLogChecks({ rootVkey, sha256 });
	for (const [at, leaf] of others.entries()) await checks.checkRootLeaf(leaf, at + 1);
	return checks;
}

/** Verifies the note that was read with the first entry. */
async function beginWalk(parts: CheckKeyLogsParts, { firm, note, signed }: WalkedKeyLogRow): Promise<KeyLogWalk> {
	const { checks, findings } = parts;
	const opened = note === null ? null : await nullIfInvalid(checks?.openKeyLogNote(firm, note));
	const isWrong = note !== null && opened?.size !== signed;
	const isLaterKey = isWrong && opened === null && (await hasLaterSigner(parts));
	if (isWrong && !isLaterKey) findings.add('KEY_LOG_CHECKPOINT_WRONG', { tree: firm });
	return new KeyLogWalk(firm, { ...parts, checkpoint: opened, isUnsigned: note === null || opened !== null });
}

/** Whether a key has come into force since the root tree was read. The next verification knows it. */
async function hasLaterSigner({ plane, rootSize }: CheckKeyLogsParts): Promise<boolean> {
	const signer = await plane.read(null, (tx) => selectLastRootLeaf(tx, 'SIGNER'));
	return (signer?.index ?? 0) >= rootSize;
}

async function nullIfInvalid<T>(checked: Promise<T> | undefined): Promise<T | null> {
	try {
		return (await checked) ?? null;
	} catch (error) {
		if (error instanceof AuditProofError) return null;
		throw error;
	}
}

interface KeyLogWalkParts extends Pick<CheckKeyLogsParts, 'findings' | 'sha256'> {
	/** Null if there is none that verifies. */
	readonly checkpoint: FreshCheckpoint | null;
	/** Whether entries after the checkpoint, or all without one, are known to be unsigned. */
	readonly isUnsigned: boolean;
}

/** One key log, as far as it was read. */
class KeyLogWalk {
	readonly firm: string;
	readonly #parts: KeyLogWalkParts;
	/** Of the stored leaf hashes, so that a changed entry is one finding, and the checkpoint decides on the rest. */
	readonly #tree: ReturnType<typeof createTreeHasher>;
	#size = 0;
	#prev = NO_HASH;
	/** An entry is missing, so nothing after it can be compared. */
	#isBroken = false;
	/** The first entry that no checkpoint covers is older than a minute. */
	#isLate = false;

	constructor(firm: string, parts: KeyLogWalkParts) {
		this.firm = firm;
		this.#parts = parts;
		this.#tree = createTreeHasher(parts.sha256);
	}

	add(row: WalkedKeyLogRow): void {
		const { index, hash, isOld } = row;
		const { checkpoint, isUnsigned, findings } = this.#parts;
		if (index > this.#size) this.#report('KEY_LOG_MISSING', this.#size);
		this.#isBroken ||= index > this.#size;
		this.#size = index + 1;
		if (!this.#isSound(row)) this.#report('KEY_LOG_CHANGED', index);
		this.#prev = hash;
		if (!row.isRecorded && isOld) this.#report('KEY_LOG_UNRECORDED', index);
		if (index === (checkpoint?.size ?? 0)) this.#isLate = isOld && isUnsigned;
		const isWrong = this.#size === checkpoint?.size && !isSame(this.#tree.root(), checkpoint.root);
		if (isWrong && !this.#isBroken) findings.add('KEY_LOG_CHECKPOINT_WRONG', { tree: this.firm });
	}

	finish(): void {
		if (this.#size < (this.#parts.checkpoint?.size ?? 0)) this.#report('KEY_LOG_MISSING', this.#size);
		if (this.#isLate) this.#parts.findings.add('KEY_LOG_UNSIGNED', { tree: this.firm });
	}

	/** Whether the entry has its hashes, and follows the one before. */
	#isSound({ leaf, hash, hashes }: WalkedKeyLogRow): boolean {
		const { sha256 } = this.#parts;
		const bytes = Buffer.from(leaf);
		const stored = new Uint8Array(hashes.subarray(0, HASH_LENGTH));
		const isOwn = Buffer.from(sha256(bytes)).toString('hex') === hash && isSame(hashLeaf(sha256, bytes), stored);
		if (this.#isBroken || stored.length !== HASH_LENGTH) return isOwn && this.#isBroken;
		return isSame(this.#tree.append(stored), hashes) && isOwn && prevOf(leaf) === this.#prev;
	}

	#report(kind: 'KEY_LOG_MISSING' | 'KEY_LOG_CHANGED' | 'KEY_LOG_UNRECORDED', index: number): void {
		this.#parts.findings.add(kind, { tree: this.firm, index });
	}
}

const isSame = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

/** Null for a text that is not JSON. */
function prevOf(leaf: string): unknown {
	try {
		return Object(JSON.parse(leaf)).prev;
	} catch {
		return null;
	}
}

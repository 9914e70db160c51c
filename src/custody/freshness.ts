import { AuditProofError, verifyCheckpoint } from '../audit/verify/index.ts';
import { type FreshCheckpoint, keyLogOriginOf, parseVerifierKey, verifyFreshCheckpoint } from '../audit/verify/log.ts';
import { type ErrorCode, FirmsealError } from '../errors.ts';

/** Seconds, by the device's clock. */
const MOST_AGE = 600;
const MOST_AHEAD = 60;

/** Why a checkpoint does not prove that a log is the newest: code and sentence by reason. Programs switch on the reason. */
const REASONS = {
	ORIGIN: ['CIPHERTEXT_INVALID', 'is of another log. Nothing is signed: read the log again, and tell your owner.'],
	KEY: [
		'CIPHERTEXT_INVALID',
		'is not signed by a key that this device trusts for the log. Nothing is signed: get its new key from a source other than the service, and give it to this device.',
	],
	COSIGNATURE: [
		'CIPHERTEXT_INVALID',
		'has no cosignature with a time by the log’s own key. Nothing is signed: ask for a fresh checkpoint.',
	],
	SIZE: ['CONFLICT', 'covers another number of entries than this device has. Read the log again.'],
	ROOT: [
		'CIPHERTEXT_INVALID',
		'covers other entries than this device has: the service shows different logs. Nothing is signed: compare the safety number with a colleague.',
	],
	STALE: [
		'AUDIT_UNAVAILABLE',
		'is older than ten minutes, so the log may have newer entries. Nothing is signed: ask for a fresh checkpoint, and check this device’s clock.',
	],
	FUTURE: [
		'AUDIT_UNAVAILABLE',
		'is from the future: this device’s clock or the service’s is wrong. Nothing is signed: set the clock right.',
	],
} as const satisfies Record<string, readonly [ErrorCode, string]>;

type FreshnessReason = keyof typeof REASONS;

/** A key log that is not proven to be the newest. A device seals, wraps and signs nothing after it. */
export class FreshnessError extends FirmsealError {
	override readonly name = 'FreshnessError';
	readonly reason: FreshnessReason;

	constructor(reason: FreshnessReason, options?: ErrorOptions) {
		const [code, sentence] = REASONS[reason];
		super(code, `The checkpoint of the key log ${sentence}`, options);
		this.reason = reason;
	}
}

/** A verified key log, and the checkpoint that should prove that it is the newest. */
export interface LogToProve {
	/** A C2SP signed note. */
	readonly note: string;
	/** The vkeys that this device trusts for the log's origin. One of them must have signed. */
	readonly vkeys: readonly string[];
	/** As entry 0 of the log names it. */
	readonly installation: string;
	readonly firm: string;
	/** Id of the sub-log; null for the firm's own log. */
	readonly subLog: string | null;
	/** Number of entries that the device has verified. */
	readonly size: number;
	/** Of the tree of their leaves (RFC 6962), 32 bytes. */
	readonly root: Uint8Array;
	/** The device's clock, in milliseconds since 1970. */
	readonly now: number;
}

/**
 * Returns the checkpoint of exactly this log, of which the cosignature is at most ten minutes old and at most one minute ahead
 * (FORMAT.md, section 13). A device calls it before it seals, wraps or signs.
 * @throws FreshnessError
 */
export async function requireFresh(of: LogToProve): Promise<FreshCheckpoint> {
	const origin = keyLogOriginOf(of.installation, of.firm, of.subLog);
	if (of.note.split('\n', 1)[0] !== origin) throw new FreshnessError('ORIGIN');
	const checkpoint = await openByAny(of.note, of.vkeys);
	if (checkpoint.size !== of.size) throw new FreshnessError('SIZE');
	if (!isSame(checkpoint.root, of.root)) throw new FreshnessError('ROOT');
	const age = of.now / 1_000 - checkpoint.time;
	// A clock that is not a number proves nothing.
	if (!(age <= MOST_AGE)) throw new FreshnessError('STALE');
	if (age < -MOST_AHEAD) throw new FreshnessError('FUTURE');
	return checkpoint;
}

/** Whether a text is a vkey that can verify checkpoints of the firm's own log. */
export async function isCheckpointKey(
	vkey: string,
	{ installation, firm }: Pick<LogToProve, 'installation' | 'firm'>,
): Promise<boolean> {
	try {
		return (await parseVerifierKey(vkey)).name === keyLogOriginOf(installation, firm, null);
	} catch (error) {
		if (error instanceof AuditProofError) return false;
		throw error;
	}
}

/** Keys change, so the note may be signed by the key before or the key after the one that this device has known. */
async function openByAny(note: string, vkeys: readonly string[]): Promise<FreshCheckpoint> {
	let isSigned = false;
	let cause: unknown;
	for (const vkey of vkeys) {
		try {
			await verifyCheckpoint(note, vkey);
			isSigned = true;
			return await verifyFreshCheckpoint(note, vkey);
		} catch (error) {
			if (!(error instanceof AuditProofError)) throw error;
			cause = error;
		}
	}
	throw new FreshnessError(isSigned ? 'COSIGNATURE' : 'KEY', { cause });
}

const isSame = (one: Uint8Array, other: Uint8Array): boolean =>
	one.length === other.length && one.every((byte, at) => byte === other[at]);

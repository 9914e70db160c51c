import type { Clock } from '../../clock/index.ts';
import {
	type AuditStateRow,
	claimLogLeadership,
	type LeaderLock,
	LeaderLostError,
	type NewGap,
	nameInstallation,
	type Plane,
} from '../../database/index.ts';
import { SetupError } from '../../errors.ts';
import { createKeyLogSigner, type KeyLogSignerParts } from './key-log-signer.ts';
import { createPublisher, type PublishedRound } from './publisher.ts';
import { createSequencer } from './sequencer.ts';
import { createSigner, type SignedHeads, type SignerOptions } from './signer.ts';

export interface LogLeaderParts {
	/** Plane of the role firmseal_log. */
	readonly plane: Plane;
	/** Plane of the role firmseal_signer. */
	readonly signerPlane: Plane;
	readonly keys: SignerOptions['keys'];
	readonly heads: SignedHeads;
	/** Name of the installation in every checkpoint. It can't change after the first one. */
	readonly installation: string;
}

/** What the operator of the program is told. */
export interface LogLeaderEvents {
	readonly onLeading: () => void;
	/** A round or a connection failed. `isNews` is true if the error differs from the previous one. */
	readonly onFailure: (error: unknown, isNews: boolean) => void;
	readonly onRecovery: () => void;
	readonly onGaps: (gaps: readonly NewGap[]) => void;
	/** A firm's key log is refused, and was not before. Everything else is signed all the same. */
	readonly onRefusal: KeyLogSignerParts['onRefusal'];
	readonly onAcceptance: KeyLogSignerParts['onAcceptance'];
}

export interface AnchoringTask {
	/** The root tree has a new checkpoint. `leaseEnded`: the checkpoint covers the end of a lease. */
	onPublished(of: { readonly leaseEnded: boolean }): void;
	stop(): Promise<void>;
}

export interface LogLeaderOptions extends LogLeaderEvents {
	readonly clock: Clock;
	/** Opens the leader's own connection, which bypasses any pooler. */
	readonly openLeaderLock: () => Promise<LeaderLock>;
	/** Called once per term, before the first round. An error that it throws ends the term. */
	readonly startAnchoring?: (state: AuditStateRow) => Promise<AnchoringTask>;
	/** Milliseconds between two rounds; 100 by default. */
	readonly period?: number;
	/** For the times in cosignatures; the process's time by default. */
	readonly wallClock?: () => Date;
}

export interface LogLeader {
	/** Resolves after the current round. */
	stop(): Promise<void>;
}

/** Milliseconds between two rounds. */
const PERIOD = 100;
/**
 * Milliseconds between two rounds while operators wait, and for how long after the last of them. An entry that an operator waits for
 * becomes visible only after older transactions end, one after the other, and each may need another round.
 */
const EAGER_PERIOD = 20;
const EAGER_DURATION = 1_000;
/** Milliseconds between two checkpoints that no one waits for. Each checkpoint is a permanent leaf. */
const PUBLISH_PERIOD = 500;
/** Milliseconds between two tries for a lock that another process holds. */
const WAITING = 1_000;
/** Milliseconds after a failure: they double, up to the longest. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 5_000;
/** Milliseconds between two checks for a newer key and for the lock. */
const REFRESH = 5_000;

/**
 * Keeps the log: makes leaves of entries, publishes the trees, and signs firms' key logs. Only one process per database leads at a time. Writers never wait for the
 * leader. A failure is reported and retried; only stop() ends the leader.
 */
export function runLogLeader(parts: LogLeaderParts, options: LogLeaderOptions): LogLeader {
	const { clock, openLeaderLock, onFailure, onRecovery } = options;
	const stopping = new AbortController();
	const { signal } = stopping;
	let lock: LeaderLock | null = null;
	let term: LeaderTerm | null = null;
	let failures = 0;
	/** The last error of a series of failures, as text; null after a success. */
	let lastError: string | null = null;

	/** Runs a round if this process leads, else tries to get the lock. Returns the milliseconds until the next call. */
	async function go(): Promise<number> {
		try {
			lock ??= await openLeaderLock();
			if (!term && !(await lock.isHeld())) return WAITING;
			term ??= await beginLeaderTerm(parts, options, lock);
			const rest = await term.round();
			if (lastError !== null) onRecovery();
			failures = 0;
			lastError = null;
			if (rest !== null) return rest;
			await leave();
			return 0;
		} catch (error) {
			failures += 1;
			if (!(error instanceof LeaderLostError) && !signal.aborted) {
				onFailure(error, lastError !== String(error));
				lastError = String(error);
			}
			await endTerm();
			await clock.sleep(Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (failures - 1)), signal);
			await leave();
			return 0;
		}
	}

	async function endTerm(): Promise<void> {
		const ended = term;
		term = null;
		await ended?.end();
	}

	async function leave(): Promise<void> {
		await endTerm();
		const left = lock;
		lock = null;
		await left?.close();
	}

	const keeping = clock.every(go);
	return {
		async stop() {
			stopping.abort();
			await keeping.stop();
			await leave();
		},
	};
}

/** One process's time as the leader. */
interface LeaderTerm {
	/** Returns the milliseconds until the next round; null if the lock is lost. */
	round(): Promise<number | null>;
	end(): Promise<void>;
}

async function beginLeaderTerm(
	parts: LogLeaderParts,
	options: LogLeaderOptions,
	lock: LeaderLock,
): Promise<LeaderTerm> {
	const { clock, startAnchoring, period = PERIOD, onLeading, onGaps, onRefusal, onAcceptance } = options;
	const { wallClock = () => new Date() } = options;
	const { keys, heads, installation, plane, signerPlane } = parts;
	const state = await claimLeadership(parts);
	const leading = await startAnchoring?.(state);
	const end = async () => leading?.stop();
	const signer = await createSigner({ keys, heads, installation }).catch(async (error: unknown) => {
		await end();
		throw error;
	});
	const sequencer = createSequencer(plane, state);
	const { epoch } = state;
	const of = { clock, plane, signerPlane, signer, installation, epoch };
	const publisher = createPublisher({ ...of, sequencer });
	const keyLogs = createKeyLogSigner({ ...of, wallClock, onRefusal, onAcceptance });
	let looked = clock.now();
	let published = Number.NEGATIVE_INFINITY;
	let awaited = Number.NEGATIVE_INFINITY;
	/** True if a lease has ended since the last checkpoint. */
	let ended = false;

	async function publish(): Promise<void> {
		published = clock.now();
		let of: PublishedRound;
		do of = await publisher.publish();
		while (of.more);
		leading?.onPublished({ leaseEnded: ended });
		ended = false;
		await keyLogs.sign();
	}

	async function round(): Promise<number | null> {
		const { more, gaps, leaseEnded, isAwaited } = await sequencer.next();
		if (gaps.length > 0) onGaps(gaps);
		ended ||= leaseEnded;
		if (isAwaited) awaited = clock.now();
		if (isAwaited || clock.now() - published >= PUBLISH_PERIOD) await publish();
		if (clock.now() - looked > REFRESH) {
			looked = clock.now();
			if (!(await lock.isHeld())) return null;
			await signer.refresh();
		}
		if (more) return 0;
		return clock.now() - awaited < EAGER_DURATION ? Math.min(EAGER_PERIOD, period) : period;
	}

	onLeading();
	return { round, end };
}

async function claimLeadership({ plane, installation }: LogLeaderParts): Promise<AuditStateRow> {
	return plane.write(null, async (tx) => {
		const state = await claimLogLeadership(tx);
		if (state.installation === null) await nameInstallation(tx, installation);
		else if (state.installation !== installation)
			throw new SetupError(
				`The audit log belongs to the installation ${state.installation}: set FIRMSEAL_INSTALLATION to that name, which is in every checkpoint.`,
			);
		return state;
	});
}

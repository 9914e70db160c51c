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
import { createPublisher, type PublishedRound } from './publisher.ts';
import { createSequencer } from './sequencer.ts';
import { createSigner, type SignedHeads, type SignerOptions } from './signer.ts';

export interface LogLeaderParts {
	/** Of the role firmseal_log. */
	readonly plane: Plane;
	/** Of the role firmseal_signer. */
	readonly signerPlane: Plane;
	readonly keys: SignerOptions['keys'];
	readonly heads: SignedHeads;
	/** Name of the installation in every checkpoint; never another than at first. */
	readonly installation: string;
}

/** What whoever runs the program is told. */
export interface LogLeaderEvents {
	/** This process leads the log from now on. */
	readonly onLeading: () => void;
	/** A round or a connection that failed; `isNews`: in another way than the one before it. */
	readonly onFailure: (error: unknown, isNews: boolean) => void;
	readonly onRecovery: () => void;
	/** Entries are missing. */
	readonly onGaps: (gaps: readonly NewGap[]) => void;
}

/** What is done beside the rounds by whoever leads. */
export interface AnchoringTask {
	/** The root tree has a new checkpoint; `leaseEnded`: the end of a lease is in it. */
	onPublished(of: { readonly leaseEnded: boolean }): void;
	stop(): Promise<void>;
}

export interface LogLeaderOptions extends LogLeaderEvents {
	readonly clock: Clock;
	/** A connection of the leader's own, past any pooler. */
	readonly openLeaderLock: () => Promise<LeaderLock>;
	/** Called once for each term of office, before the first round; what it throws ends the term. */
	readonly startAnchoring?: (state: AuditStateRow) => Promise<AnchoringTask>;
	/** Milliseconds between two looks for new entries; 100 unless given. */
	readonly period?: number;
}

export interface LogLeader {
	/** Ends after the round that is under way. */
	stop(): Promise<void>;
}

/** Milliseconds: between two rounds, between two looks for a lock that is taken, and after a failure, at first and at most. */
const PERIOD = 100;
/**
 * Milliseconds between two rounds while operators wait, and for how long after the last of them. What waits is held back by whoever began
 * to read before and is still answered: one after the other, each by a round.
 */
const EAGER_PERIOD = 20;
const EAGER_DURATION = 1_000;
/** Between two checkpoints that nobody waits for: each is a leaf for ever. */
const PUBLISH_PERIOD = 500;
const WAITING = 1_000;
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 5_000;
/** Milliseconds between two looks for a newer key, and for the lock. */
const REFRESH = 5_000;

/**
 * Keeps the log: makes leaves of entries and publishes what the trees have become, for as long as it is let, one process at a time on a
 * database. Writers wait for none of it. Whatever fails is told and tried again; nothing ends it but stop().
 */
export function runLogLeader(parts: LogLeaderParts, options: LogLeaderOptions): LogLeader {
	const { clock, openLeaderLock, onFailure, onRecovery } = options;
	const stopping = new AbortController();
	const { signal } = stopping;
	let lock: LeaderLock | null = null;
	let term: LeaderTerm | null = null;
	let failures = 0;
	/** What the last failure of a row said. */
	let lastError: string | null = null;

	/** A round, if this process leads, or a look for the lock; answers the rest until the next. */
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

/** For as long as one process leads. */
interface LeaderTerm {
	/** Answers the rest until the next; null: the lock is lost. */
	round(): Promise<number | null>;
	end(): Promise<void>;
}

async function beginLeaderTerm(
	parts: LogLeaderParts,
	options: LogLeaderOptions,
	lock: LeaderLock,
): Promise<LeaderTerm> {
	const { clock, startAnchoring, period = PERIOD, onLeading, onGaps } = options;
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
	const publisher = createPublisher({ clock, plane, signerPlane, sequencer, signer, installation, epoch });
	let looked = clock.now();
	let published = Number.NEGATIVE_INFINITY;
	let awaited = Number.NEGATIVE_INFINITY;
	/** Whether a lease has ended since. */
	let ended = false;

	async function publish(): Promise<void> {
		published = clock.now();
		let of: PublishedRound;
		do of = await publisher.publish();
		while (of.more);
		leading?.onPublished({ leaseEnded: ended });
		ended = false;
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
				`The audit log is of the installation ${state.installation}: set FIRMSEAL_INSTALLATION to that name, which is in every checkpoint.`,
			);
		return state;
	});
}

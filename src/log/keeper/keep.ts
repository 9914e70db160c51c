import { setTimeout as delay } from 'node:timers/promises';
import {
	type AuditStateRow,
	LeaderLostError,
	leadAuditLog,
	type NewGap,
	nameInstallation,
	type PlaceSession,
	type Plane,
} from '../../database/index.ts';
import { SetupError } from '../../errors.ts';
import { createPublisher, type Published } from './publish.ts';
import { createSequencer } from './sequence.ts';
import { createSigner, type SignedHeads, type SignerOptions } from './signer.ts';

export interface KeeperParts {
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
export interface KeeperEvents {
	/** This process leads the log from now on. */
	readonly onLeading: () => void;
	/** A round or a connection that failed; `isNews`: in another way than the one before it. */
	readonly onFailure: (error: unknown, isNews: boolean) => void;
	readonly onRecovery: () => void;
	/** Entries are missing. */
	readonly onGaps: (gaps: readonly NewGap[]) => void;
}

/** What is done beside the rounds by whoever leads. */
export interface Leading {
	/** The root tree has a new checkpoint; `leaseEnded`: the end of a lease is in it. */
	published(of: { readonly leaseEnded: boolean }): void;
	stop(): Promise<void>;
}

export interface KeepOptions extends KeeperEvents {
	/** A connection of the keeper's own, past any pooler. */
	readonly openSession: (wake: () => void) => Promise<PlaceSession>;
	/** Called once for each term of office, before the first round; what it throws ends the term. */
	readonly lead?: (state: AuditStateRow) => Promise<Leading>;
	/** Milliseconds between two looks for new entries; 100 unless given. */
	readonly period?: number;
}

export interface Keeper {
	/** Ends after the round that is under way. */
	stop(): Promise<void>;
}

/** Milliseconds: between two rounds, between two looks for a place that is taken, and after a failure, at first and at most. */
const PERIOD = 100;
/**
 * Milliseconds between two rounds while operators wait, and for how long after the last of them. What waits is held back by whoever began
 * to read before and is still answered: one after the other, each by a round.
 */
const EAGER_PERIOD = 20;
const EAGER = 1_000;
/** Between two checkpoints that nobody waits for: each is a leaf for ever. */
const PUBLISHING = 500;
const WAITING = 1_000;
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 5_000;
/** Milliseconds between two looks for a newer key, and for the place. */
const REFRESH = 5_000;

/**
 * Keeps the log: makes leaves of entries and publishes what the trees have become, for as long as it is let, one process at a time on a
 * database. Writers wait for none of it. Whatever fails is told and tried again; nothing ends it but stop().
 */
export function keepLog(parts: KeeperParts, options: KeepOptions): Keeper {
	const { openSession, lead, period = PERIOD, onLeading, onFailure, onRecovery, onGaps } = options;
	const stopping = new AbortController();
	const { signal } = stopping;
	const rest = (milliseconds: number) => delay(milliseconds, undefined, { signal }).catch(() => {});
	let failures = 0;
	/** What the last failure of a row said. */
	let told: string | null = null;

	async function serve(session: PlaceSession): Promise<void> {
		const state = await takeOffice(parts);
		const { keys, heads, installation, plane, signerPlane } = parts;
		const { epoch } = state;
		const leading = await lead?.(state);
		try {
			const signer = await createSigner({ keys, heads, installation });
			const sequencer = createSequencer(plane, state);
			const publisher = createPublisher({ plane, signerPlane, sequencer, signer, installation, epoch });
			onLeading();
			let looked = performance.now();
			let published = Number.NEGATIVE_INFINITY;
			let awaited = Number.NEGATIVE_INFINITY;
			/** Whether a lease has ended since. */
			let ended = false;
			while (!signal.aborted) {
				const { more, gaps, leaseEnded, isAwaited } = await sequencer.next();
				if (gaps.length > 0) onGaps(gaps);
				ended ||= leaseEnded;
				if (isAwaited) awaited = performance.now();
				if (isAwaited || performance.now() - published >= PUBLISHING) {
					published = performance.now();
					let of: Published;
					do of = await publisher.publish();
					while (of.more);
					leading?.published({ leaseEnded: ended });
					ended = false;
				}
				if (told !== null) onRecovery();
				failures = 0;
				told = null;
				if (performance.now() - looked > REFRESH) {
					looked = performance.now();
					if (!(await session.holdsPlace())) return;
					await signer.refresh();
				}
				if (!more) await rest(performance.now() - awaited < EAGER ? Math.min(EAGER_PERIOD, period) : period);
			}
		} finally {
			await leading?.stop();
		}
	}

	async function run(): Promise<void> {
		while (!signal.aborted) {
			let session: PlaceSession | null = null;
			try {
				session = await openSession(() => {});
				while (!signal.aborted && !(await session.holdsPlace())) await rest(WAITING);
				if (!signal.aborted) await serve(session);
			} catch (error) {
				failures += 1;
				if (!(error instanceof LeaderLostError) && !signal.aborted) {
					onFailure(error, told !== String(error));
					told = String(error);
				}
				await rest(Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (failures - 1)));
			} finally {
				await session?.close();
			}
		}
	}

	const running = run();
	return {
		async stop() {
			stopping.abort();
			await running;
		},
	};
}

async function takeOffice({ plane, installation }: KeeperParts): Promise<AuditStateRow> {
	return plane.write(null, async (tx) => {
		const state = await leadAuditLog(tx);
		if (state.installation === null) await nameInstallation(tx, installation);
		else if (state.installation !== installation)
			throw new SetupError(
				`The audit log is of the installation ${state.installation}: set FIRMSEAL_INSTALLATION to that name, which is in every checkpoint.`,
			);
		return state;
	});
}

import type { Logger } from './api/index.ts';
import type { Clock, Repetition } from './clock.ts';
import { openAnchors } from './compose.ts';
import type { Config } from './config.ts';
import { areAnchorsLate, mayPass, type Plane } from './database/index.ts';
import { FirmsealError, SetupError } from './errors.ts';
import { watchTombstones } from './lifecycle/index.ts';
import { type AnchorComparison, compareWithAnchors } from './log/anchors/index.ts';
import { readVerifierKeys } from './log/proofs/index.ts';
import { repeat } from './repeat.ts';
import { openTombstones } from './tombstones.ts';

/** Whether content may be opened, as far as the log's anchors say. */
export interface AnchorStanding extends Repetition {
	/** null: it may. @throws nothing */
	refusalFor(kind: 'firm' | 'operator'): FirmsealError | null;
}

interface Parts {
	readonly config: Config;
	readonly clock: Clock;
	/** Of a plane that the process has, whose role reads what is published of the log. */
	readonly plane: Plane;
	/** Whether the database is held against tombstones too: not by whoever erases by them. */
	readonly withTombstones: boolean;
	readonly logger: Logger;
}

/** Milliseconds between two looks, and between two comparisons that find nothing. */
const PERIOD = 10_000;
const COMPARING = 60_000;
/** Milliseconds that a comparison may take. */
const PATIENCE = 30_000;

/**
 * Compares the log with what is anchored of it before anything is opened, and again and again: a database that disagrees with its anchors
 * closes content until it agrees, for as long as the process runs, and so does one that refuses to be compared; anchors that can't be
 * asked, or that nobody has written for five minutes, close it to operators alone.
 */
export async function watchAnchors(parts: Parts): Promise<AnchorStanding> {
	const { config, clock, plane, logger } = parts;
	let found: State = 'AWAY';
	let areLate = false;
	let told: string | null = null;
	let compared = Number.NEGATIVE_INFINITY;
	/** Looks in a row that failed though the database answered. */
	let refused = 0;
	const stopping = new AbortController();
	let behind: ReturnType<typeof watchTombstones> | undefined;
	/** Without a time limit: at the first look each tombstone is read. */
	async function isBehind(): Promise<boolean> {
		if (!parts.withTombstones) return false;
		behind ??= watchTombstones({ plane, tombstones: await openTombstones(config), signal: stopping.signal });
		return behind();
	}
	const isSettled = () => found === 'SOUND' || found === 'NONE';

	/** What closed content to everybody does so until database and anchors agree: what can't be asked says nothing against it. */
	function find(state: State): void {
		if (closes(found) === 'OPERATORS' || state === 'SOUND' || closes(state) === 'ALL') found = state;
	}

	/** A database that answers, and not this, is nearer to another log than to one that is away; busy it may be once. */
	function findBy(error: unknown): void {
		const isAway = error instanceof FirmsealError || error instanceof SetupError || stopping.signal.aborted;
		refused = isAway ? refused : refused + 1;
		find(!isAway && (refused > 1 || !mayPass(error)) ? 'UNREADABLE' : 'AWAY');
	}

	async function look(): Promise<void> {
		if (!isSettled() || clock.now() - compared >= COMPARING) {
			const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(PATIENCE)]);
			const { state } = await compareLog(config, plane, signal);
			const isOld = await isBehind();
			if (stopping.signal.aborted) return;
			find(isOld ? 'BEHIND' : state);
			compared = clock.now();
		}
		areLate = isSettled() && (await plane.read(null, areAnchorsLate));
		refused = 0;
	}

	/** null: content may be opened. */
	function stateNow(): State | null {
		if (!isSettled()) return found;
		return areLate ? 'LATE' : null;
	}

	function tell(): void {
		const state = stateNow();
		if (state === told) return;
		if (state === null) logger.info({}, 'the audit log agrees with its anchors again');
		else logger.error({ code: state }, CLOSED[closes(state)]);
		told = state;
	}

	async function lookAndTell(): Promise<boolean> {
		try {
			await look();
		} catch (error) {
			findBy(error);
			throw error;
		} finally {
			tell();
		}
		return false;
	}

	await lookAndTell().catch((error: unknown) => logger.error({ err: error }, 'the audit log could not be compared'));
	const looking = repeat(lookAndTell, {
		clock,
		period: PERIOD,
		onFailure: (error) => logger.error({ err: error }, 'the audit log could not be compared, and is looked at again'),
		onRecovery: () => logger.info({}, 'the audit log is compared again'),
	});
	return {
		refusalFor(kind) {
			const state = stateNow();
			if (state === null || (closes(state) === 'OPERATORS' && kind === 'firm')) return null;
			return new FirmsealError('AUDIT_UNAVAILABLE', REFUSED[closes(state)]);
		},
		async stop() {
			stopping.abort();
			await looking.stop();
		},
	};
}

type State = AnchorComparison['state'] | 'LATE' | 'UNREADABLE';

const closes = (state: State): 'ALL' | 'OPERATORS' =>
	state === 'DISAGREES' || state === 'BEHIND' || state === 'UNREADABLE' ? 'ALL' : 'OPERATORS';

const CLOSED = {
	ALL: 'content is closed: the audit log isn’t what is anchored of it; run firmseal audit verify, and after a restore firmseal audit rebuild',
	OPERATORS: 'content is closed to operators: the audit log can’t be anchored, or compared with its anchors',
} as const;

const REFUSED = {
	ALL: 'Content is closed: the audit log is not what was anchored of it. Whoever runs the platform must run `firmseal audit verify`, and after a restore `firmseal audit rebuild`.',
	OPERATORS:
		'Content is closed to operators while the audit log can’t be anchored: see that `firmseal worker` runs and that the anchors’ store can be reached.',
} as const;

/** Holds the log of a database against what is anchored of it, as the settings say. Throws what the plane throws. */
export async function compareLog(config: Config, plane: Plane, signal: AbortSignal): Promise<AnchorComparison> {
	const vkeys = (await plane.read(null, readVerifierKeys))(null);
	return compareWithAnchors({
		plane,
		store: await openAnchors(config, { make: false }),
		installation: config.installation,
		vkeys,
		signal,
	});
}

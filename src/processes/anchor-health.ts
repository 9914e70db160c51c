import type { Logger } from '../api/index.ts';
import { type AnchorComparison, compareWithAnchors } from '../audit-log/anchors/index.ts';
import { readVerifierKeys } from '../audit-log/proofs/index.ts';
import { type BackgroundTask, type Clock, type Loop, runLoops } from '../clock/index.ts';
import type { Config } from '../config/index.ts';
import { areAnchorsLate, isTransient, type Plane } from '../database/index.ts';
import { FirmsealError, SetupError } from '../errors.ts';
import { watchErasureRecords } from '../jobs/index.ts';
import { openAnchors, openErasureRecords } from '../wiring/index.ts';

/** Whether the log's anchors allow this process to open content. */
export interface AnchorHealth extends BackgroundTask {
	/** null if content may be opened. Never throws. */
	refusalFor(kind: 'firm' | 'operator'): FirmsealError | null;
}

interface Parts {
	readonly config: Config;
	readonly clock: Clock;
	/** A plane of this process whose role may read the published part of the log. */
	readonly plane: Plane;
	/** Whether the database is also compared with the erasure records. The process that erases by these records does not compare them. */
	readonly comparesErasureRecords: boolean;
	readonly logger: Logger;
}

/** Milliseconds between two steps, and from a comparison that found agreement to the next. */
const PERIOD = 10_000;
const COMPARISON_PERIOD = 60_000;
/** Milliseconds that a comparison may take. */
const COMPARISON_TIMEOUT = 30_000;

/** A comparison that is repeated, and its last result. */
interface RecurringComparison extends Required<Pick<Loop, 'name' | 'failure'>> {
	state(): AnchorHealthState;
	/** Compares if it is time to. Throws the reason why it could not compare, after that has changed the state. */
	step(): Promise<false>;
}

function createRecurringComparison(
	log: Pick<RecurringComparison, 'name' | 'failure'>,
	compare: () => Promise<AnchorHealthState>,
	{ clock, isStopped, more }: { readonly clock: Clock; isStopped(): boolean; readonly more?: () => Promise<void> },
): RecurringComparison {
	let found: AnchorHealthState = 'AWAY';
	let comparedAt = Number.NEGATIVE_INFINITY;
	/** Failures in a row although the database answered. */
	let refusals = 0;

	/** A state that closes content to everyone lasts until database and anchors agree: a store that can't be read does not refute it. */
	function change(state: AnchorHealthState): void {
		if (closedFor(found) === 'OPERATORS' || state === 'SOUND' || closedFor(state) === 'ALL') found = state;
	}

	/** A database that answers but refuses the comparison may hold another log, so it counts as worse than one that is away. One busy answer is forgiven. */
	function changeBy(error: unknown): void {
		const isAway = error instanceof FirmsealError || error instanceof SetupError || isStopped();
		refusals = isAway ? refusals : refusals + 1;
		change(!isAway && (refusals > 1 || !isTransient(error)) ? 'UNREADABLE' : 'AWAY');
	}

	return {
		...log,
		state: () => found,
		async step() {
			try {
				if (!isSettled(found) || clock.now() - comparedAt >= COMPARISON_PERIOD) {
					const state = await compare();
					if (isStopped()) return false;
					change(state);
					comparedAt = clock.now();
				}
				if (isSettled(found)) await more?.();
				refusals = 0;
				return false;
			} catch (error) {
				changeBy(error);
				throw error;
			}
		},
	};
}

/**
 * Compares the log with its anchors before any content is opened, and again for as long as the process runs. Content is closed to everyone,
 * until database and anchors agree, if they disagree or the database refuses the comparison. Content is closed to operators only if the
 * anchors can't be read, or no anchor was written for five minutes. Erasure records are compared in a loop of their own, so that the log
 * never waits for them.
 */
export async function watchAnchors(parts: Parts): Promise<AnchorHealth> {
	const { clock, logger } = parts;
	const stopping = new AbortController();
	const log = compareLogAgain(parts, stopping.signal);
	const comparisons = parts.comparesErasureRecords
		? [log.comparison, compareErasureRecordsAgain(parts, stopping.signal)]
		: [log.comparison];
	/** null if content may be opened. */
	const stateNow = (): AnchorHealthState | null => worstOf(comparisons) ?? (log.areAnchorsLate() ? 'LATE' : null);
	const logChange = createHealthLog(logger);
	const report = () => logChange(stateNow());
	await Promise.all(
		comparisons.map(({ step, failure }) => step().catch((error: unknown) => logger.error({ err: error }, failure))),
	);
	report();
	const loops = comparisons.map(
		({ name, failure, step }): Loop => ({
			name,
			failure,
			period: PERIOD,
			step: () => step().finally(report),
			cancel: () => stopping.abort(),
		}),
	);
	return {
		...runLoops(loops, { clock, logger }),
		refusalFor(kind) {
			const state = stateNow();
			if (state === null || (closedFor(state) === 'OPERATORS' && kind === 'firm')) return null;
			return new FirmsealError('AUDIT_UNAVAILABLE', healthSentencesOf(state).refused);
		},
	};
}

function compareLogAgain({ config, clock, plane }: Parts, stopping: AbortSignal) {
	let areLate = false;
	const compare = async () => {
		const signal = AbortSignal.any([stopping, AbortSignal.timeout(COMPARISON_TIMEOUT)]);
		return (await compareLogWithAnchors(config, plane, signal)).state;
	};
	const comparison = createRecurringComparison(
		{ name: 'comparing the audit log with its anchors', failure: 'the audit log could not be compared' },
		compare,
		{
			clock,
			isStopped: () => stopping.aborted,
			async more() {
				areLate = await plane.read(null, areAnchorsLate);
			},
		},
	);
	return { comparison, areAnchorsLate: () => areLate };
}

/** Without a time limit: the first comparison reads every erasure record. */
function compareErasureRecordsAgain({ config, clock, plane }: Parts, signal: AbortSignal): RecurringComparison {
	let isBehind: ReturnType<typeof watchErasureRecords> | undefined;
	return createRecurringComparison(
		{ name: 'comparing the erasure records', failure: 'the erasure records could not be compared' },
		async () => {
			isBehind ??= watchErasureRecords({ plane, erasureRecords: await openErasureRecords(config), signal });
			return (await isBehind()) ? 'BEHIND' : 'SOUND';
		},
		{ clock, isStopped: () => signal.aborted },
	);
}

/** A state that closes content to everyone comes before one that closes it to operators. null if content is open. */
function worstOf(comparisons: readonly RecurringComparison[]): AnchorHealthState | null {
	const states = comparisons.map((each) => each.state()).filter((state) => !isSettled(state));
	return states.find((state) => closedFor(state) === 'ALL') ?? states[0] ?? null;
}

/** Logs each change of the state once. */
function createHealthLog(logger: Logger): (state: AnchorHealthState | null) => void {
	let logged: AnchorHealthState | null = null;
	return (state) => {
		if (state === logged) return;
		if (state === null) logger.info({}, 'the audit log agrees with its anchors again');
		else logger.error({ code: state }, healthSentencesOf(state).closed);
		logged = state;
	};
}

type AnchorHealthState = AnchorComparison['state'] | 'LATE' | 'UNREADABLE';

const isSettled = (state: AnchorHealthState): boolean => state === 'SOUND' || state === 'NONE';

const closedFor = (state: AnchorHealthState): 'ALL' | 'OPERATORS' =>
	state === 'DISAGREES' || state === 'BEHIND' || state === 'UNREADABLE' ? 'ALL' : 'OPERATORS';

/** The line of the process's log, and the error of a request for content. */
const HEALTH_SENTENCES = {
	ALL: {
		closed:
			'content is closed: the audit log differs from its anchors; run firmseal audit verify, and after a restore firmseal audit rebuild',
		refused:
			'Content is closed: the audit log differs from its anchors. The platform’s administrator must run `firmseal audit verify`, and after a restore `firmseal audit rebuild`.',
	},
	UNREADABLE: {
		closed:
			'content is closed: the database answers but repeatedly refuses the comparison of the audit log with its anchors; the nearby line “could not be compared” says why',
		refused:
			'Content is closed: the database refuses to compare the audit log with its anchors. The log of the process says why.',
	},
	OPERATORS: {
		closed: 'content is closed for operators: the audit log can’t be anchored, or compared with its anchors',
		refused:
			'Content is closed to operators: the audit log can’t be anchored, or compared with its anchors. Check that `firmseal worker` runs and that the anchors’ store can be reached.',
	},
} as const;

const healthSentencesOf = (state: AnchorHealthState) =>
	HEALTH_SENTENCES[state === 'UNREADABLE' ? state : closedFor(state)];

/** Compares a database's log with the anchors that the settings name. Throws what the plane throws. */
export async function compareLogWithAnchors(
	config: Config,
	plane: Plane,
	signal: AbortSignal,
): Promise<AnchorComparison> {
	const vkeys = (await plane.read(null, readVerifierKeys))(null);
	return compareWithAnchors({
		plane,
		store: await openAnchors(config, { createDirectory: false }),
		installation: config.installation,
		vkeys,
		signal,
	});
}

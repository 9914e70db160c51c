import type { Logger } from '../api/index.ts';
import { type AnchorComparison, compareWithAnchors } from '../audit-log/anchors/index.ts';
import { readVerifierKeys } from '../audit-log/proofs/index.ts';
import type { BackgroundTask, Clock } from '../clock/index.ts';
import { repeat } from '../clock/index.ts';
import type { Config } from '../config/index.ts';
import { areAnchorsLate, isTransient, type Plane } from '../database/index.ts';
import { FirmsealError, SetupError } from '../errors.ts';
import { watchErasureRecords } from '../jobs/index.ts';
import { openAnchors, openErasureRecords } from '../wiring/index.ts';

/** Whether content may be opened, as far as the log's anchors say. */
export interface AnchorHealth extends BackgroundTask {
	/** null: it may. @throws nothing */
	refusalFor(kind: 'firm' | 'operator'): FirmsealError | null;
}

interface Parts {
	readonly config: Config;
	readonly clock: Clock;
	/** Of a plane that the process has, whose role reads what is published of the log. */
	readonly plane: Plane;
	/** Whether the database is compared with erasure records too: not by the process that erases by them. */
	readonly comparesErasureRecords: boolean;
	readonly logger: Logger;
}

/** Milliseconds between two looks, and between two comparisons that find nothing. */
const PERIOD = 10_000;
const COMPARISON_PERIOD = 60_000;
/** Milliseconds that a comparison may take. */
const COMPARISON_TIMEOUT = 30_000;

/** What is compared again and again, and what was found by it. */
interface RecurringComparison {
	/** As the process's own log calls it. */
	readonly name: string;
	state(): AnchorHealthState;
	/** Compares when it is time to. Throws what kept it from being compared, after it has drawn its conclusion. */
	look(): Promise<void>;
}

function createRecurringComparison(
	name: string,
	compare: () => Promise<AnchorHealthState>,
	{ clock, isStopped, more }: { readonly clock: Clock; isStopped(): boolean; readonly more?: () => Promise<void> },
): RecurringComparison {
	let found: AnchorHealthState = 'AWAY';
	let compared = Number.NEGATIVE_INFINITY;
	/** Looks in a row that failed though the database answered. */
	let refused = 0;

	/** What closed content to everyone does so until database and anchors agree: what can't be asked says nothing against it. */
	function find(state: AnchorHealthState): void {
		if (closedFor(found) === 'OPERATORS' || state === 'SOUND' || closedFor(state) === 'ALL') found = state;
	}

	/** A database that answers, and not this, is nearer to another log than to one that is away; busy it may be once. */
	function findBy(error: unknown): void {
		const isAway = error instanceof FirmsealError || error instanceof SetupError || isStopped();
		refused = isAway ? refused : refused + 1;
		find(!isAway && (refused > 1 || !isTransient(error)) ? 'UNREADABLE' : 'AWAY');
	}

	return {
		name,
		state: () => found,
		async look() {
			try {
				if (!isSettled(found) || clock.now() - compared >= COMPARISON_PERIOD) {
					const state = await compare();
					if (isStopped()) return;
					find(state);
					compared = clock.now();
				}
				if (isSettled(found)) await more?.();
				refused = 0;
			} catch (error) {
				findBy(error);
				throw error;
			}
		},
	};
}

/**
 * Compares the log with what is anchored of it before anything is opened, and again and again: a database that disagrees with its anchors
 * closes content until it agrees, for as long as the process runs, and so does one that refuses to be compared; anchors that can't be
 * asked, or that no one has written for five minutes, close it to operators alone. Erasure records are compared beside it, so that the log
 * waits for none of them.
 */
export async function watchAnchors(parts: Parts): Promise<AnchorHealth> {
	const { clock, logger } = parts;
	const stopping = new AbortController();
	const log = compareLogAgain(parts, stopping.signal);
	const compared = parts.comparesErasureRecords
		? [log.comparison, compareErasureRecordsAgain(parts, stopping.signal)]
		: [log.comparison];
	/** null: content may be opened. */
	const stateNow = (): AnchorHealthState | null => worstOf(compared) ?? (log.areAnchorsLate() ? 'LATE' : null);
	const logChange = createHealthLog(logger);
	const report = () => logChange(stateNow());
	const failed = (name: string) => (error: unknown) => logger.error({ err: error }, `${name} could not be compared`);
	await Promise.all(compared.map(({ name, look }) => look().catch(failed(name))));
	report();
	const looking = compared.map(({ name, look }) =>
		repeat(
			() =>
				look()
					.then(() => false)
					.finally(report),
			{
				clock,
				period: PERIOD,
				onFailure: failed(name),
				onRecovery: () => logger.info({}, `${name} can be compared again`),
			},
		),
	);
	return {
		refusalFor(kind) {
			const state = stateNow();
			if (state === null || (closedFor(state) === 'OPERATORS' && kind === 'firm')) return null;
			return new FirmsealError('AUDIT_UNAVAILABLE', healthSentencesOf(state).refused);
		},
		async stop() {
			stopping.abort();
			await Promise.all(looking.map((each) => each.stop()));
		},
	};
}

function compareLogAgain({ config, clock, plane }: Parts, stopping: AbortSignal) {
	let areLate = false;
	const compare = async () => {
		const signal = AbortSignal.any([stopping, AbortSignal.timeout(COMPARISON_TIMEOUT)]);
		return (await compareLogWithAnchors(config, plane, signal)).state;
	};
	const comparison = createRecurringComparison('the audit log', compare, {
		clock,
		isStopped: () => stopping.aborted,
		async more() {
			areLate = await plane.read(null, areAnchorsLate);
		},
	});
	return { comparison, areAnchorsLate: () => areLate };
}

/** Without a time limit: at the first look each erasure record is read. */
function compareErasureRecordsAgain({ config, clock, plane }: Parts, signal: AbortSignal): RecurringComparison {
	let isBehind: ReturnType<typeof watchErasureRecords> | undefined;
	return createRecurringComparison(
		'the erasure records',
		async () => {
			isBehind ??= watchErasureRecords({ plane, erasureRecords: await openErasureRecords(config), signal });
			return (await isBehind()) ? 'BEHIND' : 'SOUND';
		},
		{ clock, isStopped: () => signal.aborted },
	);
}

/** What closes content to everyone comes before what closes it to operators; null: nothing does. */
function worstOf(compared: readonly RecurringComparison[]): AnchorHealthState | null {
	const states = compared.map((each) => each.state()).filter((state) => !isSettled(state));
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

/** What the process's log says, and what a request for content is answered. */
const HEALTH_SENTENCES = {
	ALL: {
		closed:
			'content is closed: the audit log differs from its anchors; run firmseal audit verify, and after a restore firmseal audit rebuild',
		refused:
			'Content is closed: the audit log is not what was anchored of it. The platform’s administrator must run `firmseal audit verify`, and after a restore `firmseal audit rebuild`.',
	},
	UNREADABLE: {
		closed:
			'content is closed: the database answers but repeatedly refuses the comparison of the audit log with its anchors; the nearby line “could not be compared” says why',
		refused:
			'Content is closed: the database refuses to have the audit log compared with its anchors. The log of the process says why.',
	},
	OPERATORS: {
		closed: 'content is closed for operators: the audit log can’t be anchored, or compared with its anchors',
		refused:
			'Content is closed to operators while the audit log can’t be anchored: see that `firmseal worker` runs and that the anchors’ store can be reached.',
	},
} as const;

const healthSentencesOf = (state: AnchorHealthState) =>
	HEALTH_SENTENCES[state === 'UNREADABLE' ? state : closedFor(state)];

/** Compares the log of a database with what is anchored of it, as the settings say. Throws what the plane throws. */
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

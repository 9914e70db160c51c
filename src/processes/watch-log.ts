import { type Occurrence, openAlerts } from '../alerts/index.ts';
import type { Logger } from '../api/index.ts';
import type { AuditLog } from '../audit/index.ts';
import { nodeSha256 } from '../audit-log/keeper/index.ts';
import { type LogFinding, type LogFindingKind, verifyDatabase, verifyNewest } from '../audit-log/verify/index.ts';
import type { BackgroundTask, Clock } from '../clock/index.ts';
import { repeat } from '../clock/index.ts';
import {
	deleteReportedState,
	type LeaderLock,
	LOG_WATCH_LEADER_LOCK,
	openLeaderLock,
	type Plane,
	processRunName,
	saveReportedStates,
	selectGappedRuns,
	selectReportedStates,
} from '../database/index.ts';
import { type DatabaseAccess, openPlaneOf } from '../wiring/index.ts';

export interface LogWatchParts {
	readonly clock: Clock;
	readonly database: DatabaseAccess;
	readonly audit: AuditLog;
	readonly logger: Logger;
}

/** Milliseconds between two looks at what is new. */
const PERIOD = 5_000;
/** Milliseconds from the end of one verification of the whole log to the next. */
const REST = 60_000;
/** The same where another process watches: what it can't tell, or is kept from telling, is a line of this one's log. */
const REST_OF_STANDBY = 600_000;
/** Times as long as was worked it rests, so that a large log takes a tenth of a processor. */
const REST_FACTOR = 9;
/** Milliseconds for which what was seen in a look at what is new counts as seen. */
const FRESH = 120_000;
const MOST_GAPS = 100;

/** By what what was told is kept, whatever rule it was told by. */
const REPORTED_RULE = 'LOG_FORK';
/** LOG_LATE tells of these, once the log has had time to come back. */
const REPORTED_AS_LOG_LATE: readonly LogFindingKind[] = ['LOG_UNSIGNED', 'LOG_FROZEN'];

/**
 * Verifies the log again and again, all of it slowly and what is new at once. Each finding is a line of this process's log, whatever the
 * database does, and one alert, which stays told for as long as it is found. Of several processes one watches and tells; the others verify
 * all of it now and then.
 */
export function watchLog({ clock, database, audit, logger }: LogWatchParts): BackgroundTask {
	const plane = openPlaneOf(database, 'firmseal_log', 2);
	const stopping = new AbortController();
	const { signal } = stopping;
	let session: LeaderLock | null = null;
	let round: BackgroundTask | null = null;
	let rested = Number.NEGATIVE_INFINITY;
	let isFailing = false;
	/** Whether the last verification broke off. */
	let isBroken = false;
	/** Whether this process is the one that tells. */
	let isWatching = false;
	let telling: Promise<unknown> = Promise.resolve();
	/** Subjects that this process has logged: whatever the database says was told, it says each once itself. */
	let logged = new Set<string>();
	/** Subjects that a look at what is new has shown, and when. */
	const shown = new Map<string, number>();

	async function holdsPlace(): Promise<boolean> {
		try {
			session ??= await openLeaderLock(database.direct ?? database.worker, LOG_WATCH_LEADER_LOCK);
			return await session.isHeld();
		} catch (error) {
			await session?.close();
			session = null;
			throw error;
		}
	}

	async function verifyAll(): Promise<void> {
		let since = clock.now();
		async function pace(): Promise<void> {
			await clock.sleep(REST_FACTOR * (clock.now() - since), signal);
			signal.throwIfAborted();
			since = clock.now();
		}
		const options = { plane, sha256: nodeSha256, rootVkey: null, signal, pace, isRetry: isBroken };
		const { findings, cut, abortedBy } = await verifyDatabase(options);
		isBroken = abortedBy !== null;
		const isWhole = !isBroken && !findings.some(({ kind }) => kind === 'LOG_UNVERIFIED');
		await tell(findings, (kind) => isWhole && !cut.has(kind));
		if (abortedBy !== null) throw abortedBy.error;
		if (isFailing) logger.info({}, 'verifying the audit log works again');
		isFailing = false;
	}

	async function verifyOnce(): Promise<null> {
		try {
			await verifyAll();
		} catch (error) {
			if (!signal.aborted && !isFailing) logger.error({ err: error }, 'could not verify the audit log: retrying');
			isFailing = true;
		}
		rested = clock.now();
		round = null;
		return null;
	}

	async function look(): Promise<boolean> {
		try {
			isWatching = await holdsPlace();
		} finally {
			// Who can't ask for the place verifies all the same.
			if (clock.now() - rested >= (isWatching ? REST : REST_OF_STANDBY)) round ??= clock.every(verifyOnce);
		}
		if (!isWatching) return false;
		const found = await verifyNewest({ plane, sha256: nodeSha256 });
		for (const finding of found) shown.set(subjectOf(finding), clock.now());
		if (found.length > 0) await tell(found, () => false);
		return false;
	}

	/** One after the other, so that nothing is told twice. */
	function tell(findings: readonly LogFinding[], isAll: IsAll): Promise<unknown> {
		telling = telling.catch(() => {}).then(() => tellNow(findings, isAll));
		return telling;
	}

	async function tellNow(findings: readonly LogFinding[], isAll: IsAll): Promise<void> {
		/** What was found before, and is no more. */
		const isOver = (subject: string) => isAll(kindOf(subject)) && !isFresh(subject);
		logNew(findings, isOver);
		if (!isWatching) return;
		const untold = await withoutKnownGaps(plane, findings);
		await plane.write(null, async (tx) => {
			const told = new Set((await selectReportedStates(tx, [REPORTED_RULE])).map(({ subject }) => subject));
			const now = new Set(untold.map(subjectOf));
			for (const subject of told)
				if (!now.has(subject) && isOver(subject)) await deleteReportedState(tx, { rule: REPORTED_RULE, subject });
			const news = untold.filter((finding) => !told.has(subjectOf(finding)));
			if (news.length === 0) return;
			await saveReportedStates(
				tx,
				[...new Set(news.map(subjectOf))].map((subject) => ({ rule: REPORTED_RULE, subject, mark: '' })),
			);
			await openAlerts(tx, audit, news.map(occurrenceOf));
		});
	}

	/** Whether a look at what is new has shown it a moment ago. */
	const isFresh = (subject: string) => clock.now() - (shown.get(subject) ?? Number.NEGATIVE_INFINITY) <= FRESH;

	function logNew(findings: readonly LogFinding[], isOver: (subject: string) => boolean): void {
		const found = findings.filter(({ kind }) => !REPORTED_AS_LOG_LATE.includes(kind));
		const fresh = found.filter((finding) => !logged.has(subjectOf(finding)));
		const now = found.map(subjectOf);
		// What is no more is news when it comes back.
		logged = new Set([...[...logged].filter((subject) => !isOver(subject)), ...now]);
		if (fresh.length === 0) return;
		const counts = Map.groupBy(fresh, ({ kind }) => kind);
		const check = Array.from(counts, ([kind, { length }]) => `${kind} ${length}`).join(', ');
		const isUnread = fresh.every(({ kind }) => kind === 'LOG_UNVERIFIED');
		const told = isUnread
			? 'the audit log could not be verified completely'
			: 'the audit log differs from what was signed';
		logger.error({ count: fresh.length, check }, `${told}: run firmseal audit verify`);
	}

	const watching = repeat(look, {
		clock,
		period: PERIOD,
		onFailure: (error) => logger.error({ err: error }, 'could not check the newest audit entries: retrying'),
		onRecovery: () => logger.info({}, 'checking the newest audit entries works again'),
	});
	return {
		async stop() {
			stopping.abort();
			await watching.stop();
			await round?.stop();
			await session?.close();
			await plane.close();
		},
	};
}

/** What the keeper has seen itself is told of each run, with how many are missing: src/alerts/state-rules.ts. */
async function withoutKnownGaps(plane: Plane, findings: readonly LogFinding[]): Promise<LogFinding[]> {
	// Of what can't be asked all is told: twice is better than not at all.
	const runs = await plane.read(null, (tx) => selectGappedRuns(tx, MOST_GAPS)).catch(() => []);
	const gaps = new Set(runs.map(processRunName));
	return findings.filter(({ kind, run }) => !(REPORTED_AS_LOG_LATE.includes(kind) || (run !== null && gaps.has(run))));
}

/** Whether all findings of a kind are those that are told now. */
type IsAll = (kind: LogFindingKind) => boolean;

const kindOf = (subject: string) => subject.split(':')[0] as LogFindingKind;

/** Ids and words of ours, the kind first. */
const subjectOf = ({ kind, tree, index, entry, run }: LogFinding): string =>
	[kind, ...[tree, index, tree === null ? entry : null, run].filter((part) => part !== null)].join(':');

const occurrenceOf = (finding: LogFinding): Occurrence => ({
	rule: finding.kind === 'NUMBERS_MISSING' ? 'LOG_GAP' : 'LOG_FORK',
	subject: subjectOf(finding),
	firm: null,
	actor: null,
	lease: null,
	count: 1,
	more: 0,
	at: null,
});

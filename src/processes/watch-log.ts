import { type Occurrence, openAlerts } from '../alerts/index.ts';
import type { Logger } from '../api/index.ts';
import type { AuditLog } from '../audit/index.ts';
import { nodeSha256 } from '../audit-log/leader/index.ts';
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
/** The same where another process watches: what that one can't report is a line of this one's log. */
const REST_OF_STANDBY = 600_000;
/** Times as long as was worked it rests, so that a large log takes a tenth of a processor. */
const REST_FACTOR = 9;
/** Milliseconds for which what was seen in a look at what is new counts as seen. */
const FRESH = 120_000;
const MAX_GAPS = 100;

/** The rule under which reported findings are kept, whatever rule their alert is of. */
const REPORTED_RULE = 'LOG_FORK';
/** LOG_LATE reports these, once the log has had time to come back. */
const REPORTED_AS_LOG_LATE: readonly LogFindingKind[] = ['LOG_UNSIGNED', 'LOG_FROZEN'];

/**
 * Verifies the log again and again, all of it slowly and what is new at once. Each finding is a line of this process's log, whatever the
 * database does, and one alert, which stays reported for as long as it is found. Of several processes one watches and reports; the others
 * verify all of it now and then.
 */
export function watchLog(parts: LogWatchParts): BackgroundTask {
	const { clock, logger } = parts;
	const watch = new LogWatch(parts);
	const watching = repeat(() => watch.look(), {
		clock,
		period: PERIOD,
		onFailure: (error) => logger.error({ err: error }, 'could not check the newest audit entries: retrying'),
		onRecovery: () => logger.info({}, 'checking the newest audit entries works again'),
	});
	return {
		async stop() {
			watch.abort();
			await watching.stop();
			await watch.close();
		},
	};
}

class LogWatch {
	readonly #clock: Clock;
	readonly #database: DatabaseAccess;
	readonly #logger: Logger;
	readonly #plane: Plane;
	readonly #reports: FindingReports;
	readonly #stopping = new AbortController();
	#leaderLock: LeaderLock | null = null;
	/** A verification of the whole log that is under way. */
	#round: BackgroundTask | null = null;
	#roundEndedAt = Number.NEGATIVE_INFINITY;
	#isFailing = false;
	/** Whether the last verification broke off. */
	#isBroken = false;
	/** Whether this process is the one that reports. */
	#isWatching = false;

	constructor({ clock, database, audit, logger }: LogWatchParts) {
		this.#clock = clock;
		this.#database = database;
		this.#logger = logger;
		this.#plane = openPlaneOf(database, 'firmseal_log', 2);
		this.#reports = new FindingReports({
			clock,
			plane: this.#plane,
			audit,
			logger,
			isWatching: () => this.#isWatching,
		});
	}

	abort(): void {
		this.#stopping.abort();
	}

	async close(): Promise<void> {
		await this.#round?.stop();
		await this.#leaderLock?.close();
		await this.#plane.close();
	}

	async look(): Promise<boolean> {
		try {
			this.#isWatching = await this.#isLeader();
		} finally {
			// A process that can't ask for the lock verifies all the same.
			const rest = this.#isWatching ? REST : REST_OF_STANDBY;
			if (this.#clock.now() - this.#roundEndedAt >= rest) this.#round ??= this.#clock.every(() => this.#verifyOnce());
		}
		if (!this.#isWatching) return false;
		const found = await verifyNewest({ plane: this.#plane, sha256: nodeSha256 });
		await this.#reports.addNewest(found);
		return false;
	}

	async #isLeader(): Promise<boolean> {
		try {
			this.#leaderLock ??= await openLeaderLock(this.#database.direct ?? this.#database.worker, LOG_WATCH_LEADER_LOCK);
			return await this.#leaderLock.isHeld();
		} catch (error) {
			await this.#leaderLock?.close();
			this.#leaderLock = null;
			throw error;
		}
	}

	async #verifyOnce(): Promise<null> {
		try {
			await this.#verifyAll();
		} catch (error) {
			if (!this.#stopping.signal.aborted && !this.#isFailing)
				this.#logger.error({ err: error }, 'could not verify the audit log: retrying');
			this.#isFailing = true;
		}
		this.#roundEndedAt = this.#clock.now();
		this.#round = null;
		return null;
	}

	async #verifyAll(): Promise<void> {
		const clock = this.#clock;
		const { signal } = this.#stopping;
		let since = clock.now();
		async function pace(): Promise<void> {
			await clock.sleep(REST_FACTOR * (clock.now() - since), signal);
			signal.throwIfAborted();
			since = clock.now();
		}
		const options = { plane: this.#plane, sha256: nodeSha256, rootVkey: null, signal, pace, isRetry: this.#isBroken };
		const { findings, cut, abortedBy } = await verifyDatabase(options);
		this.#isBroken = abortedBy !== null;
		const isWhole = !this.#isBroken && !findings.some(({ kind }) => kind === 'LOG_UNVERIFIED');
		await this.#reports.add(findings, (kind) => isWhole && !cut.has(kind));
		if (abortedBy !== null) throw abortedBy.error;
		if (this.#isFailing) this.#logger.info({}, 'verifying the audit log works again');
		this.#isFailing = false;
	}
}

interface FindingReportsParts extends Pick<LogWatchParts, 'clock' | 'audit' | 'logger'> {
	readonly plane: Plane;
	/** Whether this process opens alerts; its own log has each finding anyway. */
	readonly isWatching: () => boolean;
}

/** What this process has logged of findings, and what the database has of them as alerts. */
class FindingReports {
	readonly #parts: FindingReportsParts;
	#reporting: Promise<unknown> = Promise.resolve();
	/** Subjects that this process has logged: whatever the database says was reported, each process logs each once itself. */
	#logged = new Set<string>();
	/** Subjects that a look at what is new has shown, and when. */
	readonly #shown = new Map<string, number>();

	constructor(parts: FindingReportsParts) {
		this.#parts = parts;
	}

	/** Of a look at what is new, which says nothing of what it does not find. */
	async addNewest(found: readonly LogFinding[]): Promise<void> {
		for (const finding of found) this.#shown.set(subjectOf(finding), this.#parts.clock.now());
		if (found.length > 0) await this.add(found, () => false);
	}

	/** One after the other, so that nothing is reported twice. */
	add(findings: readonly LogFinding[], isAll: IsAll): Promise<unknown> {
		this.#reporting = this.#reporting.catch(() => {}).then(() => this.#report(findings, isAll));
		return this.#reporting;
	}

	async #report(findings: readonly LogFinding[], isAll: IsAll): Promise<void> {
		const { plane, audit, isWatching } = this.#parts;
		/** What was found before, and is no more. */
		const isOver = (subject: string) => isAll(kindOf(subject)) && !this.#isFresh(subject);
		this.#logNew(findings, isOver);
		if (!isWatching()) return;
		const unknown = await withoutKnownGaps(plane, findings);
		await plane.write(null, async (tx) => {
			const reported = new Set((await selectReportedStates(tx, [REPORTED_RULE])).map(({ subject }) => subject));
			const now = new Set(unknown.map(subjectOf));
			for (const subject of reported)
				if (!now.has(subject) && isOver(subject)) await deleteReportedState(tx, { rule: REPORTED_RULE, subject });
			const news = unknown.filter((finding) => !reported.has(subjectOf(finding)));
			if (news.length === 0) return;
			await saveReportedStates(
				tx,
				[...new Set(news.map(subjectOf))].map((subject) => ({ rule: REPORTED_RULE, subject, mark: '' })),
			);
			await openAlerts(tx, audit, news.map(occurrenceOf));
		});
	}

	/** Whether a look at what is new has shown it a moment ago. */
	#isFresh(subject: string): boolean {
		return this.#parts.clock.now() - (this.#shown.get(subject) ?? Number.NEGATIVE_INFINITY) <= FRESH;
	}

	#logNew(findings: readonly LogFinding[], isOver: (subject: string) => boolean): void {
		const found = findings.filter(({ kind }) => !REPORTED_AS_LOG_LATE.includes(kind));
		const fresh = found.filter((finding) => !this.#logged.has(subjectOf(finding)));
		const now = found.map(subjectOf);
		// What is no more is news when it comes back.
		this.#logged = new Set([...[...this.#logged].filter((subject) => !isOver(subject)), ...now]);
		if (fresh.length === 0) return;
		const counts = Map.groupBy(fresh, ({ kind }) => kind);
		const check = Array.from(counts, ([kind, { length }]) => `${kind} ${length}`).join(', ');
		const isUnread = fresh.every(({ kind }) => kind === 'LOG_UNVERIFIED');
		const summary = isUnread
			? 'the audit log could not be verified completely'
			: 'the audit log differs from what was signed';
		this.#parts.logger.error({ count: fresh.length, check }, `${summary}: run firmseal audit verify`);
	}
}

/** Gaps that the log's leader has seen itself are reported of each run, with how many entries are missing: src/alerts/state-rules.ts. */
async function withoutKnownGaps(plane: Plane, findings: readonly LogFinding[]): Promise<LogFinding[]> {
	// If that can't be read, all is reported: twice is better than not at all.
	const runs = await plane.read(null, (tx) => selectGappedRuns(tx, MAX_GAPS)).catch(() => []);
	const gaps = new Set(runs.map(processRunName));
	return findings.filter(({ kind, run }) => !(REPORTED_AS_LOG_LATE.includes(kind) || (run !== null && gaps.has(run))));
}

/** Whether all findings of a kind are among those that are reported now. */
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

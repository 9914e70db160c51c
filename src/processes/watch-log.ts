import { type Occurrence, openAlerts } from '../alerts/index.ts';
import { nodeSha256 } from '../audit-log/leader/index.ts';
import { type LogFinding, type LogFindingKind, verifyDatabase, verifyNewest } from '../audit-log/verify/index.ts';
import type { Clock } from '../clock/index.ts';
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
import type { ProcessParts } from './process-parts.ts';

/** Milliseconds from the end of one verification of the whole log to the start of the next. */
const PAUSE = 60_000;
/** The same for a process that does not hold the lock: its log has the findings that the other process can't report. */
const STANDBY_PAUSE = 600_000;
/** The verification pauses for this many times as long as it works, so that a large log takes a tenth of a processor. */
const PAUSE_FACTOR = 9;
/** Milliseconds for which a finding in new entries counts as still there. */
const FRESH = 120_000;
const MAX_GAPS = 100;

/** Reported findings are stored under this rule, whichever rule their alert has. */
const REPORTED_RULE = 'LOG_FORK';
/** The alert LOG_LATE reports these, after the log has had time to catch up. The signer itself reports a key log that it refuses. */
const REPORTED_AS_LOG_LATE: readonly LogFindingKind[] = ['LOG_UNSIGNED', 'LOG_FROZEN', 'KEY_LOG_UNSIGNED'];

/**
 * Verifies the log: all of it slowly, and new entries at once. Each finding is a line of this process's log, whatever the database does, and
 * one alert, which counts as reported for as long as the finding is there. One process holds a lock and reports; the others only verify the
 * whole log now and then.
 */
export class LogWatch {
	readonly #clock: Clock;
	readonly #database: DatabaseAccess;
	readonly #plane: Plane;
	readonly #reports: FindingReports;
	readonly #stopping = new AbortController();
	/** Resolves when this process has tried to get the lock once. */
	readonly #hasAskedForLock = Promise.withResolvers<void>();
	#leaderLock: LeaderLock | null = null;
	/** Whether this process holds the lock, and so reports. */
	#isLeader = false;
	#verifiedAt = Number.NEGATIVE_INFINITY;
	/** Whether the last verification broke off. */
	#isBroken = false;

	constructor({ clock, database, audit, logger }: ProcessParts) {
		this.#clock = clock;
		this.#database = database;
		this.#plane = openPlaneOf(database, 'firmseal_log', 2);
		this.#reports = new FindingReports({ clock, plane: this.#plane, audit, logger, isLeader: () => this.#isLeader });
	}

	/** Breaks off a verification. */
	abort(): void {
		this.#stopping.abort();
	}

	async close(): Promise<void> {
		await this.#leaderLock?.close();
		await this.#plane.close();
	}

	/** Verifies new entries, if this process holds the lock. */
	async verifyNewest(): Promise<false> {
		try {
			this.#isLeader = await this.#askForLock();
		} finally {
			this.#hasAskedForLock.resolve();
		}
		if (this.#isLeader) await this.#reports.addNewest(await verifyNewest({ plane: this.#plane, sha256: nodeSha256 }));
		return false;
	}

	/** Verifies the whole log, even if this process can't ask for the lock. null if it is too early. */
	async verifyAllIfDue(): Promise<false | null> {
		await this.#hasAskedForLock.promise;
		if (this.#clock.now() - this.#verifiedAt < (this.#isLeader ? PAUSE : STANDBY_PAUSE)) return null;
		try {
			await this.#verifyAll();
			return false;
		} finally {
			this.#verifiedAt = this.#clock.now();
		}
	}

	async #askForLock(): Promise<boolean> {
		try {
			this.#leaderLock ??= await openLeaderLock(this.#database.direct ?? this.#database.worker, LOG_WATCH_LEADER_LOCK);
			return await this.#leaderLock.isHeld();
		} catch (error) {
			await this.#leaderLock?.close();
			this.#leaderLock = null;
			throw error;
		}
	}

	async #verifyAll(): Promise<void> {
		const clock = this.#clock;
		const { signal } = this.#stopping;
		let since = clock.now();
		async function pace(): Promise<void> {
			await clock.sleep(PAUSE_FACTOR * (clock.now() - since), signal);
			signal.throwIfAborted();
			since = clock.now();
		}
		const options = { plane: this.#plane, sha256: nodeSha256, rootVkey: null, signal, pace, isRetry: this.#isBroken };
		const { findings, cut, abortedBy } = await verifyDatabase(options);
		this.#isBroken = abortedBy !== null;
		const isComplete = !this.#isBroken && !findings.some(({ kind }) => kind === 'LOG_UNVERIFIED');
		await this.#reports.add(findings, (kind) => isComplete && !cut.has(kind));
		if (abortedBy !== null) throw abortedBy.error;
	}
}

interface FindingReportsParts extends Pick<ProcessParts, 'clock' | 'audit' | 'logger'> {
	readonly plane: Plane;
	/** Whether this process opens alerts. It logs each finding in either case. */
	readonly isLeader: () => boolean;
}

/** The findings that this process has logged, and that the database has as alerts. */
class FindingReports {
	readonly #parts: FindingReportsParts;
	#reporting: Promise<unknown> = Promise.resolve();
	/** Subjects that this process has logged. Each process logs each subject once, whatever the database says was reported. */
	#logged = new Set<string>();
	/** When a check of new entries last found each subject. */
	readonly #shown = new Map<string, number>();

	constructor(parts: FindingReportsParts) {
		this.#parts = parts;
	}

	/** Adds findings in new entries. A subject that is missing here may still exist. */
	async addNewest(found: readonly LogFinding[]): Promise<void> {
		for (const finding of found) this.#shown.set(subjectOf(finding), this.#parts.clock.now());
		if (found.length > 0) await this.add(found, () => false);
	}

	/** Reports run one after the other, so that nothing is reported twice. */
	add(findings: readonly LogFinding[], isAll: IsAll): Promise<unknown> {
		this.#reporting = this.#reporting.catch(() => {}).then(() => this.#report(findings, isAll));
		return this.#reporting;
	}

	async #report(findings: readonly LogFinding[], isAll: IsAll): Promise<void> {
		const { plane, audit, isLeader } = this.#parts;
		/** Whether a subject that was found before is gone. */
		const isOver = (subject: string) => isAll(kindOf(subject)) && !this.#isFresh(subject);
		this.#logNew(findings, isOver);
		if (!isLeader()) return;
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

	/** Whether a check of new entries found the subject a moment ago. */
	#isFresh(subject: string): boolean {
		return this.#parts.clock.now() - (this.#shown.get(subject) ?? Number.NEGATIVE_INFINITY) <= FRESH;
	}

	#logNew(findings: readonly LogFinding[], isOver: (subject: string) => boolean): void {
		const found = findings.filter(({ kind }) => !REPORTED_AS_LOG_LATE.includes(kind));
		const fresh = found.filter((finding) => !this.#logged.has(subjectOf(finding)));
		const now = found.map(subjectOf);
		// A finding that is gone and comes back is logged again.
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

/** Leaves out the gaps that the log's leader has seen: LOG_GAP of src/alerts/state-rules.ts reports them by run, with the number of missing entries. */
async function withoutKnownGaps(plane: Plane, findings: readonly LogFinding[]): Promise<LogFinding[]> {
	// If the known gaps can't be read, all gaps are reported: twice is better than never.
	const runs = await plane.read(null, (tx) => selectGappedRuns(tx, MAX_GAPS)).catch(() => []);
	const gaps = new Set(runs.map(processRunName));
	return findings.filter(({ kind, run }) => !(REPORTED_AS_LOG_LATE.includes(kind) || (run !== null && gaps.has(run))));
}

/** Whether the findings at hand include all findings of a kind. */
type IsAll = (kind: LogFindingKind) => boolean;

const kindOf = (subject: string) => subject.split(':')[0] as LogFindingKind;

/** Names and ids only, the kind first. */
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

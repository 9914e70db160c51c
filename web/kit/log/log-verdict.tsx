import { ErrorNote } from '../parts/index.ts';
import { Time } from '../text/time.tsx';
import { EarlierAlarms } from './earlier-alarms.tsx';
import { LogAlarmNote } from './log-alarm-note.tsx';
import type { LogView } from './log-view.ts';
import { SignedAge } from './signed-age.tsx';

const counted = (count: number): string => `${count.toLocaleString()} ${count === 1 ? 'entry' : 'entries'}`;

interface LogVerdictProps {
	readonly view: LogView;
	/** Checks again; `trustsOffered` after the person has compared the new key. */
	readonly onCheck: (trustsOffered: boolean) => void;
}

/** What the check of a log in this browser has found, and what that proves. */
export function LogVerdict({ view, onCheck }: LogVerdictProps) {
	const { phase, summary, alarm, error, keeps, isFirst } = view;
	return (
		<div className="stack" data-phase={phase}>
			{alarm && <LogAlarmNote alarm={alarm} otherKeys={view.otherKeys} onTrust={() => onCheck(true)} />}
			{phase === 'FAILED' && (
				<>
					<p className="note warn">The log was not checked, so this page does not say whether it is complete.</p>
					<ErrorNote error={error} onRetry={() => onCheck(false)} />
				</>
			)}
			{phase === 'NO_LOG' && (
				<p className="note">No entry of the log is signed yet. The first one is, within seconds.</p>
			)}
			{alarm === null && phase !== 'FAILED' && phase !== 'NO_LOG' && <Progress view={view} />}
			{phase === 'RIGHT' && summary && (
				<div className="note good stack tight" role="status">
					<p>
						<strong>
							The log is complete and unbroken: all {counted(summary.head.size)}, verified in this browser.
						</strong>
					</p>
					<p>
						{isFirst
							? 'This browser has kept nothing of this log so far, so it cannot tell whether it was changed before. From now on it notices if an entry is changed or removed.'
							: 'It continues exactly what this browser has seen since '}
						{!isFirst && <Time at={summary.since} />}
						{!isFirst && '.'}
					</p>
				</div>
			)}
			{phase === 'RIGHT' && <SignedAge view={view} />}
			{phase === 'RIGHT' && <Findings view={view} />}
			<EarlierAlarms view={view} />
			{!keeps && (
				<p className="note warn">
					This browser keeps nothing between visits (a private window, perhaps), so it cannot notice a change since an
					earlier visit.
				</p>
			)}
			{alarm === null && view.otherKeys.length > 0 && phase === 'RIGHT' && <OtherKeys keys={view.otherKeys} />}
			{alarm === null && (
				<p className="hint">
					What this proves: every entry that this browser has seen in the log is still there, unchanged and in its
					place, and all of it is what was signed. What it does not prove: that the platform writes down everything it
					does, or that others are shown the same log. For that, compare the root of the signed state below with a
					colleague’s, and verify an exported log on another computer.
				</p>
			)}
		</div>
	);
}

function Progress({ view: { phase, progress, summary } }: { readonly view: LogView }) {
	if (phase === 'RIGHT') return null;
	const isReading = phase === 'ENTRIES' && summary !== null;
	return (
		<div className="stack tight" role="status">
			{phase === 'WAITING' && <p>Waiting for the check in another tab …</p>}
			{phase === 'PROVING' && <p>Comparing the signed state of the log with what this browser keeps …</p>}
			{isReading && (
				<>
					<p>The signed state continues what this browser keeps. Now each new entry is verified; you can go on.</p>
					<progress aria-label="Entries verified" value={progress.done} max={Math.max(1, progress.total)} />
					<p className="quiet" aria-live="off">
						{progress.done.toLocaleString()} of {counted(progress.total)}
					</p>
				</>
			)}
		</div>
	);
}

function Findings({ view: { summary } }: { readonly view: LogView }) {
	const { withoutLease = [], flaws = [] } = summary?.entries ?? {};
	if (withoutLease.length + flaws.length === 0) return null;
	return (
		<div className="note bad stack tight" role="alert">
			{withoutLease.length > 0 && (
				<p>
					<strong>
						Someone of the platform has opened content without a lease: {counted(withoutLease.length)} of the log.
					</strong>{' '}
					The first is entry {((withoutLease[0] ?? 0) + 1).toLocaleString()}.
				</p>
			)}
			{flaws.length > 0 && (
				<p>
					The log has entries that no program of the platform writes:{' '}
					{flaws.length > 100 ? 'more than 100' : flaws.length}. The first is entry{' '}
					{((flaws[0]?.index ?? 0) + 1).toLocaleString()}: {flaws[0]?.why}
				</p>
			)}
		</div>
	);
}

const OtherKeys = ({ keys }: { readonly keys: readonly string[] }) => (
	<div className="note warn stack tight">
		<p>
			<strong>The server names a key that this browser does not trust.</strong> The log is still signed by the key that
			it knows. If the platform has announced a new key, compare it before you trust it.
		</p>
		{keys.map((key) => (
			<p className="mono" key={key}>
				{key}
			</p>
		))}
	</div>
);

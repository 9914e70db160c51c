import { THRESHOLDS } from '../../../src/audit/alert-thresholds.ts';
import { Ago } from '../text/ago.tsx';
import { Time } from '../text/time.tsx';
import type { LogView } from './log-view.ts';

/** Milliseconds without a new checkpoint, after which the platform itself is alerted. */
const LATE = THRESHOLDS.LATE_SECONDS.usual * 1000;

/** How old what was checked is, and whether the platform has stopped signing its logs. */
export function SignedAge({ view: { summary, newestAt, checkedAt } }: { readonly view: LogView }) {
	if (summary === null || checkedAt === null) return null;
	const isLate = newestAt !== null && checkedAt - Date.parse(newestAt) > LATE;
	return (
		<>
			<p className="hint">
				Checked <Ago at={checkedAt} />. The newest signed state of this log was made <Ago at={summary.head.createdAt} />
				.
			</p>
			{isLate && (
				<p className="note warn" role="alert" data-late>
					<strong>
						The platform has signed no log since <Time at={newestAt} show="second" /> (<Ago at={newestAt} />
						).
					</strong>{' '}
					It signs each minute, even if nothing happens, and after {LATE / 60_000} minutes without it something is
					wrong. What was done since may be in no log that can be checked yet. (If the clock of this computer is wrong,
					so is this note.)
				</p>
			)}
		</>
	);
}

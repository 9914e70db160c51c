import { Time } from '../../../kit/text/time.tsx';
import { useLog } from '../../log/use-log.ts';

/** One line about the firm's log, whose check begins here, so that Access has its answer when it is opened. */
export function LogState() {
	const { view } = useLog();
	const { phase, summary, progress } = view;
	const link = <a href="#/access">Open Access</a>;
	const found = (summary?.entries?.withoutLease.length ?? 0) + (summary?.entries?.flaws.length ?? 0);
	if (phase === 'NO_LOG') return null;
	if (phase === 'ALARM' || (phase === 'RIGHT' && found > 0))
		return (
			<p className="note bad" role="alert">
				<strong>
					{phase === 'ALARM'
						? 'The log of your firm does not verify.'
						: 'The log of your firm has entries that should not be there.'}
				</strong>{' '}
				{link} to see what this browser has found.
			</p>
		);
	if (phase === 'FAILED')
		return (
			<p className="note warn">
				This browser could not check the log of your firm. {link} to see why, and to check it again.
			</p>
		);
	if (phase === 'RIGHT' && summary)
		return (
			<p className="quiet">
				The log of your firm is complete and unbroken, verified in this browser: {summary.head.size.toLocaleString()}{' '}
				{summary.head.size === 1 ? 'entry' : 'entries'}, signed <Time at={summary.head.createdAt} />.
			</p>
		);
	return (
		<p className="quiet">
			Checking the log of your firm
			{progress.total > 0 && `: ${progress.done.toLocaleString()} of ${progress.total.toLocaleString()} entries`} …
		</p>
	);
}

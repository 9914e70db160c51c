import type { BreakGlassLeasesQuery } from '../../../kit/api/workspace.generated.ts';
import { LogFacts, LogVerdict } from '../../../kit/log/index.ts';
import { useLog } from '../../log/use-log.ts';
import { ExportLog } from './export-log.tsx';
import { UnlistedLeases } from './unlisted-leases.tsx';

interface LogPanelProps {
	/** The list of leases, to compare it with the log; nothing on the page of one lease. */
	readonly leases?: BreakGlassLeasesQuery['breakGlassLeases'] | undefined;
	/** The verified size for which the list was read. */
	readonly readFor?: number;
}

/** Is the list complete? The log, verified in this browser. */
export function LogPanel({ leases, readFor = 0 }: LogPanelProps) {
	const { log, view } = useLog();
	const { summary } = view;
	return (
		<section className="card stack" aria-labelledby="log">
			<h2 id="log">Is the list complete?</h2>
			<LogVerdict view={view} onCheck={(trustsOffered) => void log.check(trustsOffered)} />
			{view.phase === 'RIGHT' && leases && readFor === summary?.entries?.size && (
				<UnlistedLeases leases={leases} logged={summary.entries.leases.map(([id]) => id)} />
			)}
			<div className="row">
				<button type="button" disabled={view.checkedAt === null} onClick={() => void log.check()}>
					Check again
				</button>
				<ExportLog />
			</div>
			{summary && (
				<details>
					<summary>Signed state and keys</summary>
					<LogFacts summary={summary} />
				</details>
			)}
		</section>
	);
}

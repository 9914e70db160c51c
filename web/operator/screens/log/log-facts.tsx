import { BarChart } from '../../../kit/charts/bar-chart.tsx';
import type { LogSummary } from '../../../kit/log/index.ts';
import { Time } from '../../../kit/text/time.tsx';

const DAYS = 30;

/** The log's health: its newest checkpoint, what this browser has kept, and how many entries it has for each day. */
export function LogFacts({ summary }: { readonly summary: LogSummary }) {
	const { head, origin, since, vkeys, history, entries } = summary;
	const bars = entries?.days.slice(-DAYS).map(([day, count]) => ({ label: day, value: count })) ?? [];
	return (
		<section className="card stack" aria-labelledby="health">
			<h2 id="health">Health of the log</h2>
			<dl className="facts">
				<dt>Log</dt>
				<dd className="mono">{origin}</dd>
				<dt>Newest checkpoint</dt>
				<dd>
					{head.size.toLocaleString()} entries, <Time at={head.createdAt} show="second" />
				</dd>
				<dt>Root</dt>
				<dd className="mono">{head.root}</dd>
				<dt>Entries verified</dt>
				<dd>{entries === null ? 'None yet' : entries.size.toLocaleString()}</dd>
				<dt>First seen</dt>
				<dd>
					<Time at={since} />; {history.length} {history.length === 1 ? 'checkpoint' : 'checkpoints'} kept in this
					browser
				</dd>
				<dt>Signed by</dt>
				<dd className="mono">{vkeys.join(', ')}</dd>
			</dl>
			{bars.length > 0 && <BarChart caption="Entries of the log by day (UTC)" bars={bars} heads={['Day', 'Entries']} />}
		</section>
	);
}

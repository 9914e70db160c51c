import { BarChart } from '../../../kit/charts/bar-chart.tsx';
import { LogFacts, type LogSummary } from '../../../kit/log/index.ts';
import { Fact } from '../../../kit/parts/index.ts';
import { Time } from '../../../kit/text/time.tsx';

const DAYS = 30;

/** The log's health: its newest signed state, what this browser has kept, and how many entries it has for each day. */
export function LogHealth({ summary }: { readonly summary: LogSummary }) {
	const { since, history, entries } = summary;
	const bars = entries?.days.slice(-DAYS).map(([day, count]) => ({ label: day, value: count })) ?? [];
	return (
		<section className="card stack" aria-labelledby="health">
			<h2 id="health">Health of the log</h2>
			<LogFacts summary={summary}>
				<Fact name="Entries verified">{entries === null ? 'None yet' : entries.size.toLocaleString()}</Fact>
				<Fact name="First seen">
					<Time at={since} />; {history.length} {history.length === 1 ? 'checkpoint' : 'checkpoints'} kept in this
					browser
				</Fact>
			</LogFacts>
			{bars.length > 0 && <BarChart caption="Entries of the log by day (UTC)" bars={bars} heads={['Day', 'Entries']} />}
		</section>
	);
}

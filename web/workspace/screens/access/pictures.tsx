import type { LeaseTermsFragment } from '../../../kit/api/workspace.generated.ts';
import { BarChart } from '../../../kit/charts/bar-chart.tsx';
import type { LogSummary } from '../../../kit/log/index.ts';
import { Time } from '../../../kit/text/time.tsx';
import { byDayOrWeek } from './by-day-or-week.ts';

interface PicturesProps {
	readonly summary: LogSummary | null;
	readonly leases: readonly LeaseTermsFragment[];
}

const DAY = 86_400_000;
/** Leases that have a bar of their own. */
const MOST_LEASES = 12;

/** Access over time and the health of the log, from the verified entries. */
export function Pictures({ summary, leases }: PicturesProps) {
	if (!summary?.entries) return null;
	const { entries, history, head } = summary;
	const times = entries.leases.flatMap(([, opened]) => opened);
	const { bars, isWeekly } = byDayOrWeek(times.map((at) => [at, 1] as const));
	const days = byDayOrWeek(entries.days.map(([day, count]) => [Date.parse(day) + DAY / 2, count] as const));
	const byLease = entries.leases
		.filter(([, opened]) => opened.length > 0)
		.map(([id, opened]) => ({ label: nameOf(id, leases), value: opened.length }))
		.toSorted((one, other) => other.value - one.value)
		.slice(0, MOST_LEASES);
	const sizes = lastOfEachDay(history);
	return (
		<section className="card stack" aria-labelledby="pictures">
			<h2 id="pictures">Over time</h2>
			<p>
				The newest signed state of the log is of <Time at={head.createdAt} show="second" />. A reading is one answer to
				an operator: it can have several values.
			</p>
			<div className="grid">
				{bars.length > 0 && (
					<BarChart
						caption={`Readings by the platform, by ${isWeekly ? 'week' : 'day'}`}
						bars={bars}
						heads={[isWeekly ? 'Week' : 'Day', 'Readings']}
					/>
				)}
				{byLease.length > 0 && (
					<BarChart caption="Readings under each lease" bars={byLease} heads={['Lease', 'Readings']} form="ROWS" />
				)}
				{days.bars.length > 1 && (
					<BarChart
						caption={`Entries of the log, by ${days.isWeekly ? 'week' : 'day'}`}
						bars={days.bars}
						heads={[days.isWeekly ? 'Week' : 'Day', 'Entries']}
					/>
				)}
				{sizes.length > 1 && (
					<BarChart
						caption="Entries of the log, each day that this browser saw it"
						bars={sizes}
						heads={['Day', 'Entries']}
					/>
				)}
			</div>
		</section>
	);
}

const nameOf = (id: string, leases: readonly LeaseTermsFragment[]): string =>
	`${leases.find((lease) => lease.id === id)?.ticket ?? 'Lease'} …${id.slice(-6)}`;

const FORMAT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

function lastOfEachDay(history: LogSummary['history']) {
	const sizes = new Map(history.map(({ at, size }) => [FORMAT.format(new Date(at)), size]));
	return Array.from(sizes, ([label, value]) => ({ label, value })).slice(-31);
}

const DAY = 86_400_000;
/** The most days that have a bar each. */
const MOST_DAYS = 31;
/** The most weeks: the last ones are shown. */
const MOST_WEEKS = 53;

const FORMAT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

/** Counts by the reader's days or, over a longer time, weeks, without gaps. Times are in milliseconds since 1970. */
export function byDayOrWeek(counts: readonly (readonly [at: number, count: number])[]) {
	if (counts.length === 0) return { bars: [], isWeekly: false };
	const times = counts.map(([at]) => at);
	const first = startOf(
		times.reduce((one, other) => Math.min(one, other)),
		false,
	);
	const isWeekly = (times.reduce((one, other) => Math.max(one, other)) - first) / DAY > MOST_DAYS;
	const sums = new Map<number, number>();
	for (const [at, count] of counts) {
		const start = startOf(at, isWeekly);
		sums.set(start, (sums.get(start) ?? 0) + count);
	}
	const last = Math.max(...sums.keys());
	const bars = [];
	for (let at = Math.min(...sums.keys()); at <= last; at = after(at, isWeekly))
		bars.push({ label: FORMAT.format(at), value: sums.get(at) ?? 0 });
	return { bars: bars.slice(-MOST_WEEKS), isWeekly };
}

function startOf(at: number, isWeekly: boolean): number {
	const date = new Date(at);
	date.setHours(0, 0, 0, 0);
	// Weeks begin on Monday.
	if (isWeekly) date.setDate(date.getDate() - ((date.getDay() + 6) % 7));
	return date.getTime();
}

/** By the calendar, because a day may have 23 or 25 hours. */
function after(at: number, isWeekly: boolean): number {
	const date = new Date(at);
	date.setDate(date.getDate() + (isWeekly ? 7 : 1));
	return date.getTime();
}

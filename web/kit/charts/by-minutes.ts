/** Openings that a person sees at one look. */
export const FEW = 5;

const MINUTE = 60_000;
/** Minutes that a bar can stand for: the fewest that give at most MOST bars. */
const STEPS = [1, 2, 5, 10, 15, 30, 60] as const;
const MOST = 24;
const FORMAT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** Counts by minutes, without gaps. `times`: in milliseconds since 1970, at least one. A lease lasts four hours at most. */
export function byMinutes(times: readonly number[]) {
	const [first, last] = [Math.min(...times), Math.max(...times)];
	const minutes = STEPS.find((step) => (last - first) / (step * MINUTE) < MOST - 1) ?? 60;
	const start = (at: number) => Math.floor(at / (minutes * MINUTE));
	const counts = new Map<number, number>();
	for (const at of times) counts.set(start(at), (counts.get(start(at)) ?? 0) + 1);
	const bars = [];
	for (let at = start(first); at <= start(last); at += 1)
		bars.push({ label: FORMAT.format(at * minutes * MINUTE), value: counts.get(at) ?? 0 });
	return { bars: bars.slice(-MOST * 2), minutes };
}

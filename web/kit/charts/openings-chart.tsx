import { BarChart } from './bar-chart.tsx';
import { byMinutes, FEW } from './by-minutes.ts';

interface OpeningsChartProps {
	/** When each opening was, in milliseconds since 1970. */
	readonly times: readonly number[];
	/** Whether these are all. */
	readonly isWhole: boolean;
}

/** The openings under one lease over its time; nothing if a look at the list says as much. */
export function OpeningsChart({ times, isWhole }: OpeningsChartProps) {
	if (times.length <= FEW) return null;
	const { bars, minutes } = byMinutes(times);
	const each = minutes === 1 ? 'each minute' : `every ${minutes} minutes`;
	return (
		<BarChart
			caption={`${isWhole ? 'What was opened' : 'What was opened, as far as it is listed'}, for ${each}`}
			bars={bars}
			heads={['From', 'Openings']}
		/>
	);
}

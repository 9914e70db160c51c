import { useQuery } from '@apollo/client/react';
import { useMemo } from 'react';
import { AlertTimesDocument } from '../../../kit/api/operator.generated.ts';
import { BarChart } from '../../../kit/charts/bar-chart.tsx';
import { useLive } from '../../../kit/events/use-live.ts';
import { countByDay } from './count-by-day.ts';

const EVENTS = ['ALERT'];
const DAYS = 14;
const MOST = 500;

/** Alerts opened on each of the last days, acknowledged or not. */
export function AlertChart({ firm }: { readonly firm: string }) {
	const { data, refetch } = useQuery(AlertTimesDocument, {
		variables: { first: MOST, ...(firm && { filter: { firmId: firm } }) },
	});
	useLive(EVENTS, refetch);
	const bars = useMemo(() => {
		if (!data) return [];
		const { nodes, pageInfo } = data.alerts;
		const times = nodes.map(({ openedAt }) => Date.parse(openedAt));
		return countByDay(times, { now: Date.now(), days: DAYS, isCut: pageInfo.hasNextPage });
	}, [data]);
	if (bars.length === 0) return null;
	return (
		<section className="card" aria-label="Alerts by day">
			<BarChart caption="Alerts opened by day" bars={bars} heads={['Day', 'Alerts']} />
		</section>
	);
}

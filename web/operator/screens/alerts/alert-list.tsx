import { useMutation } from '@apollo/client/react';
import { AcknowledgeAlertDocument, AlertsDocument } from '../../../kit/api/operator.generated.ts';
import { useContentList } from '../../../kit/content/index.ts';
import { useLive } from '../../../kit/events/use-live.ts';
import { Empty, ErrorNote, LoadMore, useTitle } from '../../../kit/parts/index.ts';
import { useKept } from '../../../kit/use-kept.ts';
import { OutcomeNote, useOutcome } from '../../outcome/index.ts';
import { AlertChart } from './alert-chart.tsx';
import { type AlertChoice, AlertFilters, filterOf, OPEN_ALERTS } from './alert-filters.tsx';
import { type Alert, AlertTable } from './alert-table.tsx';
import { RULES } from './rules.ts';

const EVENTS = ['ALERT'];

/** What the platform's people must look at: the open alerts, unless the filter says otherwise. */
export function AlertList() {
	useTitle('Alerts');
	const [choice, setChoice] = useKept<AlertChoice>('alerts', OPEN_ALERTS);
	const list = useContentList(AlertsDocument, {
		variables: { filter: filterOf(choice), count: true },
		listOf: ({ alerts }) => alerts,
		withList: (_, alerts) => ({ alerts: alerts as never }),
	});
	const { nodes, totalCount, error, isLoading, hasMore, more, refresh } = list;
	useLive(EVENTS, refresh);
	const { outcome, attempt } = useOutcome(refresh);
	const [acknowledge] = useMutation(AcknowledgeAlertDocument);
	const onAcknowledge = ({ id, rule }: Alert) =>
		attempt(() => acknowledge({ variables: { input: { id } } }), `Acknowledged: ${RULES[rule]}.`);
	return (
		<>
			<header>
				<h1>Alerts</h1>
			</header>
			<p className="reading">
				Each alert is one kind of event about one thing. Acknowledge it when you have looked into it; a later event
				opens a new alert.
			</p>
			<AlertFilters choice={choice} onChange={setChoice} />
			<OutcomeNote outcome={outcome} />
			{error && <ErrorNote error={error} onRetry={refresh} />}
			{!nodes && isLoading && <p role="status">Reading the alerts …</p>}
			{nodes?.length === 0 && (
				<Empty>
					<p>{choice.state === 'OPEN' ? 'No open alert: nothing needs your attention.' : 'There is no such alert.'}</p>
				</Empty>
			)}
			{nodes && nodes.length > 0 && (
				<AlertTable alerts={nodes} totalCount={totalCount ?? nodes.length} onAcknowledge={onAcknowledge} />
			)}
			<div>
				<LoadMore hasMore={hasMore} isLoading={isLoading} onMore={more} />
			</div>
			<AlertChart firm={choice.firm} />
		</>
	);
}

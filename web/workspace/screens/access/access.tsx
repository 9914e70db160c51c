import { useQuery } from '@apollo/client/react';
import { BreakGlassLeasesDocument, NeedsMeDocument } from '../../../kit/api/workspace.generated.ts';
import { useLive } from '../../../kit/events/use-live.ts';
import { ErrorNote, useTitle } from '../../../kit/parts/index.ts';
import './access.css';
import { useLog } from '../../log/use-log.ts';
import { AccessNow } from './access-now.tsx';
import { History } from './history.tsx';
import { LogPanel } from './log-panel.tsx';
import { Pictures } from './pictures.tsx';
import { ToDecide } from './to-decide.tsx';
import { useCheckAfterEvents } from './use-check-after-events.ts';
import { useReadAfterCheck } from './use-read-after-check.ts';
import { withPage } from './with-page.ts';

const KINDS = ['LEASE'] as const;

/** Who read my data, why, who agreed, and is the list complete? */
export function Access() {
	useTitle('Access');
	const { data, error, refetch } = useQuery(NeedsMeDocument);
	const leases = useQuery(BreakGlassLeasesDocument, { variables: { first: 50, count: true } });
	const { view } = useLog();
	const { refetch: readLeases } = leases;
	useCheckAfterEvents();
	useLive(KINDS, () => Promise.all([refetch(), readLeases()]));
	const readFor = useReadAfterCheck(readLeases);
	const end = leases.data?.breakGlassLeases.pageInfo.endCursor ?? null;
	return (
		<>
			<header>
				<h1>Access</h1>
				<a className="button no-print" href="#/access/report">
					Report to print
				</a>
			</header>
			<p className="only-print">
				Of the history, this page has the stories that were opened on the screen. “Report to print” has them all.
			</p>
			{view.phase === 'ALARM' && (
				<p className="note bad" role="alert">
					<strong>The log of your firm does not verify, so nothing on this page is proven.</strong> Below is what this
					browser has found.
				</p>
			)}
			{error && <ErrorNote error={error} onRetry={refetch} />}
			{!data && !error && <p role="status">Reading who has access …</p>}
			{data && (
				<>
					<AccessNow
						isDoubtful={view.phase === 'ALARM'}
						active={data.active.nodes}
						ready={[...data.activating.nodes, ...data.approved.nodes]}
					/>
					<ToDecide requested={data.requested.nodes} />
				</>
			)}
			<LogPanel leases={leases.data?.breakGlassLeases} readFor={readFor} />
			<History
				page={leases.data?.breakGlassLeases}
				error={leases.error}
				isLoading={leases.loading}
				onRetry={readLeases}
				onMore={() => void leases.fetchMore({ variables: { after: end }, updateQuery: withPage })}
			/>
			<Pictures
				summary={view.phase === 'ALARM' ? null : view.summary}
				leases={leases.data?.breakGlassLeases.nodes ?? []}
			/>
		</>
	);
}

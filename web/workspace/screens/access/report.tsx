import { useQuery } from '@apollo/client/react';
import { useEffect, useState } from 'react';
import { BreakGlassLeasesDocument, type LeaseTermsFragment } from '../../../kit/api/workspace.generated.ts';
import { LeaseStateBadge } from '../../../kit/lease/index.ts';
import { ErrorNote, useTitle } from '../../../kit/parts/index.ts';
import { Time } from '../../../kit/text/time.tsx';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { useViewer } from '../../viewer.ts';
import './access.css';
import { visibleLine } from '../../../kit/text/visible-line.ts';
import { useLog } from '../../log/use-log.ts';
import { LogPanel } from './log-panel.tsx';
import { Pictures } from './pictures.tsx';
import { Story } from './story.tsx';
import { WithTitles } from './titles.tsx';
import { useReadAfterCheck } from './use-read-after-check.ts';
import { useStory } from './use-story.ts';
import { withPage } from './with-page.ts';

/** Leases of one answer. */
const PAGE = 200;

/** Every story in full, with what the log proves, to print or to save as PDF for the firm's own lawyer. */
export function Report() {
	useTitle('Report on access');
	const { firm, name } = useViewer();
	const { data, error, refetch, fetchMore } = useQuery(BreakGlassLeasesDocument, {
		variables: { first: PAGE, orderBy: 'REQUESTED_AT_ASC', count: true },
	});
	const readFor = useReadAfterCheck(refetch);
	const { view } = useLog();
	const [loaded, setLoaded] = useState<ReadonlySet<string>>(new Set());
	const [madeAt] = useState(() => new Date().toISOString());
	const leases = data?.breakGlassLeases;
	const end = leases?.pageInfo.hasNextPage ? leases.pageInfo.endCursor : null;
	useEffect(() => {
		if (end === null) return;
		void fetchMore({ variables: { after: end }, updateQuery: withPage });
	}, [end, fetchMore]);
	const isWhole = leases !== undefined && end === null && leases.nodes.every(({ id }) => loaded.has(id));
	return (
		<>
			<header>
				<h1>Report on access to the content of {firm && <VisibleText text={firm.name} />}</h1>
				<button type="button" className="primary" disabled={!isWhole} onClick={() => print()}>
					{isWhole ? 'Print or save as PDF' : 'Reading every story …'}
				</button>
			</header>
			<p className="no-print">
				<a href="#/access">All access</a>
			</p>
			<p>
				Made on <Time at={madeAt} show="second" /> by <VisibleText text={name} />. Every access that the platform has
				ever asked for, with every opening.
			</p>
			{error && <ErrorNote error={error} onRetry={refetch} />}
			<LogPanel leases={leases} readFor={readFor} />
			{leases?.nodes.length === 0 && <p>No one of the platform has ever asked to read the content.</p>}
			<WithTitles leases={leases?.nodes ?? []}>
				{leases?.nodes.map((lease) => (
					<WholeStory
						key={lease.id}
						lease={lease}
						onLoaded={() => setLoaded((before) => (before.has(lease.id) ? before : new Set([...before, lease.id])))}
					/>
				))}
			</WithTitles>
			<Pictures summary={view.phase === 'ALARM' ? null : view.summary} leases={leases?.nodes ?? []} />
		</>
	);
}

function WholeStory({ lease, onLoaded }: { readonly lease: LeaseTermsFragment; readonly onLoaded: () => void }) {
	const story = useStory(lease.id, true);
	const { isLoaded } = story;
	useEffect(() => {
		if (isLoaded) onLoaded();
	});
	return (
		<section className="card stack" aria-label={visibleLine(`Lease ${lease.ticket ?? lease.id}`)}>
			<h2 className="row">
				<span>Lease {lease.ticket === null ? lease.id : <VisibleText text={lease.ticket} />}</span>
				<LeaseStateBadge state={lease.state} />
			</h2>
			<Story story={story} />
		</section>
	);
}

import { useCallback, useMemo, useState } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { FirmDocument } from '../../../kit/api/operator.generated.ts';
import { useContentQuery } from '../../../kit/content/index.ts';
import type { FirmsealEvent } from '../../../kit/events/event-feed.ts';
import { hasIds } from '../../../kit/ids.ts';
import { useEvents } from '../../../kit/kit-context.ts';
import { Empty, ErrorNote, useTitle } from '../../../kit/parts/index.ts';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import type { ViewProps } from '../../screen.ts';
import { useViewer } from '../../viewer.ts';
import { FirmContext } from './firm-context.ts';
import { FirmStatus } from './firms.tsx';
import type { ListView } from './list-view.ts';
import { tabsFor } from './tabs.ts';

const KINDS = ['MEMBER'];
const MEMBERS = 50;

/** One firm: what every view of it shows, and the way between them. */
export function Firm({ firm: id = '' }: ViewProps) {
	return <FirmViews key={id} id={id} />;
}

function FirmViews({ id }: { readonly id: string }) {
	const { data, error, loading, refetch, more } = useContentQuery(FirmDocument, {
		variables: { id, first: MEMBERS, count: true },
	});
	const [views, setViews] = useState<ReadonlyMap<string, ListView>>(new Map());
	const onEvent = useCallback(
		(event: FirmsealEvent) => {
			if (event.kind === 'resync' || event.firmId === id) void refetch().catch(() => undefined);
		},
		[id, refetch],
	);
	useEvents(KINDS, onEvent);
	const tabs = tabsFor(useViewer().operatorRoles);
	const firm = data?.firm ?? null;
	useTitle(firm?.name ?? 'Firm');
	const members = firm?.members;
	const value = useMemo(
		() =>
			firm && {
				firm,
				views,
				setView: (tab: string, view: ListView) => setViews((all) => new Map(all).set(tab, view)),
				moreMembers: members?.pageInfo.hasNextPage
					? () =>
							void more({ after: members.pageInfo.endCursor, count: false }, (shown, page) => {
								const [now, next] = [shown.firm?.members, page.firm?.members];
								if (!shown.firm || !now || !next) return shown;
								const joined = { ...now, pageInfo: next.pageInfo, nodes: [...now.nodes, ...next.nodes] };
								return { firm: { ...shown.firm, members: joined } };
							}).catch(() => undefined)
					: null,
			},
		[firm, views, members, more],
	);
	if (value === null) {
		return (
			<>
				<h1>Firm</h1>
				{error && <ErrorNote error={error} onRetry={refetch} />}
				{loading && <p role="status">Loading the firm …</p>}
				{!loading && !error && (
					<Empty>
						<p>There is no such firm.</p>
						<p>
							<a href="#/firms">All firms</a>
						</p>
					</Empty>
				)}
			</>
		);
	}
	return (
		<FirmContext value={value}>
			<header>
				<div>
					<p>
						<a href="#/firms">Firms</a>
					</p>
					<h1>
						<VisibleText text={value.firm.name} />
					</h1>
				</div>
				<FirmStatus status={value.firm.status} />
			</header>
			<Tabs base={`/firms/${id}`} tabs={tabs} />
			<Switch>
				{tabs.flatMap(({ path, routes }) =>
					routes.map(({ at, show: Show }) => (
						<Route key={path + at} path={`/firms/:firm${path}${at}`}>
							{(params) => (hasIds(params) ? <Show key={JSON.stringify(params)} {...params} /> : <Nothing />)}
						</Route>
					)),
				)}
				<Route>
					<Nothing />
				</Route>
			</Switch>
		</FirmContext>
	);
}

function Tabs({ base, tabs }: { readonly base: string; readonly tabs: ReturnType<typeof tabsFor> }) {
	const [at] = useLocation();
	if (tabs.length === 1) return null;
	return (
		<nav className="tabs" aria-label="Of this firm">
			<ul>
				{tabs.map(({ path, name }) => {
					const href = base + path;
					const isHere = at === href || (path !== '' && at.startsWith(`${href}/`));
					return (
						<li key={path}>
							<a href={`#${href}`} aria-current={isHere ? 'page' : undefined}>
								{name}
							</a>
						</li>
					);
				})}
			</ul>
		</nav>
	);
}

const Nothing = () => (
	<Empty>
		<p>There is nothing at this address.</p>
	</Empty>
);

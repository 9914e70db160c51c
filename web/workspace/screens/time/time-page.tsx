import { useState } from 'react';
import { TimeEntriesDocument, type TimeEntriesQuery } from '../../../kit/api/workspace.generated.ts';
import { type ListPage, useContentList } from '../../../kit/content/index.ts';
import { useRecordEvents } from '../../../kit/events/use-record-events.ts';
import { Dialog, Empty, ErrorNote, LoadMore, useTitle } from '../../../kit/parts/index.ts';
import { startOfDay } from '../../../kit/text/local-time.ts';
import { EditTimeEntry } from './edit-time-entry.tsx';
import { NewTimeEntry } from './new-time-entry.tsx';
import { type Period, PeriodFilter } from './period-filter.tsx';
import { type TimeEntry, TimeTable } from './time-table.tsx';

const TYPES = ['TimeEntry'];

const listOf = (data: TimeEntriesQuery) => data.timeEntries;
const withList = (data: TimeEntriesQuery, list: ListPage<TimeEntry>): TimeEntriesQuery => ({
	...data,
	timeEntries: list,
});

/** Time that the firm's people worked, by day. */
export function TimePage() {
	useTitle('Time');
	const [period, setPeriod] = useState<Period>({ from: '', to: '', clientId: '', authorId: '' });
	const [isNew, setNew] = useState(false);
	const [changed, setChanged] = useState<string | null>(null);
	const list = useContentList(TimeEntriesDocument, {
		variables: { filter: filterOf(period) },
		pageSize: 50,
		listOf,
		withList,
	});
	useRecordEvents(TYPES, list.refresh);
	const entry = list.nodes?.find(({ id }) => id === changed);
	const isFiltered = Object.values(period).some((part) => part !== '');
	return (
		<>
			<header>
				<h1>Time</h1>
				<button type="button" className="primary" onClick={() => setNew(true)}>
					New entry
				</button>
			</header>
			<PeriodFilter period={period} onChange={setPeriod} />
			{list.error && <ErrorNote error={list.error} onRetry={list.refresh} />}
			{!list.nodes && !list.error && <p role="status">Loading …</p>}
			{list.nodes?.length === 0 && (
				<Empty>
					<p>
						{isFiltered
							? 'No entry is in this choice.'
							: 'No time yet. Write the first entry: how long, for whom, and what you did.'}
					</p>
				</Empty>
			)}
			{list.nodes && list.nodes.length > 0 && (
				<TimeTable
					entries={list.nodes}
					sealed={list.sealed}
					isWhole={!list.hasMore}
					onEdit={setChanged}
					onChanged={list.refresh}
				/>
			)}
			<LoadMore hasMore={list.hasMore} isLoading={list.isLoading} onMore={list.more} />
			{isNew && <NewTimeEntry onWritten={list.refresh} onClose={() => setNew(false)} />}
			{changed !== null && entry && (
				<EditTimeEntry key={entry.id} entry={entry} onChanged={list.refresh} onClose={() => setChanged(null)} />
			)}
			{changed !== null && !entry && (
				<Dialog title="This entry is gone" onClose={() => setChanged(null)}>
					<p>Someone deleted it meanwhile.</p>
					<div>
						<button type="button" onClick={() => setChanged(null)}>
							Close
						</button>
					</div>
				</Dialog>
			)}
		</>
	);
}

const filterOf = ({ from, to, clientId, authorId }: Period) => ({
	...(from !== '' && { startedFrom: startOfDay(from) }),
	...(to !== '' && { startedBefore: startOfDay(to, 1) }),
	...(clientId !== '' && { clientId }),
	...(authorId !== '' && { authorId }),
});

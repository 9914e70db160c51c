import type { ReactNode } from 'react';
import { Empty, ErrorNote, LoadMore } from '../../kit/parts/index.ts';
import type { List } from './use-list.ts';

interface ListStatusProps<Row> {
	readonly list: List<Row>;
	/** What an empty list says. */
	readonly empty: ReactNode;
	readonly children: (rows: readonly Row[]) => ReactNode;
}

/** A list in whatever state it is: loading, failed, empty, or its rows and the way to more of them. */
export function ListStatus<Row>({ list, empty, children }: ListStatusProps<Row>) {
	const { rows, error, isLoading, isStale, reload } = list;
	return (
		<>
			{error !== null && <ErrorNote error={error} onRetry={reload} />}
			{isStale && (
				<div className="note row apart" role="status">
					<p>Something in this list has changed.</p>
					<button type="button" className="small" onClick={reload}>
						Read it again
					</button>
				</div>
			)}
			{rows === undefined && isLoading && <p role="status">Loading …</p>}
			{rows?.length === 0 && <Empty>{empty}</Empty>}
			{rows !== undefined && rows.length > 0 && children(rows)}
			<LoadMore hasMore={list.hasMore} isLoading={isLoading} onMore={list.more} />
		</>
	);
}

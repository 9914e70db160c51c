import { AuditEntriesDocument } from '../../../kit/api/operator.generated.ts';
import { useContentList } from '../../../kit/content/index.ts';
import { Empty, ErrorNote, LoadMore, useTitle } from '../../../kit/parts/index.ts';
import { useKept } from '../../../kit/use-kept.ts';
import { EntryTable } from './entry-table.tsx';
import { type LogChoice, NO_CHOICE, variablesOf } from './log-choice.ts';
import { LogFilters } from './log-filters.tsx';

/** The entries of the log, newest first. It is not live: each read is an entry itself. */
export function LogList() {
	useTitle('Audit log');
	const [choice, setChoice] = useKept<LogChoice>('log', NO_CHOICE);
	const list = useContentList(AuditEntriesDocument, {
		variables: variablesOf(choice),
		listOf: ({ auditEntries }) => auditEntries,
		withList: (_, entries) => ({ auditEntries: entries as never }),
	});
	const { nodes, error, isLoading, hasMore, more, refresh } = list;
	return (
		<>
			<header>
				<h1>Audit log</h1>
				<a className="button" href="#/log/check">
					Check the log
				</a>
			</header>
			<p className="reading">
				What was opened, refused, changed or read, and by whom. The log holds no content. It records that you read it.
			</p>
			<LogFilters choice={choice} onChange={setChoice} />
			{error && <ErrorNote error={error} onRetry={refresh} />}
			{!nodes && isLoading && <p role="status">Reading the log …</p>}
			{nodes?.length === 0 && (
				<Empty>
					<p>No entry is like that.</p>
				</Empty>
			)}
			{nodes && nodes.length > 0 && <EntryTable entries={nodes} />}
			<div className="row">
				<LoadMore hasMore={hasMore} isLoading={isLoading} onMore={more} />
				{nodes && (
					<button type="button" onClick={refresh} disabled={isLoading}>
						Read again
					</button>
				)}
			</div>
		</>
	);
}

import { AuditEntryDocument, type AuditEntryQuery } from '../../../kit/api/operator.generated.ts';
import { useContentQuery } from '../../../kit/content/index.ts';
import { Empty, ErrorNote, useTitle } from '../../../kit/parts/index.ts';
import { actionInWords } from '../../../kit/text/actions-in-words.ts';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import type { ViewProps } from '../../screen.ts';
import { DecisionBadge } from './decision-badge.tsx';
import { EntryFacts } from './entry-facts.tsx';
import { EntryProof } from './entry-proof.tsx';

export type Entry = Extract<NonNullable<AuditEntryQuery['node']>, { readonly leaf: string }>;

/** One entry of the log, as people and as verifiers read it. */
export function EntryPage({ id = '' }: ViewProps) {
	useTitle('Entry of the log');
	const { data, error, loading, refetch } = useContentQuery(AuditEntryDocument, { variables: { id } });
	const entry = data?.node && 'leaf' in data.node ? data.node : null;
	return (
		<>
			<p>
				<a href="#/log">The audit log</a>
			</p>
			{error && <ErrorNote error={error} onRetry={refetch} />}
			{!entry && loading && <p role="status">Reading the entry …</p>}
			{!entry && !loading && !error && (
				<Empty>
					<h1>No such entry</h1>
					<p>The address is wrong, or the log has no such entry.</p>
				</Empty>
			)}
			{entry && (
				<>
					<header>
						<h1>
							<VisibleText text={actionInWords(entry.action)} />
						</h1>
						<DecisionBadge decision={entry.decision} />
					</header>
					<EntryFacts entry={entry} />
					<EntryProof key={entry.id} entry={entry} />
					<details className="card">
						<summary>The entry as the log has it</summary>
						<p className="mono pre">
							<VisibleText text={entry.leaf} form="LINES" />
						</p>
					</details>
				</>
			)}
		</>
	);
}
